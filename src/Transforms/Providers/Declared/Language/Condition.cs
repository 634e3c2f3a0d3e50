using System.Globalization;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>
/// One condition over variables: <c>image</c> is given, <c>!image</c> is not, <c>resolution=1080p,4k</c> is one of them, <c>!=</c> is none, <c>duration&gt;10</c> and <c>&lt;</c> compare
/// numbers, <c>model^=kling-2</c> begins with one of them, <c>prompt*=--dur</c> contains one. Between alternatives stands <c> or </c>.
/// </summary>
internal sealed class Condition
{
    private const string Or = " or ";

    private readonly string _operator;
    private readonly string[] _values;
    private readonly double _number;
    private readonly Condition? _other;

    private Condition(string name, string @operator, string[] values, double number, Condition? other) => (Name, _operator, _values, _number, _other) = (name, @operator, values, number, other);

    /// <summary>The variable, of alternatives that of the first.</summary>
    public string Name { get; }

    /// <summary>The variables.</summary>
    public IEnumerable<string> Names => _other is null ? [Name] : _other.Names.Prepend(Name);

    /// <summary>True when it holds only where the variable is not given.</summary>
    public bool IsAbsence => _operator == "!";

    /// <summary>The texts of the alternatives. What follows <c> or </c> is one where it reads as a condition; a value may hold the word too.</summary>
    public static IReadOnlyList<string> Alternatives(string text)
    {
        List<string> all = [];
        foreach (var part in text.Split(Or))
        {
            if (all.Count == 0 || HasOperator(part) || !HasOperator(all[^1]) || Scope.Knows(part.Trim().TrimStart('!')))
            {
                all.Add(part);
            }
            else
            {
                all[^1] += Or + part;
            }
        }

        return all;
    }

    /// <summary>Reads one.</summary>
    /// <returns>Null when it cannot be read.</returns>
    public static Condition? Parse(string text, out string? fault)
    {
        Condition? read = null;
        fault = null;
        foreach (var alternative in Alternatives(text).Reverse())
        {
            read = Parse(alternative, read, out fault);
            if (read is null)
            {
                return null;
            }
        }

        return read;
    }

    /// <summary>Whether it holds.</summary>
    public bool Holds(Scope scope) => HoldsItself(scope) || _other?.Holds(scope) == true;

    private bool HoldsItself(Scope scope)
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

    private static bool HasOperator(string text) => text.AsSpan().ContainsAny('=', '<', '>');

    private static Condition? Parse(string text, Condition? other, out string? fault)
    {
        var at = text.AsSpan().IndexOfAny("=<>");
        var (name, @operator, right) = at < 0
            ? text.StartsWith('!') ? (text[1..], "!", "") : (text, "", "")
            : text[at] != '=' ? (text[..at], text[at..(at + 1)], text[(at + 1)..])
            : at > 0 && text[at - 1] is '!' or '^' or '*' ? (text[..(at - 1)], text[(at - 1)..(at + 1)], text[(at + 1)..])
            : (text[..at], "=", text[(at + 1)..]);
        var number = 0.0;
        fault = string.IsNullOrWhiteSpace(name) ? "Names no variable; what always holds is left out, or an empty list."
            : !Scope.Knows(name.Trim()) ? Scope.Unknown(name.Trim())
            : @operator is "<" or ">" && !double.TryParse(right, CultureInfo.InvariantCulture, out number) ? $"'{right}' is no number."
            : null;
        return fault is null ? new Condition(name.Trim(), @operator, right.Split(','), number, other) : null;
    }
}
