using Framegate.Proxy.Common;

namespace Framegate.Proxy.Tests.Secrets;

public sealed class IdsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero);

    [Fact]
    public void New_IsThePrefixAndAUuidOfVersion7WithTheTimeInIt()
    {
        var id = Ids.New("gen_", Now);
        Assert.Matches("^gen_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$", id);
        Assert.Equal(Guid.CreateVersion7(Now).ToString("n")[..12], id[4..16]);
    }

    [Fact]
    public void New_LaterOnes_SortBehind()
    {
        string[] ids = [.. Enumerable.Range(0, 100).Select(ms => Ids.New("", Now.AddMilliseconds(ms)))];
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void New_ManyAtOnceOnManyThreads_AreAllDifferent()
    {
        const int Count = 100_000;
        var ids = new string[Count];
        Parallel.For(0, Count, i => ids[i] = Ids.New("", Now));
        Assert.Equal(Count, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(1000)]
    public void Fill_AgainAndAgain_NeverGivesTheSameOrNothing(int length)
    {
        var seen = new List<byte[]>();
        for (var i = 0; i < 3000 / length; i++)
        {
            var bytes = new byte[length];
            Ids.Fill(bytes);
            seen.Add(bytes);
        }

        var all = seen.SelectMany(b => b).ToArray();
        Assert.InRange(all.Distinct().Count(), 250, 256);
        Assert.True(length == 1 || seen.DistinctBy(Convert.ToHexString).Count() == seen.Count);
    }
}
