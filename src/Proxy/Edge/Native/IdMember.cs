using System.Text.RegularExpressions;

namespace Framegate.Proxy.Edge.Native;

/// <summary>A member that holds the id of a job, as <see cref="Framegate.Plugins.NativeEndpoint.IdMember"/> has it.</summary>
internal sealed partial class IdMember
{
    private const int LongestAddress = 16 * 1024;
    private const string Anywhere = "**";
    private readonly string[] _names;
    private readonly string[]?[] _types;
    private readonly string? _marker;
    private readonly string? _host;
    private readonly bool _isAnywhere;

    private IdMember(string text)
    {
        var marked = text.Split('@', 2);
        _marker = marked.ElementAtOrDefault(1);
        if (_marker?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && !_marker[..slash].Contains(':', StringComparison.Ordinal))
        {
            (_host, _marker) = (_marker[..slash], _marker[slash..]);
        }

        var steps = marked[0].Split('.');
        if (steps[^1] == Anywhere)
        {
            (_isAnywhere, steps) = (true, steps[..^1]);
        }

        _names = [.. steps.Select(s => Plain(s.Split('[')[0]))];
        _types = [.. steps.Select(s => s.Split('[', ']') is [_, var types, _] ? types.Split('|') : null)];
    }

    /// <summary>How many names lead to it, or to what it may be anywhere in.</summary>
    public int Depth => _names.Length;

    /// <summary>Whether so many names can lead to it.</summary>
    public bool IsAt(int depth) => depth == Depth || (_isAnywhere && depth > Depth);

    /// <summary>Reads several, with commas between them.</summary>
    public static IdMember[] Read(string members) => [.. members.Split(',').Select(m => new IdMember(m))];

    /// <summary>A name as the most lenient of providers compares it: without case and without what stands between its words.</summary>
    public static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Whether a name leads to it.</summary>
    /// <param name="depth">How many names led here.</param>
    /// <param name="plain">The next name.</param>
    public bool IsNext(int depth, string plain) => depth < _names.Length ? _names[depth] == plain : _isAnywhere;

    /// <summary>Whether an object counts to which some of its names have led.</summary>
    /// <param name="depth">How many names led here.</param>
    /// <param name="types">The types that the object gives itself.</param>
    public bool Takes(int depth, IReadOnlyCollection<string> types) =>
        !AsksForType(depth) || _types[depth - 1] is not { } wanted || types.Count == 0 || types.Any(t => wanted.Contains(t, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether it matters of what type an object is to which some of its names have led.</summary>
    public bool AsksForType(int depth) => depth > 0 && depth <= _types.Length && _types[depth - 1] is not null;

    /// <summary>The ids in a value.</summary>
    public IEnumerable<string> IdsIn(string value)
    {
        if (_marker is null)
        {
            return value.Length > 0 ? [LastPart(value)] : [];
        }

        if (value.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        // A text that speaks of one names none.
        if (_isAnywhere && !value.AsSpan().TrimStart().StartsWith(_host is null ? _marker : "http", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        if (_host is not null && PublicAddress().Match(value) is { Success: true } elsewhere && !elsewhere.Groups[1].ValueSpan.Contains(_host, StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        // Of what is longer the end may be missing.
        if (value.Length >= LongestAddress)
        {
            return [value];
        }

        var address = Uri.UnescapeDataString(value);
        var at = address.StartsWith(_marker.TrimStart('/'), StringComparison.OrdinalIgnoreCase) ? _marker.TrimStart('/').Length
            : address.IndexOf(_marker, StringComparison.OrdinalIgnoreCase) is >= 0 and var found ? found + _marker.Length : -1;

        // What follows may be read in more than one way: each part has to be its client's.
        return at < 0 ? [] : address[at..].Split('?', '#')[0].Split('/', '\\').Select(p => p.Split(':')[0]).Where(p => p.Length > 0).DefaultIfEmpty(value);
    }

    /// <summary>An address that everybody reads in the same way, up to the end of its host, which has a name: no other spelling of one, and no address of a machine.</summary>
    [GeneratedRegex(@"\Ahttps?://((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)(?::[0-9]{1,5})?/", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PublicAddress();

    /// <summary>Of an address or a path the last part counts, without what is to be done with it; where there is none, all of it.</summary>
    private static string LastPart(string text)
    {
        if (!text.Contains('/', StringComparison.Ordinal))
        {
            return text;
        }

        var path = text.Split('?', '#')[0].TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..].Split(':')[0] is { Length: > 0 } last ? last : text;
    }
}
