using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Native jobs in the database that replicas share.</summary>
internal sealed class PostgresNativeJobs(PostgresDatabase database, PostgresWriter writer) : INativeJobs
{
    public bool CanAdd => writer.Problem is null;

    public async ValueTask AddAsync(string provider, string nativeId, string destination, string? client, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            new(
                "INSERT INTO native_jobs (provider, native_id, destination, client, created) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                provider, nativeId, destination, client, now.ToUnixTimeMilliseconds()),
            cancellationToken);

    public async ValueTask<string?> FindAsync(string provider, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var known = await database.ReadAsync(
            new("SELECT native_id, destination FROM native_jobs WHERE provider = $1 AND native_id = ANY($2)", provider, (string[])[.. nativeIds]),
            static r => (Id: r.GetString(0), Destination: r.GetString(1)), cancellationToken);
        foreach (var id in nativeIds)
        {
            if (known.Find(k => k.Id == id).Destination is { } destination)
            {
                return destination;
            }
        }

        return null;
    }

    public async ValueTask<IReadOnlySet<string>> OwnedAsync(string provider, IReadOnlyCollection<string> nativeIds, string client, CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            new("SELECT native_id FROM native_jobs WHERE provider = $1 AND native_id = ANY($2) AND client = $3", provider, (string[])[.. nativeIds], client),
            static r => r.GetString(0), cancellationToken)).ToHashSet(StringComparer.Ordinal);
}
