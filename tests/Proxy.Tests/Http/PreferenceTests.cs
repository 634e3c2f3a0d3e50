using Framegate.Proxy.Edge.Unified;

namespace Framegate.Proxy.Tests.Http;

public sealed class PreferenceTests
{
    [Theory]
    [InlineData("", false, null)]
    [InlineData("respond-async", true, null)]
    [InlineData("Respond-Async", true, null)]
    [InlineData("wait=10", false, 10)]
    [InlineData("wait=0", false, 0)]
    [InlineData("respond-async, wait=10", true, 10)]
    [InlineData("return=minimal; foo, wait=3", false, 3)]
    [InlineData("wait=99999", false, 3600)]
    [InlineData("wait=-1", false, null)]
    [InlineData("wait=soon", false, null)]
    [InlineData("respond-asynchronously", false, null)]
    public void Read_Header_TakesWhatItKnows(string header, bool respondAsync, int? seconds) =>
        Assert.Equal(new Preference(respondAsync, seconds is { } s ? TimeSpan.FromSeconds(s) : null), Preference.Read(header));

    [Fact]
    public void Read_HeaderTwice_TakesBoth() =>
        Assert.Equal(new Preference(true, TimeSpan.FromSeconds(5)), Preference.Read(new(["respond-async", "wait=5"])));
}
