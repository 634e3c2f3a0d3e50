using System.Diagnostics;

namespace Framegate.Plugins;

/// <summary>A key. Printing, logging or serialising it yields asterisks; only <see cref="Reveal"/> gives the value.</summary>
[DebuggerDisplay("***")]
public sealed class Secret
{
    private readonly string _value;

    /// <summary>Wraps a key.</summary>
    /// <param name="value">The key; white space around it is dropped, since a trailing newline is the commonest copying mistake.</param>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public Secret(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        _value = value.Trim();
    }

    /// <summary>The key itself. Call it where the request header is written and nowhere else.</summary>
    /// <returns>The value.</returns>
    public string Reveal() => _value;

    /// <summary>Never the value.</summary>
    /// <returns>Three asterisks.</returns>
    public override string ToString() => "***";
}
