using Framegate.Proxy.Cache.Entries;

namespace Framegate.Proxy.Tests.Cache;

public sealed class InvalidationTests
{
    private static readonly CacheEntry s_entry = Entries.New("alice/flux:flux-dev:aa:bb", provider: "flux", model: "flux-dev");
    private static readonly CacheEntry s_byAlias = Entries.New("alice/auto:fast:aa:bb", provider: "flux", model: "flux-dev", asked: "fast");

    [Theory]
    [InlineData("flux:*", true)]
    [InlineData("flux:*:aa:*", true)]
    [InlineData("*", true)]
    [InlineData("alice/*", true)]
    [InlineData("bob/*", false)]
    [InlineData("flux:flux-de?:*", true)]
    [InlineData("Flux:*", false)]
    [InlineData("flux", false)]
    [InlineData("\\*", false)]
    public void Matches_Pattern_IsAGlobOverTheKey(string pattern, bool expected) => Assert.Equal(expected, new Invalidation { Pattern = pattern }.Matches(s_entry.Name));

    [Fact]
    public void Matches_ProviderAndModel_MeanWhatWasAskedAndWhatMadeIt()
    {
        Assert.True(new Invalidation { Provider = "flux" }.Matches(s_entry.Name));
        Assert.True(new Invalidation { Provider = "flux" }.Matches(s_byAlias.Name));
        Assert.False(new Invalidation { Provider = "sora" }.Matches(s_entry.Name));
        Assert.True(new Invalidation { Model = "flux/flux-dev" }.Matches(s_byAlias.Name));
        Assert.True(new Invalidation { Model = "fast" }.Matches(s_byAlias.Name));
        Assert.False(new Invalidation { Model = "fast" }.Matches(s_entry.Name));
        Assert.True(new Invalidation { Key = "flux:flux-dev:aa:bb" }.Matches(s_entry.Name));
        Assert.False(new Invalidation { Key = "flux:flux-dev:aa:b" }.Matches(s_entry.Name));
        Assert.Equal(0, new Invalidation { All = false }.Choices());
    }
}
