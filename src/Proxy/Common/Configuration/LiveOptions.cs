using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>
/// Options of a section as they are now. The framework's own <see cref="IOptions{T}"/> stays what it was at start, and its monitor looks the value
/// up each time; here reading costs as little as with the first, and follows the file as with the second.
/// </summary>
internal sealed class LiveOptions<T> : IOptions<T>, IDisposable
    where T : class
{
    private readonly IDisposable? _changes;
    private volatile T _value;

    public LiveOptions(IOptionsMonitor<T> monitor)
    {
        _value = monitor.CurrentValue;
        _changes = monitor.OnChange(changed => _value = changed);
    }

    /// <summary>The options. Read them where they are used: what is kept in a field does not change any more.</summary>
    public T Value => _value;

    public void Dispose() => _changes?.Dispose();
}
