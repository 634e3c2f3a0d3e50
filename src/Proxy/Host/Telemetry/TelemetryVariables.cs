using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Telemetry;

/// <summary>Checks the variables of OpenTelemetry: the library passes over what it cannot read, and sends to its own default, or nothing.</summary>
internal sealed class TelemetryVariables(Func<string, string?> variable) : IConfigurationRule
{
    private static readonly string[] s_endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
    private static readonly (string Name, string[] Allowed)[] s_words =
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", ["grpc", "http/protobuf"]),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", ["grpc", "http/protobuf"]),
        ("OTEL_TRACES_EXPORTER", ["otlp", "none"]),
        ("OTEL_TRACES_SAMPLER", ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"]),
        ("OTEL_SDK_DISABLED", ["true", "false"]),
    ];

    /// <summary>Those of this process.</summary>
    public TelemetryVariables()
        : this(Environment.GetEnvironmentVariable)
    {
    }

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        // Variables are set for a whole machine, too: without an endpoint nobody asks for traces here.
        if (!s_endpoints.Any(e => variable(e) is { Length: > 0 }))
        {
            return ValueTask.CompletedTask;
        }

        foreach (var name in s_endpoints)
        {
            if (variable(name) is { Length: > 0 } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            {
                candidate.Refuse(name, "The environment variable must be a URL like http://127.0.0.1:4317.");
            }
        }

        foreach (var (name, allowed) in s_words)
        {
            if (variable(name) is { Length: > 0 } word && !allowed.Contains(word.Trim(), StringComparer.OrdinalIgnoreCase))
            {
                candidate.Refuse(name, $"The environment variable must be one of {string.Join(", ", allowed)}.");
            }
        }

        if (variable("OTEL_TRACES_SAMPLER")?.Contains("ratio", StringComparison.OrdinalIgnoreCase) == true
            && variable("OTEL_TRACES_SAMPLER_ARG") is { Length: > 0 } share && !(double.TryParse(share, System.Globalization.CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1))
        {
            candidate.Refuse("OTEL_TRACES_SAMPLER_ARG", "The environment variable must be a number from 0 to 1.");
        }

        return ValueTask.CompletedTask;
    }
}
