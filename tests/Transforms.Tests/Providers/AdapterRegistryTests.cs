using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Flux;
using Framegate.Transforms.Providers.Sora;

namespace Framegate.Transforms.Tests.Providers;

public class AdapterRegistryTests
{
    [Fact]
    public void BuiltIn_Always_HoldsEveryProvider()
    {
        var registry = new AdapterRegistry(AdapterRegistry.BuiltIn());

        Assert.IsType<FluxAdapter>(registry.Find("flux"));
        Assert.IsType<SoraAdapter>(registry.Find("Sora"));
        Assert.Null(registry.Find("acme"));
        Assert.Equal(["flux", "sora", "runway", "veo", "veo-gemini"], registry.All.Select(a => a.Name));
    }

    [Fact]
    public void New_TwoOfTheSameName_Throws()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new AdapterRegistry([new FluxAdapter(), new SoraAdapter(), new FluxAdapter()]));

        Assert.Contains("'flux'", error.Message, StringComparison.Ordinal);
    }
}
