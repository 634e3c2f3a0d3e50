using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Probe;

namespace Framegate.Proxy.Tests.Media;

/// <summary>The place where a picture was made is taken out of it, and nothing else.</summary>
public class ImageLocationTests
{
    private const string Place = "The house of the parents";
    private static readonly byte[] s_little = MarkedMedia.Tiff(little: true);
    private static readonly byte[] s_big = MarkedMedia.Tiff(little: false);
    private static readonly string s_xmp = "exif:GPSLatitude=\"48,8.5N\" exif:GPSLongitude='11,34.2E' tiff:Orientation=\"6\"";

    private static readonly Dictionary<string, byte[]> s_files = new()
    {
        ["jpeg"] = MarkedMedia.Jpeg(MarkedMedia.ExifSegment(s_little), MarkedMedia.XmpSegment(s_xmp)),
        ["jpeg of a camera"] = MarkedMedia.Jpeg(MarkedMedia.ExifSegment(s_big)),
        ["jpeg with elements"] = MarkedMedia.Jpeg(MarkedMedia.XmpSegment("<exif:GPSLatitude>48,8.5N</exif:GPSLatitude><exif:GPSLongitude>11,34.2E</exif:GPSLongitude>")),
        ["png"] = MarkedMedia.Png(MarkedMedia.Chunk("eXIf", s_big), MarkedMedia.XmpChunk(s_xmp)),
        ["webp"] = MarkedMedia.Webp(("EXIF", s_little), ("XMP ", MarkedMedia.Xmp(s_xmp))),
        ["webp of a phone"] = MarkedMedia.Webp(("EXIF", [.. "Exif\0\0"u8, .. s_big])),
    };

    private static readonly byte[] s_heic = MarkedMedia.Heic(s_big, s_xmp);

    public static TheoryData<string> Files => new(s_files.Keys);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Erase_APicture_TakesThePlaceOutAndNothingElse(string name)
    {
        var before = s_files[name];
        using var file = new MemoryStream();
        await file.WriteAsync(before);

        Assert.True(ImageLocation.Erase(file));

        var after = file.ToArray();
        var text = Encoding.Latin1.GetString(after);
        Assert.Equal(before.Length, after.Length);
        Assert.DoesNotContain(Place, text, StringComparison.Ordinal);
        Assert.DoesNotContain("48,8.5N", text, StringComparison.Ordinal);
        Assert.DoesNotContain("11,34.2E", text, StringComparison.Ordinal);
        file.Position = 0;
        Assert.Equal((64, 48), ((await MediaProbe.ReadAsync(file, default))!.Width, (await MediaProbe.ReadAsync(file, default))!.Height));
        Assert.False(ImageLocation.Erase(file));

        // Pixels and all that lies behind the metadata.
        Assert.Equal(before[^200..^0].AsSpan(name.StartsWith("webp", StringComparison.Ordinal) ? 200 : 0).ToArray(), after[^200..^0].AsSpan(name.StartsWith("webp", StringComparison.Ordinal) ? 200 : 0).ToArray());
        var exif = text.IndexOf("2026:11:29 10:00:00", StringComparison.Ordinal);
        Assert.Equal(Encoding.Latin1.GetString(before).IndexOf("2026:11:29 10:00:00", StringComparison.Ordinal), exif);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(long.MaxValue - 4096)]
    public void Erase_APlaceOutsideTheFile_IsLeftAlone(long offset) => Assert.False(ImageLocation.Erase(MarkedMedia.HeicInBox(offset, 64, 1)));

    [Fact]
    public void Find_OnePlaceNamedManyTimes_IsReadOnce()
    {
        var file = MarkedMedia.HeicInBox(0, 4096, 4000);
        var found = HeifLocation.Find((offset, count) => offset >= 0 && offset + count <= file.Length ? file[(int)offset..((int)offset + count)] : [], 1 << 20);
        Assert.Single(found);
    }

    [Fact]
    public void Erase_APictureOfAPhone_TakesThePlaceOutOfBothItems()
    {
        var after = s_heic.ToArray();

        Assert.True(ImageLocation.Erase(after));

        var text = Encoding.Latin1.GetString(after);
        Assert.DoesNotContain(Place, text, StringComparison.Ordinal);
        Assert.DoesNotContain("48,8.5N", text, StringComparison.Ordinal);
        Assert.Contains("2026:11:29 10:00:00", text, StringComparison.Ordinal);
        Assert.Equal(s_heic.Length, after.Length);
        Assert.False(ImageLocation.Erase(after));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EraseExif_KeepsTheOtherEntries(bool little)
    {
        var tiff = MarkedMedia.Tiff(little);

        Assert.True(ImageLocation.EraseExif(tiff));

        Assert.Equal([(0x0112, 6), (0x9003, 50)], EntriesOf(tiff, little));
        Assert.True(tiff.AsSpan(70).ToArray().All(b => b == 0));
        Assert.False(ImageLocation.EraseExif(tiff));
    }

    [Fact]
    public void Erase_WithoutAPlace_ChangesNothing()
    {
        foreach (var name in new[] { "still.png", "still.jpg", "lossless.webp", "clip.mp4" })
        {
            var before = MarkedMedia.File(name);
            using var file = new MemoryStream([.. before]);
            Assert.False(ImageLocation.Erase(file));
            Assert.Equal(before, file.ToArray());
        }
    }

    [Fact]
    public void Erase_SpoiltFiles_NeverThrowsAndKeepsTheLength()
    {
        byte[][] all = [.. s_files.Values, s_heic];
        Gen.Select(Gen.Int[0, all.Length - 1], Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[0, 12], Gen.Int[0, 3000]).Sample((file, changes, cut) =>
        {
            var bytes = all[file][..Math.Max(0, all[file].Length - (cut > 2000 ? 0 : cut))].ToArray();
            foreach (var (at, value) in changes)
            {
                if (at < bytes.Length)
                {
                    bytes[at] = value;
                }
            }

            using var stream = new MemoryStream();
            stream.Write(bytes);
            ImageLocation.Erase(stream);
            return stream.Length == bytes.Length;
        });
    }

    private static List<(int Tag, int Value)> EntriesOf(byte[] tiff, bool little)
    {
        int Short(int at) => little ? BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan(at)) : BinaryPrimitives.ReadUInt16BigEndian(tiff.AsSpan(at));
        int Long(int at) => little ? BinaryPrimitives.ReadInt32LittleEndian(tiff.AsSpan(at)) : BinaryPrimitives.ReadInt32BigEndian(tiff.AsSpan(at));
        return [.. Enumerable.Range(0, Short(8)).Select(i => 10 + (i * 12)).Select(at => (Short(at), Short(at + 2) == 3 ? Short(at + 8) : Long(at + 8)))];
    }
}
