using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Tests;

public sealed class JobOutcomeTests
{
    [Fact]
    public void AnAddressThatIsListedTwice_IsOneResult()
    {
        var done = new JobOutcome.Succeeded([Of("https://x.example/1.png"), Of("https://x.example/2.png"), Of("https://x.example/1.png")]);

        Assert.Equal(["https://x.example/1.png", "https://x.example/2.png"], done.Media.Select(m => m.Url));
    }

    /// <summary>Two pictures in an answer may have the same bytes, and what has no address is only counted.</summary>
    [Theory]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("")]
    public void WhatHasNoAddress_CountsEachTime(string url) => Assert.Equal(2, new JobOutcome.Succeeded([Of(url), Of(url)]).Media.Count);

    private static MediaSource Of(string url) => new(MediaType.Image, url);
}
