using System.Diagnostics;
using System.Diagnostics.Metrics;
using Framegate.Plugins;

namespace Framegate.Proxy.Common.Telemetry;

/// <summary>Framegate's own numbers. Labels are closed sets: configured providers, known models, codes; never a prompt or an id.</summary>
internal sealed class FramegateMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Framegate";

    private readonly Meter _meter;
    private readonly Counter<long> _generations;
    private readonly Counter<long> _attempts;
    private readonly Counter<double> _cost;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _overhead;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _pollLag;
    private readonly Counter<long> _reloads;

    public FramegateMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _generations = _meter.CreateCounter<long>("framegate.generations", description: "Generations that ended, by provider, model and outcome.");
        _attempts = _meter.CreateCounter<long>("framegate.attempts", description: "Native submits, by provider and outcome.");
        _cost = _meter.CreateCounter<double>("framegate.cost", "{USD}", "What generations cost, by provider and model.");
        _latency = _meter.CreateHistogram<double>("framegate.provider.latency", "s", "Native calls, by provider and operation.");
        _overhead = _meter.CreateHistogram<double>("framegate.overhead", "s", "A generation's time that was not spent at, or waiting for, its provider.");
        _duration = _meter.CreateHistogram<double>("framegate.generation.duration", "s", "From request to end, by provider and model.");
        _pollLag = _meter.CreateHistogram<double>("framegate.poll.lag", "s", "How late polls are sent, by provider.");
        _reloads = _meter.CreateCounter<long>("framegate.config.reloads", description: "Changes of the configuration file, by outcome (accepted or rejected).");
    }

    /// <summary>Registers what counts the open generations by provider.</summary>
    public void CountOpen(Func<IEnumerable<(string Provider, int Count)>> count) => _meter.CreateObservableGauge(
        "framegate.jobs.open",
        () => count().Select(c => new Measurement<int>(c.Count, new KeyValuePair<string, object?>("provider", c.Provider))),
        description: "Generations that something is still to be done for.");

    /// <summary>Registers what tells how destinations are: the labels are configured ones.</summary>
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
    public void ConfigurationRead(bool accepted) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", accepted ? "accepted" : "rejected"));

    /// <summary>A generation has ended.</summary>
    public void GenerationEnded(string provider, string model, string outcome, TimeSpan took, long? overheadMs, decimal? cost)
    {
        var tags = new TagList { { "provider", provider }, { "model", model }, { "outcome", outcome } };
        _generations.Add(1, tags);
        _duration.Record(took.TotalSeconds, tags);
        if (overheadMs is { } overhead)
        {
            _overhead.Record(overhead / 1000d, new KeyValuePair<string, object?>("provider", provider));
        }

        if (cost is > 0 and var paid)
        {
            _cost.Add((double)paid, new TagList { { "provider", provider }, { "model", model } });
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

    private static string NameOf(NativeCall operation) => operation switch
    {
        NativeCall.Submit => "submit",
        NativeCall.Poll => "poll",
        NativeCall.Cancel => "cancel",
        NativeCall.Download => "download",
        NativeCall.Find => "find",
        _ => "probe",
    };
}

/// <summary>How one destination is.</summary>
internal readonly record struct DestinationGauge(string Provider, string Destination, double Score, int Breaker, int OpenJobs);
