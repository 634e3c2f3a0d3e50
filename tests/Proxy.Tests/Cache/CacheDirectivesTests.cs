using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Tests.Cache;

public sealed class CacheDirectivesTests
{
    [Theory]
    [InlineData("", false, false, false, null)]
    [InlineData("no-cache", true, false, false, null)]
    [InlineData("No-Store", false, true, false, null)]
    [InlineData("only-if-cached, max-age=60", false, false, true, 60)]
    [InlineData("max-age=\"5\"", false, false, false, 5)]
    [InlineData("max-age=soon", false, false, false, 0)]
    [InlineData("max-age=99999999999", false, false, false, int.MaxValue)]
    [InlineData("private, no-transform, stale-if-error=3", false, false, false, null)]
    public void Read_Header_FollowsTheRfc(string header, bool noCache, bool noStore, bool onlyIfCached, int? maxAge) => Assert.Equal(
        new CacheDirectives(noCache, noStore, onlyIfCached, maxAge is { } s ? TimeSpan.FromSeconds(s) : null), CacheDirectives.Read(header));

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("0.5", 0.5)]
    [InlineData("00:10:00", 600)]
    [InlineData("2.00:00:00", 172_800)]
    public void ConvertFrom_TextOfAConfiguration_IsSecondsOrATime(string text, double seconds) =>
        Assert.Equal(new CacheTtl(TimeSpan.FromSeconds(seconds)), new CacheTtl.Converter().ConvertFrom(null, null, text));

    [Theory]
    [InlineData("an hour")]
    [InlineData("-5x")]
    [InlineData("")]
    public void ConvertFrom_NoTime_IsRefused(string text) =>
        Assert.Throws<FormatException>(() => new CacheTtl.Converter().ConvertFrom(null, null, text));

    [Fact]
    public void Read_HitId_GivesBackWhatWentIn()
    {
        var at = new DateTimeOffset(2026, 11, 3, 10, 0, 0, 123, TimeSpan.Zero);
        const string origin = "gen_0193abcd00007000800000000000000f";
        var id = HitId.New(at, origin);

        Assert.Equal(HitId.Length, id.Length);
        Assert.Equal((at, origin), HitId.Read(id));
        Assert.NotEqual(id, HitId.New(at, origin));
        Assert.Null(HitId.Read("gen_" + id[4..]));
        Assert.Null(HitId.Read(id[..^1] + "g"));
        Assert.Null(HitId.Read("hit_" + new string('f', 56)));

        // What an earlier build gave out held the number of a row, which may be another generation's by now.
        Assert.Null(HitId.Read("hit_" + new string('0', 32)));
    }

    [Theory]
    [InlineData("gen_0193abcd00007000800000000000000f", true)]
    [InlineData("gen_0193ABCD00007000800000000000000F", false)]
    [InlineData("gen_short", false)]
    [InlineData("video_0193abcd00007000800000000000000f", false)]
    [InlineData("img_0193abcd00007000800000000000000f", false)]
    public void CanHold_IdsOfOurOwnMaking_Only(string origin, bool held) => Assert.Equal(held, HitId.CanHold(origin));

    [Fact]
    public void Read_AnyText_NeverThrows()
    {
        foreach (var text in new[] { "", "hit_", "hit_" + new string('x', 56), new string('h', 60) })
        {
            Assert.Null(HitId.Read(text));
        }
    }
}
