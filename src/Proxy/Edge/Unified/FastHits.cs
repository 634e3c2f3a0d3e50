using BitFaster.Caching;
using BitFaster.Caching.Lru;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Transforms.Schemas;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>
/// The short way of a hit. A body that has led to a hit before is known by its hash: it is not read, checked or mapped again while the
/// configuration stays what it was, and its answer is copied from a template.
/// </summary>
internal sealed class FastHits
{
    private const int Memos = 16_384;
    private readonly ICache<(BodyHash Body, string Client), HitRecord> _memos = new ConcurrentLruBuilder<(BodyHash Body, string Client), HitRecord>().WithCapacity(Memos).Build();
    private readonly MediaCache _cache;
    private readonly CacheSettings _settings;
    private readonly CacheStats _stats;
    private readonly FramegateMetrics _metrics;
    private readonly ResponseWriter _writer;
    private readonly PublicAddress _address;
    private readonly MediaLinks _links;
    private readonly VersionHeaders _versions;
    private readonly TimeProvider _time;
    private int _aliases;

    public FastHits(
        MediaCache cache, CacheSettings settings, CacheStats stats, FramegateMetrics metrics, ResponseWriter writer, PublicAddress address, MediaLinks links, VersionHeaders versions,
        AliasTable aliases, TimeProvider time)
    {
        (_cache, _settings, _stats, _metrics, _writer) = (cache, settings, stats, metrics, writer);
        (_address, _links, _versions, _time) = (address, links, versions, time);
        aliases.Changed += () => Interlocked.Increment(ref _aliases);
    }

    /// <summary>Grows with every change of what a request is checked by: the configuration, the clients, the aliases.</summary>
    public int Version => _settings.Version + Volatile.Read(ref _aliases);

    /// <summary>Remembers what a body has led to.</summary>
    /// <param name="body">The body.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="key">Where its entry lies.</param>
    /// <param name="version">The <see cref="Version"/> from before the body was checked: what changed meanwhile has not seen it.</param>
    public void Remember(BodyHash body, string client, string key, int version) =>
        _memos.AddOrUpdate((body, client), new HitRecord(key, version));

    /// <summary>Answers, when it can without a look at what the body holds.</summary>
    /// <returns>False when the request has to go the ordinary way; nothing has been written then.</returns>
    public async ValueTask<bool> TryAnswerAsync(HttpContext context, BodyHash body, CancellationToken cancellationToken)
    {
        var headers = context.Request.Headers;
        if (!_memos.TryGet((body, Client.Of(context)), out var memo) || memo.Version != Version
            || headers.ContainsKey("Idempotency-Key") || headers.ContainsKey(VersionHeaders.Version) || headers.CacheControl.Count > 0 || _links.ChangeWithTime
            || await _cache.FindAsync(memo.Key, cancellationToken) is not { Local.Origin: not null } entry)
        {
            return false;
        }

        var baseUrl = _address.Of(context);
        if (memo.Template is not { } template || !ReferenceEquals(template.Entry, entry) || template.BaseUrl != baseUrl)
        {
            var sample = entry.Answer(HitTemplate.MarkId, Client.Of(context), HitTemplate.Mark);
            if (HitTemplate.Of(entry, baseUrl, _writer.Render(sample, baseUrl, HitTemplate.Mark)) is not { } made)
            {
                return false;
            }

            memo.Template = template = made;
        }

        _stats.Of(entry.AskedProvider, entry.AskedModel).Hit(entry.Cost);
        _metrics.Saved(Client.Of(context), entry.Cost);
        Write(context, template, _time.GetUtcNow());
        return true;
    }

    private void Write(HttpContext context, HitTemplate template, DateTimeOffset now)
    {
        var (response, entry) = (context.Response, template.Entry);
        var (status, age) = template.HeadersAt(now);
        response.ContentType = ResponseWriter.ContentType;
        response.ContentLength = template.Length;
        var headers = response.Headers;
        GenerationHeaders.Write(headers, entry.Provider, entry.JobLocation?.Destination, template.Attempts, "0", "0");
        headers["Cache-Status"] = status;
        headers.Age = age;
        _versions.Write(headers, SchemaVersions.Current);
        var span = response.BodyWriter.GetSpan(template.Length);
        template.Write(span[..template.Length], now);
        response.BodyWriter.Advance(template.Length);
    }
}
