using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary>A start with open jobs, while requests arrive at every point of it.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class StartTests
{
    private const int Restarts = 50;
    private const int Callers = 4;

    [Fact]
    public async Task Start_OpenJobsAndRequestsAtEveryPoint_NeverHangs()
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings
        {
            Sandbox = sandbox.Address,
            Data = data.Path,
            Routes = Repository.RoutesWith("Limits", "{}"),
            Port = FreePort.Next(),
        };
        string[] ids;
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            // Some end just when a start is under way, some after all of them.
            ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => first.Client.StartAsync(Bodies.Of(n % 2 == 0 ? "flux" : "sora", $"sandbox:slow={20 + (n * 2)} number {n}"))));
            await Eventually.GetAsync(first.Client.ListAsync, all => all.All(g => g.Text("metadata.phase") is not ("queued" or "submitting")));
            await first.KillAsync();
        }

        for (var restart = 0; restart < Restarts; restart++)
        {
            using var over = new CancellationTokenSource();
            var callers = Enumerable.Range(0, Callers).Select(n => KnockAsync(settings.Port, ids[n], over.Token)).ToList();

            // It throws when the program is not ready within its time.
            await using var gateway = await FramegateProcess.StartAsync(settings);

            Assert.Equal(200, (await gateway.Client.GetAsync("/health/live")).Status);
            Assert.Equal(200, (await gateway.Client.FindAsync(ids[^1])).Status);
            Assert.DoesNotContain("has not been mapped", gateway.Output, StringComparison.Ordinal);
            await over.CancelAsync();
            await Task.WhenAll(callers);
            await gateway.KillAsync();
        }

        await using var last = await FramegateProcess.StartAsync(settings);
        var ended = await Task.WhenAll(ids.Select(id => last.Client.EndOfAsync(id, seconds: 120)));
        Assert.DoesNotContain(ended, g => g.Text("status") != "success");
        Assert.Equal(ids.Length, (await sandbox.LedgerAsync()).Count);
    }

    /// <summary>Asks again and again, long before the port is open.</summary>
    private static async Task KnockAsync(int port, string id, CancellationToken over)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        string[] paths = ["/generations/" + id, "/health/ready", "/flux/v1/get_result?id=00000000-0000-4000-8000-000000000000", "/"];
        for (var n = 0; !over.IsCancellationRequested; n++)
        {
            try
            {
                using var answer = await client.GetAsync(paths[n % paths.Length], over);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // The port is closed. An attempt every 5 ms leaves the start the processor.
                await pace.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }
}
