using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Tests.Engine;

namespace Framegate.Proxy.Tests.Catalogue;

/// <summary>What is offered follows the options of its sections, also when they change while the program runs.</summary>
public sealed class ModelCatalogueTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private const string Provider = "alpha";
    private readonly ChangingOptions<CatalogueOptions> _catalogue = new([]);
    private readonly ChangingOptions<LimitsOptions> _limits = new([]);

    [Fact]
    public void Find_AModelIsTakenOutAndComesBack_FollowsTheOptions()
    {
        var models = Models();
        Assert.NotNull(models.Find(Provider, ScriptedAdapter.Model));

        _catalogue.Change(Of(new CatalogueEntry { Enabled = false }));
        Assert.Null(models.Find(Provider, ScriptedAdapter.Model));
        Assert.DoesNotContain(models.ModelsOf(Provider), m => m.Id == ScriptedAdapter.Model);

        _catalogue.Change([]);
        Assert.NotNull(models.Find(Provider, ScriptedAdapter.Model));
    }

    [Fact]
    public void Find_ProviderAndModelInOtherLetters_AreTheSame()
    {
        _catalogue.Change(Of(new CatalogueEntry { Price = new CataloguePrice { PerResult = 7 } }, ScriptedAdapter.Model.ToUpperInvariant()));

        Assert.Equal(7, Models().Find(Provider, ScriptedAdapter.Model)!.Price!.PerResult);
    }

    [Fact]
    public void Find_LimitsChange_TheLowerOfAllIsOffered()
    {
        var models = Models();
        _catalogue.Change(Of(new CatalogueEntry { Limits = new CatalogueLimits { MaxWidth = 900 } }));
        Assert.Equal(900, models.Find(Provider, ScriptedAdapter.Model)!.Limits.MaxWidth);

        _limits.Change(new LimitsOptions { ["ALPHA"] = new ProviderLimits { MaxWidth = 500, RequestsPerMinute = 3 } });

        Assert.Equal(500, models.Find(Provider, ScriptedAdapter.Model)!.Limits.MaxWidth);
        Assert.Equal(3, models.LimitsOf(Provider).RequestsPerMinute);
        Assert.Null(models.LimitsOf("beta").RequestsPerMinute);
    }

    private static CatalogueOptions Of(CatalogueEntry entry, string model = ScriptedAdapter.Model) => new() { [Provider] = new() { [model] = entry } };

    private ModelCatalogue Models() => new(engine.Get<ProviderTable>(), _catalogue, _limits);
}
