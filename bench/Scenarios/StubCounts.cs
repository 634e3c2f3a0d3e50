using System.Globalization;
using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>Native calls that have reached the upstream.</summary>
internal sealed record StubCounts(long Submits, long Polls, long Samples)
{
    /// <summary>All of them.</summary>
    public long All => Submits + Polls + Samples;

    /// <summary>Asks the upstream.</summary>
    public static async Task<StubCounts> ReadAsync(HttpClient client, ServerProcess stub, CancellationToken cancellationToken)
    {
        var counts = (await client.GetStringAsync(new Uri(stub.Address + "/bench/counts"), cancellationToken)).Split(' ')
            .Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new StubCounts(counts[0], counts[1], counts[2]);
    }

    public static StubCounts operator -(StubCounts a, StubCounts b) => new(a.Submits - b.Submits, a.Polls - b.Polls, a.Samples - b.Samples);
}
