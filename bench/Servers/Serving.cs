using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Framegate.Bench.Servers;

/// <summary>Runs a server of this program.</summary>
internal static class Serving
{
    /// <summary>
    /// Starts it, prints where it listens, and obeys its standard input: <c>gc</c> collects all garbage and prints the
    /// heap, <c>allocated</c> prints what has been allocated; the end of it,
    /// which comes when the harness dies, ends the server.
    /// </summary>
    public static async Task<int> RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await app.StartAsync(cancellationToken);
        Console.WriteLine("listens on " + app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == "allocated")
            {
                Console.WriteLine($"allocated {GC.GetTotalAllocatedBytes(precise: false)}");
            }
            else if (line == "gc")
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Console.WriteLine($"heap {GC.GetTotalMemory(forceFullCollection: false)}");
            }
        }

        await app.StopAsync(CancellationToken.None);
        return 0;
    }
}
