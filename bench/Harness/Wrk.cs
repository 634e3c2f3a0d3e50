using System.Diagnostics;
using System.Globalization;

namespace Framegate.Bench.Harness;

/// <summary>Runs the load generator.</summary>
internal static class Wrk
{
    /// <summary>Sends as fast as answers come.</summary>
    /// <param name="address">The server.</param>
    /// <param name="script">What to send; a file from <see cref="Scripts"/>.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="BenchException">It failed, or requests did: a failed request is not a measurement.</exception>
    public static async Task<WrkResult> RunAsync(string address, string script, int connections, int seconds, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--timeout", "60s", "-s", script, address])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var line = output.Split('\n').FirstOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal))
                ?? throw new BenchException($"wrk printed no result: {output} {await errors}");
            var v = line.Split(' ').Skip(1).Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            return v[5] == 0
                ? new WrkResult((long)v[0], TimeSpan.FromMicroseconds(v[1]), v[2] / 1000, v[3] / 1000, v[4] / 1000)
                : throw new BenchException($"{v[5]} of {v[0]} requests to {address} failed:\n{output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}

/// <summary>What a load generator saw.</summary>
/// <param name="Requests">Requests answered.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="P50">Median latency, milliseconds.</param>
/// <param name="P99">99th percentile of the latency, milliseconds.</param>
/// <param name="Max">Longest latency, milliseconds.</param>
internal sealed record WrkResult(long Requests, TimeSpan Elapsed, double P50, double P99, double Max)
{
    /// <summary>Requests per second.</summary>
    public double Rate => Requests / Elapsed.TotalSeconds;
}
