using Xunit.Abstractions;
using System.Globalization;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary>The table by point of death in <c>docs/reliability.md</c>. Ten rounds here; <c>FRAMEGATE_CRASH_ROUNDS=60</c> makes it the long run.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class CrashMatrixTests(ITestOutputHelper output)
{
    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("FRAMEGATE_CRASH_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 10;

    [Fact]
    public async Task Kill_AtAnyMoment_NothingIsLostOrPaidTwice_AndWhatCanBeKnownIsFoundOut()
    {
        await using var matrix = await CrashMatrix.StartAsync(seed: 14);

        // A start that hangs fails here.
        var report = await matrix.RunAsync(Rounds);

        output.WriteLine(report.ToString());
        var figures = report.ToString();
        Assert.True((report.Lost, report.PaidTwice, report.Stuck) == (0, 0, 0), figures);
        Assert.True(report.Acknowledged.Count > 0, figures);
        Assert.All(new[] { CrashMatrix.Keyed, CrashMatrix.Listed }, p => Assert.True((report.PaidGivenUp(p), report.UnpaidGivenUp(p)) == (0, 0), figures));
        Assert.True(report.PaidGivenUp(CrashMatrix.PartlyListed) == 0, figures);

        // Flux calls four times in 36 s; all of them may come while the gateway is down, which it is half of the time here.
        Assert.True(report.FoundByCall > 0, figures);
        Assert.All(report.Failed, g =>
        {
            Assert.Equal(("unknown", "submit_outcome_unknown"), (g.Text("metadata.phase"), g.Text("error.details.reason")));
            Assert.Equal(
                g.Text("provider") switch { CrashMatrix.Silent => "none", CrashMatrix.Calling => "callback", _ => "list" }, g.Text("metadata.attempts[0].reconciled"));
        });
    }
}
