using Framegate.Proxy.Cache.Entries;

namespace Framegate.Proxy.Tests.Cache;

public sealed class InvalidationTests
{
    private static readonly CacheEntry s_entry = Entries.New(KeyOf("flux:flux-dev"), provider: "flux", model: "flux-dev");
    private static readonly CacheEntry s_byAlias = Entries.New(KeyOf("auto:fast"), provider: "flux", model: "flux-dev", asked: "fast");

    private static string KeyOf(string model) => $"alice/{model}:{new string('0', 60)}00aa:{new string('0', 60)}00bb";

    [Theory]
    [InlineData("flux:*", true)]
    [InlineData("flux:*00aa:*", true)]
    [InlineData("*", true)]
    [InlineData("alice/*", true)]
    [InlineData("bob/*", false)]
    [InlineData("flux:flux-de?:*", true)]
    [InlineData("Flux:*", false)]
    [InlineData("flux", false)]
    [InlineData("\\*", false)]
    public void Matches_Pattern_IsAGlobOverTheKey(string pattern, bool expected) => Assert.Equal(expected, new Invalidation { Pattern = pattern }.Matches(s_entry));

    [Fact]
    public void Matches_ProviderAndModel_MeanWhatWasAskedAndWhatMadeIt()
    {
        Assert.True(new Invalidation { Provider = "flux" }.Matches(s_entry));
        Assert.True(new Invalidation { Provider = "flux" }.Matches(s_byAlias));
        Assert.False(new Invalidation { Provider = "sora" }.Matches(s_entry));
        Assert.True(new Invalidation { Model = "flux/flux-dev" }.Matches(s_byAlias));
        Assert.True(new Invalidation { Model = "fast" }.Matches(s_byAlias));
        Assert.False(new Invalidation { Model = "fast" }.Matches(s_entry));
        Assert.True(new Invalidation { Key = KeyOf("flux:flux-dev")["alice/".Length..] }.Matches(s_entry));
        Assert.False(new Invalidation { Key = KeyOf("flux:flux-dev")["alice/".Length..^1] }.Matches(s_entry));
        Assert.True(new Invalidation { Provider = "flux" }.MatchesKey(s_entry.Key));
        Assert.False(new Invalidation { Provider = "flux" }.MatchesKey(s_byAlias.Key));
        Assert.Equal(0, new Invalidation { All = false }.Choices());
    }

    [Fact]
    public void NeedsEntry_OnlyWhereTheKeySaysNotWhatMadeIt()
    {
        Assert.True(new Invalidation { Provider = "flux" }.NeedsEntry(s_byAlias.Key));
        Assert.True(new Invalidation { Model = "flux-dev" }.NeedsEntry(s_byAlias.Key));
        Assert.False(new Invalidation { Provider = "flux" }.NeedsEntry(s_entry.Key));
        Assert.False(new Invalidation { Pattern = "*" }.NeedsEntry(s_byAlias.Key));
    }
}
