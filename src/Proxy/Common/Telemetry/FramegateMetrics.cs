using System.Diagnostics;
using System.Diagnostics.Metrics;
using Framegate.Plugins;

namespace Framegate.Proxy.Common.Telemetry;

/// <summary>Framegate's own numbers. Labels are closed sets: configured providers, known models, codes; never a prompt or an id.</summary>
internal sealed class FramegateMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Framegate";

    /// <summary>The outcome of a generation that has a result.</summary>
    public const string Success = "success";

    /// <summary>The outcome of a generation that its client has ended.</summary>
    public const string Cancelled = "cancelled";

    private static readonly string[] s_attemptOutcomes = ["accepted", "refused", "unknown"];
    private static readonly string[] s_clientOutcomes = [Success, "refused", "failed"];
    private static readonly string[] s_callbackOutcomes = ["delivered", "retried", "gone", "given_up", "progress", "progress_lost"];
    private static readonly string[] s_moderationOutcomes = ["allowed", "refused", "unjudged_allowed", "unjudged_refused"];
    private static readonly string[] s_statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly Meter _meter;
    private volatile IReadOnlyList<string> _providers = [];
    private readonly Counter<long> _generations;
    private readonly Counter<long> _attempts;
    private readonly Counter<double> _cost;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _overhead;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _pollLag;
    private readonly Counter<long> _reloads;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _ofClients;
    private readonly Counter<double> _costOfClients;
    private readonly Counter<double> _failedCostOfClients;
    private readonly Counter<double> _savedOfClients;
    private readonly Counter<long> _native;
    private readonly Counter<long> _callbacks;
    private readonly Histogram<double> _callbackDuration;
    private readonly Counter<long> _downloaded;
    private readonly Histogram<double> _storeWrites;
    private readonly Counter<long> _storeFailures;
    private readonly Counter<long> _moderations;

    public FramegateMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _generations = _meter.CreateCounter<long>("framegate.generations", description: "Generations that ended, by provider, model and outcome: success, cancelled, or a code of the API.");
        _failures = _meter.CreateCounter<long>("framegate.failures", description: "Generations that failed, by provider and code; 0 from the start for every configured provider.");
        _attempts = _meter.CreateCounter<long>("framegate.attempts", description: "Submits, by provider and outcome: accepted, refused, or unknown.");
        _cost = _meter.CreateCounter<double>("framegate.cost.usd", description: "What generations cost, USD, by the provider and model that billed it.");
        _latency = _meter.CreateHistogram<double>("framegate.provider.latency", "s", "Calls of a provider, by provider and operation.");
        _overhead = _meter.CreateHistogram<double>("framegate.overhead", "s", "A generation's time that was not spent at, or waiting for, its provider.");
        _duration = _meter.CreateHistogram<double>("framegate.generation.duration", "s", "From request to end, by provider, model and outcome.");
        _pollLag = _meter.CreateHistogram<double>("framegate.poll.lag", "s", "How late polls are sent, by provider.");
        _reloads = _meter.CreateCounter<long>("framegate.config.reloads", description: "Changes of the configuration file, by outcome (accepted or rejected).");
        _ofClients = _meter.CreateCounter<long>("framegate.client.generations", description: "Generations that ended, by client and outcome: success, refused (the request's own fault), or failed.");
        _costOfClients = _meter.CreateCounter<double>("framegate.client.cost.usd", description: "What a client's generations cost, USD.");
        _failedCostOfClients = _meter.CreateCounter<double>("framegate.client.failed.cost.usd", description: "What of a client's cost went to generations that failed, USD.");
        _savedOfClients = _meter.CreateCounter<double>("framegate.client.saved.usd", description: "What cached and shared results would have cost a client, USD.");
        _native = _meter.CreateCounter<long>("framegate.native.requests", description: "Calls of the native routes, by provider and class of HTTP status (2xx ... 5xx).");
        _callbacks = _meter.CreateCounter<long>("framegate.callbacks", description: "Tries to deliver a callback, by outcome: delivered, retried, gone, given_up, progress, or progress_lost.");
        _callbackDuration = _meter.CreateHistogram<double>("framegate.callback.duration", "s", "How long receivers of callbacks take to answer.");
        _downloaded = _meter.CreateCounter<long>("framegate.media.downloaded", "By", "Bytes of results that were fetched, by provider.");
        _storeWrites = _meter.CreateHistogram<double>("framegate.store.write.duration", "s", "How long a change of a generation takes until it is durable.");
        _storeFailures = _meter.CreateCounter<long>("framegate.store.failures", description: "Changes of generations that the store did not take.");
        _moderations = _meter.CreateCounter<long>("framegate.moderations", description: "Prompts that the moderation service was asked about, by outcome: allowed, refused, unjudged_allowed, or unjudged_refused.");
    }

    /// <summary>Registers what counts the open generations by provider.</summary>
    public void CountOpen(Func<IEnumerable<(string Provider, int Count)>> count) => _meter.CreateObservableGauge(
        "framegate.jobs.open",
        () => count().Concat(_providers.Select(p => (Provider: p, Count: 0))).GroupBy(c => c.Provider).Select(g => new Measurement<int>(g.Max(c => c.Count), Tag("provider", g.Key))),
        description: "Generations that something is still to be done for; 0 for a configured provider that has none.");

    /// <summary>Registers the gauges of destinations: the labels are configured ones.</summary>
    public void WatchDestinations(Func<IEnumerable<DestinationGauge>> read)
    {
        Gauge("framegate.destination.score", d => d.Score, "How well a destination is, 0 to 1.");
        Gauge("framegate.destination.breaker", d => d.Breaker, "0 closed, 1 open, 2 half open, 3 isolated.");
        Gauge("framegate.destination.jobs", d => d.OpenJobs, "Jobs open at a destination, from the submit to the result.");

        void Gauge(string name, Func<DestinationGauge, double> value, string description) => _meter.CreateObservableGauge(
            name,
            () => read().Select(d => new Measurement<double>(
                value(d), new KeyValuePair<string, object?>("provider", d.Provider), new KeyValuePair<string, object?>("destination", d.Destination))),
            description: description);
    }

    /// <summary>Registers what counts the generations that wait for their turn, by provider.</summary>
    public void CountWaiting(Func<IEnumerable<(string Provider, int Count)>> count) => _meter.CreateObservableGauge(
        "framegate.queue.waiting",
        () => count().Select(c => new Measurement<int>(c.Count, new KeyValuePair<string, object?>("provider", c.Provider))),
        description: "Generations that wait for their turn at a provider whose limit is used up.");

    /// <summary>The configuration file has changed.</summary>
    public void ConfigurationRead(bool accepted) => _reloads.Add(1, Tag("outcome", accepted ? "accepted" : "rejected"));

    /// <summary>Registers the gauges of the last look at the configuration file.</summary>
    /// <param name="read">Whether the file as it is now is in force, and since when.</param>
    public void WatchConfiguration(Func<(bool IsCurrent, DateTimeOffset LoadedAt)> read)
    {
        _meter.CreateObservableGauge("framegate.config.last.reload.successful", () => read().IsCurrent ? 1 : 0, description: "1 while the configuration file as it is now is in force, 0 while it is rejected.");
        _meter.CreateObservableGauge("framegate.config.last.reload.timestamp", () => read().LoadedAt.ToUnixTimeMilliseconds() / 1000d, "s", "Since when the configuration is in force, Unix time.");
    }

    /// <summary>Registers the gauges of the disk.</summary>
    /// <param name="read">Bytes that are free and that there are on the disk of the data folder, and those of the database.</param>
    public void WatchDisk(Func<(long Free, long Size, long Store)> read)
    {
        _meter.CreateObservableGauge("framegate.disk.free", () => read().Free, "By", "Bytes that are free where the data folder is.");
        _meter.CreateObservableGauge("framegate.disk.capacity", () => read().Size, "By", "Bytes that there are where the data folder is.");
        _meter.CreateObservableGauge("framegate.store.size", () => read().Store, "By", "Bytes of the database and its log; 0 where it is no file.");
    }

    /// <summary>Registers the gauges of how long models are still served.</summary>
    /// <param name="read">Models with a date of retirement.</param>
    public void WatchRetirements(Func<IEnumerable<(string Provider, string Model, DateTimeOffset At)>> read) => _meter.CreateObservableGauge(
        "framegate.model.retirement.timestamp",
        () => read().Select(m => new Measurement<long>(m.At.ToUnixTimeSeconds(), Tag("provider", m.Provider), Tag("model", m.Model))),
        "s",
        "When a model is retired by its maker, Unix time. What was retired before the program began is left out.");

    /// <summary>Begins the counters of what is configured at 0, or the first event of a kind would look like none.</summary>
    /// <param name="providers">The configured providers.</param>
    /// <param name="clients">The configured clients.</param>
    /// <param name="codes">Every code of the API.</param>
    public void Begin(IReadOnlyList<string> providers, IReadOnlyList<string> clients, IReadOnlyList<string> codes)
    {
        _providers = providers;
        foreach (var provider in providers)
        {
            foreach (var code in codes)
            {
                _failures.Add(0, Tag("provider", provider), Tag("code", code));
            }

            foreach (var outcome in s_attemptOutcomes)
            {
                _attempts.Add(0, Tag("provider", provider), Tag("outcome", outcome));
            }

            _downloaded.Add(0, Tag("provider", provider));
        }

        foreach (var client in clients)
        {
            foreach (var outcome in s_clientOutcomes)
            {
                _ofClients.Add(0, Tag("client", client), Tag("outcome", outcome));
            }

            _costOfClients.Add(0, Tag("client", client));
            _failedCostOfClients.Add(0, Tag("client", client));
            _savedOfClients.Add(0, Tag("client", client));
        }

        foreach (var outcome in s_callbackOutcomes)
        {
            _callbacks.Add(0, Tag("outcome", outcome));
        }

        _reloads.Add(0, Tag("outcome", "accepted"));
        _reloads.Add(0, Tag("outcome", "rejected"));
        _storeFailures.Add(0);
        foreach (var outcome in s_moderationOutcomes)
        {
            _moderations.Add(0, Tag("outcome", outcome));
        }
    }

    /// <summary>A native call has been answered.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="status">The HTTP status that the caller got.</param>
    public void NativeCallEnded(string provider, int status) => _native.Add(1, Tag("provider", provider), Tag("status", s_statusClasses[Math.Clamp(status / 100, 1, 5) - 1]));

    /// <summary>A callback has been tried.</summary>
    /// <param name="outcome">What became of it: <c>delivered</c>, <c>retried</c>, <c>gone</c>, <c>given_up</c>, <c>progress</c>, or <c>progress_lost</c>.</param>
    /// <param name="tookMs">How long that took, milliseconds.</param>
    public void CallbackTried(string outcome, long tookMs)
    {
        _callbacks.Add(1, Tag("outcome", outcome));
        _callbackDuration.Record(tookMs / 1000d);
    }

    /// <summary>A result has been fetched.</summary>
    public void MediaDownloaded(string provider, long bytes) => _downloaded.Add(bytes, Tag("provider", provider));

    /// <summary>A change of a generation has been stored.</summary>
    public void StoreWritten(TimeSpan took) => _storeWrites.Record(took.TotalSeconds);

    /// <summary>The moderation service was asked about a prompt.</summary>
    /// <param name="outcome"><c>allowed</c>, <c>refused</c>, <c>unjudged_allowed</c> or <c>unjudged_refused</c>.</param>
    public void Moderated(string outcome) => _moderations.Add(1, Tag("outcome", outcome));

    /// <summary>A change of a generation could not be stored.</summary>
    public void StoreFailed() => _storeFailures.Add(1);

    /// <summary>A generation has ended.</summary>
    /// <param name="provider">The provider that ran it, or was asked for.</param>
    /// <param name="model">The model.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="outcome"><c>success</c>, <c>cancelled</c>, or the code of its failure.</param>
    /// <param name="isRefusal">Whether the request itself is to blame.</param>
    /// <param name="took">From the request to the end.</param>
    /// <param name="overheadMs">What of that was Framegate's own, milliseconds.</param>
    /// <param name="cost">What it cost, USD; null while nobody knows.</param>
    /// <param name="earlier">What of that those billed that had it before, and failed.</param>
    public void GenerationEnded(
        string provider, string model, string client, string outcome, bool isRefusal, TimeSpan took, long? overheadMs, decimal? cost,
        IReadOnlyList<(string Provider, string Model, decimal Cost)> earlier)
    {
        var isFailure = outcome is not (Success or Cancelled);
        _ofClients.Add(1, Tag("client", client), Tag("outcome", outcome == Success ? Success : isRefusal || !isFailure ? "refused" : "failed"));
        if (isFailure)
        {
            _failures.Add(1, Tag("provider", provider), Tag("code", outcome));
        }

        var tags = new TagList { { "provider", provider }, { "model", model }, { "outcome", outcome } };
        _generations.Add(1, tags);
        _duration.Record(took.TotalSeconds, tags);
        if (overheadMs is { } overhead)
        {
            _overhead.Record(overhead / 1000d, new KeyValuePair<string, object?>("provider", provider));
        }

        if (cost is > 0 and var paid)
        {
            foreach (var (by, of, part) in earlier.Append((provider, model, paid - earlier.Sum(e => e.Cost))).Where(b => b.Item3 > 0))
            {
                _cost.Add((double)part, new TagList { { "provider", by }, { "model", of } });
            }

            _costOfClients.Add((double)paid, Tag("client", client));
            if (isFailure)
            {
                _failedCostOfClients.Add((double)paid, Tag("client", client));
            }
        }
    }

    /// <summary>A result was there already, or shared.</summary>
    /// <param name="client">Whose request it answers.</param>
    /// <param name="amount">What it would have cost, USD; null when nobody knows.</param>
    public void Saved(string client, decimal? amount)
    {
        if (amount is > 0 and var saved)
        {
            _savedOfClients.Add((double)saved, Tag("client", client));
        }
    }

    /// <summary>A native submit has been answered, or not.</summary>
    public void Attempt(string provider, JobOutcome outcome, TimeSpan elapsed)
    {
        var result = outcome switch
        {
            JobOutcome.Failed { Failure.Acceptance: Acceptance.No } => "refused",
            JobOutcome.Failed { Failure.Acceptance: Acceptance.Unknown } => "unknown",
            _ => "accepted",
        };
        Attempt(provider, result, elapsed);
    }

    /// <summary>A submit on a native route has been answered.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="acceptance">Whether the provider has taken it.</param>
    /// <param name="elapsed">How long that took.</param>
    public void NativeSubmit(string provider, Acceptance acceptance, TimeSpan elapsed) => Attempt(
        provider,
        acceptance switch
        {
            Acceptance.Yes => "accepted",
            Acceptance.No => "refused",
            _ => "unknown",
        },
        elapsed);

    private void Attempt(string provider, string result, TimeSpan elapsed)
    {
        _attempts.Add(1, new TagList { { "provider", provider }, { "outcome", result } });
        ProviderLatency(provider, NativeCall.Submit, elapsed);
    }

    /// <summary>A native call has ended.</summary>
    public void ProviderLatency(string provider, NativeCall operation, TimeSpan elapsed) =>
        _latency.Record(elapsed.TotalSeconds, new TagList { { "provider", provider }, { "operation", NameOf(operation) } });

    /// <summary>A poll is being sent.</summary>
    public void PollLag(string provider, TimeSpan lag) =>
        _pollLag.Record(Math.Max(lag.TotalSeconds, 0), new KeyValuePair<string, object?>("provider", provider));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string NameOf(NativeCall operation) => operation switch
    {
        NativeCall.Submit => "submit",
        NativeCall.Poll => "poll",
        NativeCall.Cancel => "cancel",
        NativeCall.Download => "download",
        NativeCall.Find => "find",
        NativeCall.Upload => "upload",
        _ => "probe",
    };
}

/// <summary>How one destination is.</summary>
internal readonly record struct DestinationGauge(string Provider, string Destination, double Score, int Breaker, int OpenJobs);
