using System.Diagnostics;
using System.Diagnostics.Metrics;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Framegate.Proxy.Host.Telemetry;

/// <summary>What the program reports about itself: metrics, and traces where the environment names a collector.</summary>
internal static class TelemetryServices
{
    private const string ServiceName = "framegate";

    // Room for every series is taken ahead, 150 bytes for each.
    private const int UsualSeries = 400;
    private const int SeriesOfServer = 60;
    private const int SeriesByModel = 4000;

    private static readonly double[] s_seconds = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    /// <summary>Adds it.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services
            .AddSingleton<FramegateMetrics>()
            .AddHostedService<KnownSeries>()
            .ConfigureOpenTelemetryMeterProvider((provider, metrics) => metrics.AddView(instrument => View(instrument, provider.GetRequiredService<IMeterFactory>())))
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: ProgramVersion.Text).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics
                .AddMeter(FramegateMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddPrometheusExporter());

        // Whatever begins an activity: no header of it goes out, to a provider or anybody else.
        DistributedContextPropagator.Current = DistributedContextPropagator.CreateNoOutputPropagator();
        if (IsTraced())
        {
            services.AddHostedService<ExporterTrouble>().AddOpenTelemetry().WithTracing(traces => traces.AddSource(Tracing.SourceName).AddOtlpExporter());
        }

        return services;
    }

    /// <summary>Whether the environment names where traces go. Sampling, protocol, headers and pauses are the exporter's own variables.</summary>
    private static bool IsTraced() =>
        (Variable("OTEL_EXPORTER_OTLP_ENDPOINT") is not null || Variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") is not null)
        && Variable("OTEL_TRACES_EXPORTER") is (null or "otlp")
        && !string.Equals(Variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static MetricStreamConfiguration? View(Instrument instrument, IMeterFactory own)
    {
        // Another server in the same process, as that of the stand-ins, is none of Framegate's.
        if (instrument.Meter.Scope is { } scope && scope != own)
        {
            return MetricStreamConfiguration.Drop;
        }

        var series = instrument.Name is "framegate.generations" or "framegate.generation.duration" ? SeriesByModel
            : instrument.Meter.Name is "System.Runtime" or "Microsoft.AspNetCore.Server.Kestrel" ? SeriesOfServer
            : UsualSeries;
        return instrument.Unit == "s" && instrument.Meter.Name == FramegateMetrics.MeterName && instrument is Histogram<double>
            ? new ExplicitBucketHistogramConfiguration { Boundaries = s_seconds, CardinalityLimit = series }
            : new MetricStreamConfiguration { CardinalityLimit = series };
    }
}
