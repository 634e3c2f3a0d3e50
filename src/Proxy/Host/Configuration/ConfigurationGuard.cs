using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Transforms.Providers;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Lets a changed file take effect once all of it has been checked; until then, and when anything is wrong, what was good last stays in force.</summary>
internal sealed class ConfigurationGuard
{
    /// <summary>How long a file may be missing or no JSON before it is called so: it may just be being written.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How often a refused file is checked again.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly ConfigurationFile _file;
    private readonly GuardedConfiguration _live;
    private readonly ConfigurationCheck _check;
    private readonly AdapterRegistry _adapters;
    private readonly FramegateMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigurationGuard> _logger;
    private volatile ConfigurationStatus _status;
    private IReadOnlyList<ConfigurationError> _warnings;
    private string _judged;
    private string _inForce;
    private (string Fingerprint, DateTimeOffset Since)? _seen;
    private long _checkedAt;

    public ConfigurationGuard(
        ConfigurationFile file, FileReading first, GuardedConfiguration live, ConfigurationCheck check, AdapterRegistry adapters, FramegateMetrics metrics, TimeProvider time,
        ILogger<ConfigurationGuard> logger)
    {
        (_file, _live, _check, _adapters, _metrics, _time, _logger) = (file, live, check, adapters, metrics, time, logger);
        _judged = _inForce = first.Fingerprint;
        _warnings = first.Providers.Warnings;
        _adapters.Declare(first.Providers.Usable(adapters));
        var now = time.GetUtcNow();
        _status = new ConfigurationStatus(file.Path, now, first.Sha256, ConfigurationStatus.Current, [], now);
    }

    /// <summary>What is in force, and what became of the last change.</summary>
    public ConfigurationStatus Status => _status;

    /// <summary>Logs what in the files of providers that are in force can hardly be meant.</summary>
    public void LogWarnings()
    {
        foreach (var warning in _warnings)
        {
            Log.ProviderFileWarning(_logger, warning.Path, warning.ReasonAndLine);
        }
    }

    /// <summary>Checks a text as if it were the file.</summary>
    /// <returns>Everything that is wrong.</returns>
    public async Task<IReadOnlyList<ConfigurationError>> CheckAsync(FileReading reading, CancellationToken cancellationToken)
    {
        if (reading.Values is not { } values)
        {
            return [reading.Error!];
        }

        SecretFile.Look();

        // The environment goes over the file here as it does in the program.
        using var candidate = (ConfigurationRoot)new ConfigurationBuilder().Add(new IndexedConfiguration(values)).AddEnvironmentVariables().Build();
        string[] variables = [.. Environment.GetEnvironmentVariables().Keys.Cast<string>()];
        var adapters = _adapters.With(reading.Providers.Usable(_adapters));
        List<ConfigurationError> errors =
        [
            .. ConfigurationFile.UnknownSections(values),
            .. reading.Providers.Errors,
            .. reading.Providers.Clashes(_adapters),
            .. VariableOrigins.Misspelt(variables),
            .. VariableOrigins.Unreadable(),
            .. VariableOrigins.Unread(variables, values, _check.Sections("Framegate")),
            .. VariableOrigins.Name(await _check.RunAsync(candidate, adapters, cancellationToken), variables, values),
        ];
        return ConfigurationLines.Locate(errors, reading.Text.Span);
    }

    /// <summary>Looks at the file, and lets it take effect when it has changed, stands still, and is right.</summary>
    /// <returns>False when it may be in the middle of a change, and should be looked at again soon.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var reading = _file.Read();
        if (reading.Fingerprint == _judged || reading.Fingerprint == FileReading.NoDescriptor)
        {
            // Without a descriptor nothing is known about the file; it is looked at again in a second.
            _seen = null;
            await CheckAgainAsync(reading, cancellationToken);
            return true;
        }

        // Two looks must see the same. A file that cannot be read is given some time on top.
        var now = _time.GetUtcNow();
        if (_seen?.Fingerprint != reading.Fingerprint)
        {
            _seen = (reading.Fingerprint, now);
            return false;
        }

        if (reading.Values is null && now - _seen.Value.Since < Patience)
        {
            return false;
        }

        var errors = reading.Fingerprint == _inForce ? [] : await CheckAsync(reading, cancellationToken);
        (_judged, _seen) = (reading.Fingerprint, null);
        if (errors.Count > 0)
        {
            Reject(errors);
        }
        else
        {
            Accept(reading);
        }

        return true;
    }

    /// <summary>Checks a refused file once more, now and then.</summary>
    /// <remarks>
    /// It may have been refused for what lies beside it: a certificate that was just being renewed, the file of a key that was mounted later. Nobody touches the
    /// configuration again for that.
    /// </remarks>
    private async Task CheckAgainAsync(FileReading reading, CancellationToken cancellationToken)
    {
        if (_status.Status != ConfigurationStatus.Rejected || reading.Fingerprint != _judged || reading.Values is null || _time.GetElapsedTime(_checkedAt) < Again)
        {
            return;
        }

        var errors = await CheckAsync(reading, cancellationToken);
        if (errors.Count == 0)
        {
            Accept(reading);
        }
        else if (!errors.SequenceEqual(_status.Errors))
        {
            Report(errors);
        }

        _checkedAt = _time.GetTimestamp();
    }

    private void Reject(IReadOnlyList<ConfigurationError> errors)
    {
        _metrics.ConfigurationRead(accepted: false);
        _checkedAt = _time.GetTimestamp();
        Report(errors);
    }

    private void Report(IReadOnlyList<ConfigurationError> errors)
    {
        _status = _status with { Status = ConfigurationStatus.Rejected, Errors = errors, LastAttemptAt = _time.GetUtcNow() };
        Log.ConfigurationRejected(_logger, _file.Path, errors.Count);
        foreach (var error in errors)
        {
            Log.ConfigurationError(_logger, error.Path, error.ReasonAndLine);
        }
    }

    private void Accept(FileReading reading)
    {
        var now = _time.GetUtcNow();
        if (reading.Fingerprint == _inForce)
        {
            // Back to what is in force anyway.
            _status = _status with { Status = ConfigurationStatus.Current, Errors = [], LastAttemptAt = now };
            return;
        }

        try
        {
            _adapters.Declare(reading.Providers.Usable(_adapters));
            _live.Show(reading.Values!);
        }
        catch (Exception e)
        {
            Log.ConfigurationNotTaken(_logger, e);
        }

        _status = new ConfigurationStatus(_file.Path, now, reading.Sha256, ConfigurationStatus.Current, [], now);
        _inForce = reading.Fingerprint;
        _metrics.ConfigurationRead(accepted: true);
        Log.ConfigurationLoaded(_logger, _file.Path, reading.Sha256[..12]);
        if (!reading.Providers.Warnings.SequenceEqual(_warnings))
        {
            _warnings = reading.Providers.Warnings;
            LogWarnings();
        }
    }
}
