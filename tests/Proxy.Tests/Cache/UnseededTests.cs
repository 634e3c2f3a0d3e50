using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Tests.Clients;
using Microsoft.Extensions.Configuration;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>Whether requests without a seed are cached: who says so last.</summary>
public sealed class UnseededTests
{
    [Theory]
    [InlineData("", true, false)]
    [InlineData("Unseeded=false", false, false)]
    [InlineData("Unseeded=true", true, true)]
    [InlineData("Unseeded=false;Dialects:Unified:Unseeded=true", true, false)]
    [InlineData("Dialects:OpenAi:Unseeded=true", true, true)]
    [InlineData("Dialects:OpenAi:Unseeded=false;Clients:SHOP:Unseeded=true", true, true)]
    [InlineData("Clients:blog:Unseeded=false", true, false)]
    [InlineData("Clients:shop:Unseeded=true;Models:flux/flux-dev:Unseeded=false", false, false)]
    [InlineData("Models:flux/flux-pro-1.1:Unseeded=true", true, false)]
    public void CachesUnseeded_TheMostParticularSettingCounts(string settings, bool unified, bool openAi)
    {
        using var cache = SettingsOf(settings, out _);

        Assert.Equal(unified, cache.CachesUnseeded(Dialect.Unified, "shop", "flux", "flux-dev"));
        Assert.Equal(openAi, cache.CachesUnseeded(Dialect.OpenAi, "shop", "flux", "flux-dev"));
    }

    [Fact]
    public void CachesUnseeded_AnAlias_IsFoundByItsName()
    {
        using var cache = SettingsOf("Models:poster:Unseeded=true", out _);

        Assert.True(cache.CachesUnseeded(Dialect.OpenAi, "shop", "auto", "poster"));
        Assert.False(cache.CachesUnseeded(Dialect.OpenAi, "shop", "flux", "poster"));
    }

    [Fact]
    public void CachesUnseeded_TheFileChanges_FollowsIt()
    {
        using var cache = SettingsOf("", out var options);

        options.Change(new CacheOptions { Unseeded = true });

        Assert.True(cache.CachesUnseeded(Dialect.OpenAi, "shop", "flux", "flux-dev"));
    }

    private static CacheSettings SettingsOf(string settings, out ChangingOptions<CacheOptions> options)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')).Select(s => KeyValuePair.Create(s[0], (string?)s[1]))).Build();
        options = new ChangingOptions<CacheOptions>(configuration.Get<CacheOptions>() ?? new CacheOptions());
        return new CacheSettings(options, KnownClients.Of(), configuration);
    }
}
