using System.Globalization;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>
/// One condition over variables: <c>image</c> is given, <c>!image</c> is not, <c>resolution=1080p,4k</c> is one of them, <c>!=</c> is none, <c>duration&gt;10</c> and <c>&lt;</c> compare
/// numbers, <c>model^=kling-2</c> begins with one of them, <c>prompt*=--dur</c> contains one.
/// </summary>
internal sealed class Condition
{
    private readonly string _operator;
    private readonly string[] _values;
    private readonly double _number;

    private Condition(string name, string @operator, string[] values, double number) => (Name, _operator, _values, _number) = (name, @operator, values, number);

    /// <summary>The variable.</summary>
    public string Name { get; }

    /// <summary>True when it holds only where the variable is not given.</summary>
    public bool IsAbsence => _operator == "!";

    /// <summary>Reads one.</summary>
    /// <returns>Null when it cannot be read.</returns>
    public static Condition? Parse(string text, out string? fault)
    {
        var at = text.AsSpan().IndexOfAny("=<>");
        var (name, @operator, right) = at < 0
            ? text.StartsWith('!') ? (text[1..], "!", "") : (text, "", "")
            : text[at] != '=' ? (text[..at], text[at..(at + 1)], text[(at + 1)..])
            : at > 0 && text[at - 1] is '!' or '^' or '*' ? (text[..(at - 1)], text[(at - 1)..(at + 1)], text[(at + 1)..])
            : (text[..at], "=", text[(at + 1)..]);
        var number = 0.0;
        fault = !Scope.Knows(name.Trim()) ? $"There is no variable '{name.Trim()}'."
            : @operator is "<" or ">" && !double.TryParse(right, CultureInfo.InvariantCulture, out number) ? $"'{right}' is no number."
            : null;
        return fault is null ? new Condition(name.Trim(), @operator, right.Split(','), number) : null;
    }

    /// <summary>Whether it holds.</summary>
    public bool Holds(Scope scope)
    {
        var value = scope.Find(Name);
        return _operator switch
        {
            "" => Values.IsGiven(value) && value is not false,
            "!" => !Values.IsGiven(value) || value is false,
            "=" => Values.Text(value) is { } text && _values.Contains(text, StringComparer.OrdinalIgnoreCase),
            "!=" => !(Values.Text(value) is { } text && _values.Contains(text, StringComparer.OrdinalIgnoreCase)),
            "^=" => Values.Text(value) is { } text && _values.Any(v => text.StartsWith(v, StringComparison.Ordinal)),
            "*=" => Values.Text(value) is { } text && _values.Any(v => text.Contains(v, StringComparison.OrdinalIgnoreCase)),
            "<" => Values.Number(value) < _number,
            _ => Values.Number(value) > _number,
        };
    }
}
