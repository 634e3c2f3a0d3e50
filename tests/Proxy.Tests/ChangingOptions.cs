using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests;

/// <summary>Options that a test changes.</summary>
internal sealed class ChangingOptions<T>(T value) : IOptionsMonitor<T>
{
    private Action<T, string?>? _listeners;

    public T CurrentValue { get; private set; } = value;

    public T Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<T, string?> listener)
    {
        _listeners += listener;
        return null;
    }

    public void Change(T value)
    {
        CurrentValue = value;
        _listeners?.Invoke(value, null);
    }
}
