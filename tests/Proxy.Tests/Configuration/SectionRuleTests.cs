using Framegate.Proxy.Common.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Configuration;

/// <summary>A section that a feature adds, with a validator that looks at another section.</summary>
public sealed class SectionRuleTests : IDisposable
{
    private const string Section = "Framegate:Favourite";

    private readonly GuardedProgram _program = new(more: services => services
        .AddSection<FavouriteOptions>(Section)
        .AddSingleton<IValidateOptions<FavouriteOptions>, FavouriteRules>());

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Check_NewClusterAndWhatNamesItInOneChange_IsFine()
    {
        _program.Write("""
            {"ReverseProxy":{"Clusters":{"flux":{"Destinations":{"a":{"Address":"http://127.0.0.1:9/"}}},"flux-new":{"Metadata":{"Adapter":"flux"}}}},"Framegate":{"Favourite":{"Provider":"flux-new"}}}
            """);
        await _program.SettleAsync();

        Assert.Empty(_program.Status.Errors);
        Assert.Equal("flux-new", _program.Options<FavouriteOptions>().Provider);
    }

    [Fact]
    public async Task Check_ClusterThatGoesWhileSomethingNamesIt_IsRefused()
    {
        var errors = await _program.ErrorsOfAsync(
            """{"ReverseProxy":{"Clusters":{"flux-new":{"Metadata":{"Adapter":"flux"}}}},"Framegate":{"Favourite":{"Provider":"flux"}}}""");

        Assert.Equal("Framegate:Favourite:Provider: There is no cluster 'flux'.", Assert.Single(errors));
    }

    internal sealed class FavouriteOptions
    {
        public string Provider { get; set; } = "flux";
    }

    internal sealed class FavouriteRules(IConfiguration configuration) : IValidateOptions<FavouriteOptions>
    {
        public ValidateOptionsResult Validate(string? name, FavouriteOptions options) =>
            configuration.GetSection("ReverseProxy:Clusters").GetSection(options.Provider).Exists()
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail($"{Section}:Provider: There is no cluster '{options.Provider}'.");
    }
}
