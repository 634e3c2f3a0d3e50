using Framegate.Transforms.Secrets;

namespace Framegate.Proxy.Common.Secrets;

/// <summary>
/// A log sink that no secret reaches, whoever logs: each message, each value in it, each scope and each exception is looked through on its way. At any level, since
/// the frameworks' own messages have headers and URLs in them.
/// </summary>
/// <param name="inner">The sink.</param>
/// <param name="vault">Knows the secrets.</param>
[ProviderAlias("Console")]
internal sealed class MaskedLoggerProvider(ILoggerProvider inner, SecretVault vault) : ILoggerProvider, ISupportExternalScope
{
    /// <summary>Puts one around each sink that is registered.</summary>
    public static void Wrap(IServiceCollection services, SecretVault vault)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is { ServiceType: var type, IsKeyedService: false } sink && type == typeof(ILoggerProvider))
            {
                services[i] = ServiceDescriptor.Singleton<ILoggerProvider>(s => new MaskedLoggerProvider(Create(sink, s), vault));
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => new MaskedLogger(inner.CreateLogger(categoryName), vault);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => (inner as ISupportExternalScope)?.SetScopeProvider(new MaskedScopes(scopeProvider, vault));

    public void Dispose() => inner.Dispose();

    private static ILoggerProvider Create(ServiceDescriptor sink, IServiceProvider services) => (ILoggerProvider)(
        sink.ImplementationInstance ?? sink.ImplementationFactory?.Invoke(services) ?? ActivatorUtilities.CreateInstance(services, sink.ImplementationType!));

    private sealed class MaskedLogger(ILogger inner, SecretVault vault) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
            {
                return;
            }

            var mask = vault.Mask;
            var text = formatter(state, exception);
            var clean = LogText.Clean(text, mask);
            var details = exception?.ToString();
            var cleanDetails = details is null ? null : LogText.Clean(details, mask);
            if (ReferenceEquals(text, clean) && ReferenceEquals(details, cleanDetails) && AreClean(state, mask))
            {
                // The text is made already.
                inner.Log(logLevel, eventId, state, exception, (_, _) => text);
                return;
            }

            inner.Log(logLevel, eventId, clean, cleanDetails is null ? null : new MaskedException(cleanDetails), static (message, _) => message);
        }
    }

    private static bool AreClean<TState>(TState state, SecretMask mask)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> values)
        {
            foreach (var (name, value) in values)
            {
                if (name != "{OriginalFormat}" && value is not (null or bool or int or long or Enum or TimeSpan)
                    && value.ToString() is { } text && !ReferenceEquals(LogText.Clean(text, mask), text))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private sealed class MaskedScopes(IExternalScopeProvider inner, SecretVault vault) : IExternalScopeProvider
    {
        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) => inner.ForEachScope(
            (scope, given) =>
            {
                var text = scope?.ToString();
                var clean = text is null ? null : LogText.Clean(text, vault.Mask);
                callback(ReferenceEquals(text, clean) && AreClean(scope, vault.Mask) ? scope : clean, given);
            },
            state);

        public IDisposable Push(object? state) => inner.Push(state);
    }

    /// <summary>The text of an exception, without secrets.</summary>
    private sealed class MaskedException(string text) : Exception(text.Split('\n')[0])
    {
        public override string ToString() => text;
    }
}
