using System.Text.Json.Nodes;
using Framegate.Proxy.Selection.Budgets;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>Between the plan of a request and its reservation another request takes what was left of the budget.</summary>
public sealed class TakenBudgetTests(TakenBudgetTests.Program program) : IClassFixture<TakenBudgetTests.Program>
{
    [Theory]
    [InlineData("0.05", 200, "flux-dev")]
    [InlineData("0.045", 402, null)]
    public async Task Order_OfAnAlias_IsPlannedAgainWithWhatIsLeft(string budget, int status, string? model)
    {
        var (_, key) = await program.NewClientAsync($$"""
            "budget":{"total":{{budget}}}
            """);

        var answer = await program.CallAsync(key, HttpMethod.Post, "/generations", """{"provider":"auto","model":"dear-or-cheap","media_type":"image","prompt":"A boat"}""");

        Assert.True(answer.Status == status, answer.Text);
        Assert.Equal(model, status == 200 ? answer.Body.GetProperty("model").GetString() : null);
    }

    public sealed class Program : CompanyProgram
    {
        private protected override void Change(JsonObject framegate)
        {
            framegate["Models"] = JsonNode.Parse("""
                {"dear-or-cheap":{"Strategy":"Priority","Candidates":[
                  {"Provider":"flux","Model":"flux-pro-1.1","Priority":1},{"Provider":"flux","Model":"flux-dev","Priority":2}]}}
                """);
            framegate["Catalogue"] = JsonNode.Parse("""{"flux":{"flux-pro-1.1":{"Price":{"PerResult":0.04}},"flux-dev":{"Price":{"PerResult":0.01}}}}""");
        }

        private protected override void Replace(IServiceCollection services) =>
            services.AddSingleton<IBudgetLedger>(s => new TakenBetween(s.GetRequiredService<BudgetLedger>()));
    }

    /// <summary>A ledger from which somebody else takes 0.04 right before the dear one is reserved.</summary>
    private sealed class TakenBetween(BudgetLedger inner) : IBudgetLedger
    {
        public async ValueTask<BudgetRoom?> TryReserveAsync(BudgetHold hold, decimal amount, CancellationToken cancellationToken, BudgetHold? from = null)
        {
            if (amount == 0.04m)
            {
                Assert.Null(await inner.TryReserveAsync(new BudgetHold(hold.Client, hold.At, "other"), 0.04m, cancellationToken));
            }

            return await inner.TryReserveAsync(hold, amount, cancellationToken, from);
        }

        public ValueTask<BudgetRoom?> RenewAsync(BudgetHold hold, CancellationToken cancellationToken) => inner.RenewAsync(hold, cancellationToken);

        public void Settle(BudgetHold hold, decimal amount) => inner.Settle(hold, amount);

        public void Stored(BudgetHold hold) => inner.Stored(hold);

        public BudgetHold Adopt(string client, DateTimeOffset at, decimal amount, string id = "", int revision = 0) => inner.Adopt(client, at, amount, id, revision);

        public BudgetRoom? LeastOf(string client) => inner.LeastOf(client);

        public ClientSpending Of(string client) => inner.Of(client);
    }
}
