using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text.RegularExpressions;
using Framegate.Proxy.Common.Telemetry;

namespace Framegate.Proxy.Host.Telemetry;

/// <summary>Logs why traces do not arrive, once a minute at most: the exporter itself notes it where only a debugger looks.</summary>
internal sealed partial class ExporterTrouble(ILogger<ExporterTrouble> logger, TimeProvider time) : EventListener, IHostedService
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private const int LongestReason = 300;
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private long? _loggedAt;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != Exporter)
        {
            return;
        }

        lock (_lock)
        {
            if (_loggedAt is { } last && time.GetElapsedTime(last) < s_pause)
            {
                return;
            }

            _loggedAt = time.GetTimestamp();
        }

        Log.TracesNotExported(logger, Reason(eventData));
    }

    /// <summary>What an address may hold beside where it leads: a user with a password, and a query.</summary>
    [GeneratedRegex(@"(?<=://)[^/@\s]*@|(?<=://[^\s?]*)\?\S*")]
    private static partial Regex Credentials();

    /// <summary>The first line of what the exporter notes; the rest is a stack trace.</summary>
    private static string Reason(EventWrittenEventArgs note)
    {
        var text = note.Message is { } message ? string.Format(CultureInfo.InvariantCulture, message, [.. note.Payload ?? []]) : note.EventName ?? "";
        var line = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? end : text.Length);
        return Credentials().Replace(line[..Math.Min(line.Length, LongestReason)].ToString(), "");
    }
}
