using System.Text;
using CsCheck;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Media;
using Framegate.Proxy.Tests.Inputs;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.OpenAi;

public sealed class BodyReadingTests
{
    private static readonly Gen<string> _names = Gen.Char["abcxyz_"].Array[1, 8].Select(c => new string(c));

    [Fact]
    public void ReadJson_AnyBytes_GivesABodyOrAProblem() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        var (body, problem) = OpenAiBodyReader.ReadJson(bytes, HeldInputs.None);
        Assert.True(body is null != problem is null);
    });

    [Fact]
    public void ReadJson_AnyText_IsReadOrRefusedByName() => Gen.Select(_names, Gen.String, Gen.Int).Sample((name, text, number) =>
    {
        var json = $$"""{"{{name}}":{{System.Text.Json.JsonSerializer.Serialize(text)}},"{{name}}9":{{number}},"none":null}""";
        var (body, problem) = OpenAiBodyReader.ReadJson(Encoding.UTF8.GetBytes(json), HeldInputs.None);

        Assert.Null(problem);
        var fields = new OpenAiFields(body!);
        Assert.Equal(number, fields.Whole(name + "9", int.MinValue, int.MaxValue));
        Assert.Null(fields.Flag("none"));
        Assert.Null(fields.Problem);
        Assert.NotNull(fields.Text(name, int.MaxValue));
        Assert.Null(fields.Whole(name, 0, 1));
        Assert.Equal(name, fields.Problem!.Param);
    });

    [Fact]
    public async Task ReadForm_AnyFields_AreAllThere() => await Gen.Select(_names, Gen.String[0, 50]).Array[1, 20].SampleAsync(async given =>
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, text) in given)
        {
            form.Add(new StringContent(text), name);
        }

        var (body, problem) = await ReadAsync(await form.ReadAsByteArrayAsync(), form.Headers.ContentType!.ToString());

        Assert.Null(problem);
        foreach (var group in given.GroupBy(g => g.Item1))
        {
            Assert.Equal(group.Select(g => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(g.Item2))), body!.Of(group.Key).Select(p => p.Text));
        }
    });

    [Fact]
    public async Task ReadForm_AnyBytes_NeverThrow() => await Gen.Byte.Array[0, 400].SampleAsync(async bytes =>
    {
        byte[] torn = [.. "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"u8, .. bytes];
        foreach (var form in new[] { bytes, torn })
        {
            var (body, problem) = await ReadAsync(form, "multipart/form-data; boundary=b");
            Assert.True(body is null != problem is null);
        }
    });

    [Theory]
    [InlineData("name=model", "model", null)]
    [InlineData("name=\"image[]\"", "image", null)]
    [InlineData("name=\"input_reference[image_url]\"", "input_reference", "image_url")]
    [InlineData("name=\"[x]\"", "[x]", null)]
    public async Task ReadForm_NamesOfAllKinds_AreUnderstood(string disposition, string name, string? member)
    {
        var (body, _) = await ReadAsync(
            Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\nvalue\r\n--b--\r\n"), "multipart/form-data; boundary=\"b\"");

        var part = Assert.Single(body!.Of(name));
        Assert.Equal(("value", member), (part.Text, part.Member));
    }

    [Fact]
    public async Task ReadForm_FileOfDotNetsKind_IsAnUpload()
    {
        // Unquoted name, no type of its own, and a second file name in another spelling.
        byte[] form =
        [
            .. "--b\r\nContent-Disposition: form-data; name=image; filename=a.png; filename*=utf-8''a.png\r\n\r\n"u8,
            .. Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
            .. "\r\n--b--\r\n"u8,
        ];
        var (body, _) = await ReadAsync(form, "multipart/form-data; boundary=\"b\"");

        var upload = Assert.Single(body!.Of("image")).File!;
        Assert.Null(upload.Refusal);
        Assert.StartsWith("data:image/png;base64,iVBORw0K", upload.Media!.ToUri(), StringComparison.Ordinal);
    }

    /// <summary>A form knows no null: what has no value is sent empty, as go-openai's <c>size</c>, or as the file that nobody chose on a page.</summary>
    [Theory]
    [InlineData("name=\"size\"", "", 0)]
    [InlineData("name=\"mask\"; filename=\"\"", "", 0)]
    [InlineData("name=\"image\"; filename=\"\"", "", 0)]
    [InlineData("name=\"image\"; filename=\"a.png\"", "", 1)]
    [InlineData("name=\"image\"; filename=\"\"", "x", 1)]
    [InlineData("name=\"size\"", " ", 1)]
    public async Task ReadForm_EmptyField_IsNone(string disposition, string value, int count)
    {
        var (body, _) = await ReadAsync(
            Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n{value}\r\n--b--\r\n"), "multipart/form-data; boundary=b");

        Assert.Equal(count, new OpenAiFields(body!).Parts(Assert.Single(body!.Names)).Count);
    }

    /// <summary>What a client has in memory has no name to send, and its type says that it is a file.</summary>
    [Theory]
    [InlineData("image/png", true)]
    [InlineData("Image/JPEG", true)]
    [InlineData("video/mp4", true)]
    [InlineData("text/plain; charset=utf-8", false)]
    [InlineData("application/octet-stream", false)]
    public async Task ReadForm_PartWithoutAFileName_IsAFileWhereItsTypeIsOne(string type, bool isFile)
    {
        var (body, _) = await ReadAsync(Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; name=image\r\nContent-Type: {type}\r\n\r\nvalue\r\n--b--\r\n"), "multipart/form-data; boundary=b");

        Assert.Equal(isFile, Assert.Single(body!.Of("image")).File is not null);
    }

    [Theory]
    [InlineData("binary", true)]
    [InlineData("8BIT", true)]
    [InlineData("base64", false)]
    [InlineData("quoted-printable", false)]
    public async Task ReadForm_CodedPart_IsRefusedByItsName(string coding, bool isRead)
    {
        var (body, problem) = await ReadAsync(
            Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; name=prompt\r\nContent-Transfer-Encoding: {coding}\r\n\r\na=3Db\r\n--b--\r\n"), "multipart/form-data; boundary=b");

        Assert.Equal((isRead, isRead ? null : "prompt"), (body is not null, problem?.Param));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("False", false)]
    [InlineData("yes", null)]
    public async Task ReadForm_Flag_IsReadAsClientsWriteIt(string text, bool? flag)
    {
        var (body, _) = await ReadAsync(Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; name=stream\r\n\r\n{text}\r\n--b--\r\n"), "multipart/form-data; boundary=b");
        var fields = new OpenAiFields(body!);

        Assert.Equal(flag, fields.Flag("stream"));
        Assert.Equal(flag is null, fields.Problem is not null);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(49_152)]
    [InlineData(49_153)]
    [InlineData(100_001)]
    public async Task ReadImage_AnyLength_IsTheSamePictureAgain(int length)
    {
        var picture = new byte[length];
        new Random(length).NextBytes(picture);
        "GIF89a"u8.CopyTo(picture);
        using var stream = new MemoryStream(picture);
        using var folder = new TempFolder();
        var context = InputCalls.New(folder);
        var upload = await UploadReader.ReadImageAsync(stream, context, CancellationToken.None);

        Assert.Equal(length < Base64Splitter.Threshold, upload.Media!.Held is null);
        Assert.Equal("image/gif", upload.Media!.ContentType);
        Assert.Equal(picture, upload.Media.Bytes.ToArray());
    }

    [Fact]
    public async Task ReadImage_TooLarge_IsRefusedAndNotKept()
    {
        var picture = new byte[(20 * 1024 * 1024) + 1];
        "GIF89a"u8.CopyTo(picture);
        using var stream = new MemoryStream(picture);
        using var folder = new TempFolder();
        var context = InputCalls.New(folder);
        var upload = await UploadReader.ReadImageAsync(stream, context, CancellationToken.None);

        Assert.Contains("20 MiB", upload.Refusal, StringComparison.Ordinal);
        Assert.Null(upload.Media);
        Assert.Equal(picture.Length, stream.Position);
    }

    private static async Task<(OpenAiBody? Body, OpenAiError? Problem)> ReadAsync(byte[] body, string contentType)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentType = contentType;
        context.Request.Body = new MemoryStream(body);
        return await OpenAiBodyReader.ReadAsync(context.Request, ["mask"], CancellationToken.None);
    }
}
