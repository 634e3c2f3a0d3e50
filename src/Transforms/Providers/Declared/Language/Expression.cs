using System.Globalization;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>One <c>{name|filter:argument|...}</c> of a template.</summary>
/// <remarks>A filter gets nothing and gives nothing; only <c>default</c>, <c>onoff</c> and <c>not</c> make something of nothing, and <c>onoff</c> and <c>not</c> do so only for false.</remarks>
internal sealed class Expression
{
    private readonly Func<object?, Scope, object?>[] _filters;

    private Expression(string name, IReadOnlyList<string> others, Func<object?, Scope, object?>[] filters) => (Name, Names, _filters) = (name, [name, .. others], filters);

    /// <summary>The variable.</summary>
    public string Name { get; }

    /// <summary>The variable, and those that stand in for it.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads one.</summary>
    /// <param name="text">What stands between the braces.</param>
    /// <param name="maps">The maps of the file.</param>
    /// <param name="fault">What is wrong; null when nothing is.</param>
    /// <returns>Null when it cannot be read.</returns>
    public static Expression? Parse(string text, IReadOnlyDictionary<string, Dictionary<string, string>> maps, out string? fault)
    {
        var parts = text.Split('|');
        var filters = new Func<object?, Scope, object?>[parts.Length - 1];
        var others = new List<string>();
        for (var i = 1; i < parts.Length; i++)
        {
            var colon = parts[i].IndexOf(':', StringComparison.Ordinal);
            var (name, argument) = colon < 0 ? (parts[i].Trim(), null) : (parts[i][..colon].Trim(), parts[i][(colon + 1)..]);
            if (Filter(name, argument, maps, out fault) is not { } filter)
            {
                return null;
            }

            filters[i - 1] = filter;
            if (name == "or")
            {
                others.Add(argument!);
            }
        }

        fault = !Scope.Knows(parts[0].Trim()) ? Scope.Unknown(parts[0].Trim())
            : others.Prepend(parts[0].Trim()).Contains(AttemptId) && !parts.Skip(1).All(KeepsAttemptId) ? "{uuid} takes prefix, suffix, or, query, string and replace:-, only: the id is put in when all else is there."
            : null;
        return fault is null ? new Expression(parts[0].Trim(), others, filters) : null;
    }

    private const string AttemptId = "uuid";

    /// <summary>Whether the place of the id can still be found after a filter.</summary>
    private static bool KeepsAttemptId(string filter) =>
        filter.Trim() is "query" or "string" or "replace:-," || filter.Split(':')[0].Trim() is "prefix" or "suffix" or "or";

    /// <summary>Whether nothing of the request stands in it, so that a value can only be a default.</summary>
    public bool IsDefault(Scope scope)
    {
        foreach (var name in Names)
        {
            if (!Scope.IsDefault(name) && Values.IsGiven(scope.Find(name)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Its value.</summary>
    public object? Evaluate(Scope scope)
    {
        var value = scope.Find(Name);
        foreach (var filter in _filters)
        {
            value = filter(value, scope);
        }

        return value;
    }

    private static Func<object?, Scope, object?>? Filter(string name, string? argument, IReadOnlyDictionary<string, Dictionary<string, string>> maps, out string? fault)
    {
        fault = null;
        switch (name)
        {
            case "default" when argument is not null:
                object fallback = long.TryParse(argument, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
                    : argument is "true" or "false" ? argument == "true"
                    : argument;
                return (value, _) => Values.IsGiven(value) ? value : fallback;
            case "or" when argument is not null && Scope.Knows(argument):
                return (value, scope) => Values.IsGiven(value) ? value : scope.Find(argument);
            case "int":
                return (value, _) => Values.Number(value) is { } number ? (long)Math.Round(number, MidpointRounding.AwayFromZero) : null;
            case "number":
                return (value, _) => Values.Number(value) is { } number ? number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (long)number : number : null;
            case "times" when double.TryParse(argument, CultureInfo.InvariantCulture, out var factor):
                return (value, _) => Values.Number(value) is { } number ? number * factor : null;
            case "string":
                return (value, _) => Values.Text(value);
            case "lower":
                return (value, _) => Values.Text(value)?.ToLowerInvariant();
            case "upper":
                return (value, _) => Values.Text(value)?.ToUpperInvariant();
            case "suffix" when argument is not null:
                return (value, _) => Values.Text(value) is { } text ? text + argument : null;
            case "prefix" when argument is not null:
                return (value, _) => Values.Text(value) is { } text ? argument + text : null;
            case "replace" when argument?.Split(',') is [{ Length: > 0 } from, var to]:
                return (value, _) => Values.Text(value)?.Replace(from, to, StringComparison.Ordinal);
            case "onoff" when argument?.Split(',') is [var on, var off]:
                return (value, _) => value is null ? null : Values.Text(value) == "true" ? on : off;
            case "not":
                return (value, _) => value is null ? null : Values.Text(value) != "true";
            case "map" when argument is not null && maps.TryGetValue(argument, out var map):
                return (value, _) => Values.Text(value) is { } text ? map.GetValueOrDefault(text) ?? map.GetValueOrDefault("*") : null;
            case "uri":
                return (value, _) => value is MediaInput input ? Values.Uri(input) : value;
            case "base64":
                // What has an address keeps it: the providers that take bare base64 take an address in its place.
                return (value, _) => value is MediaInput { IsInline: true } input ? new Base64(input) : value is MediaInput other ? Values.Uri(other) : value;
            case "content_type":
                return (value, _) => (value as MediaInput)?.ContentType;
            case "url":
                return (value, _) => (value as MediaInput)?.Url?.AbsoluteUri;
            case "bytes":
                return (value, _) => value is MediaInput { IsInline: true } input ? new Base64(input) : null;
            case "query":
                return (value, _) => Values.Text(value) is { } text ? Uri.EscapeDataString(text) : null;
            default:
                fault = name is "map" ? $"There is no map '{argument}'." : $"There is no filter '{name}'{(argument is null ? "" : $" that takes '{argument}'")}.";
                return null;
        }
    }
}

/// <summary>Bytes that are written as base64.</summary>
internal sealed record Base64(MediaInput Input);
