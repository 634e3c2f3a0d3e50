using System.Buffers;
using Framegate.Plugins;

namespace Framegate.Transforms.Native;

/// <summary>The native calls that are served at one provider.</summary>
public sealed class NativeEndpointTable
{
    /// <summary>The placeholder that stands for the id of a job.</summary>
    private const string Id = "id";
    private const string Rest = "**";
    private static readonly SearchValues<char> s_notInSegment = SearchValues.Create("/\\?#;%");
    private readonly Entry[] _entries;
    private readonly string[] _hosts;

    /// <summary>A table of some calls; of two that fit, the earlier one counts.</summary>
    public NativeEndpointTable(IEnumerable<NativeEndpoint> endpoints) 
    {
        _entries = [.. endpoints.Select(e => new Entry(e))];
        _hosts = [.. _entries.Select(e => e.Endpoint.Host).OfType<string>()];
    }

    /// <summary>The call that a method and a path stand for.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The encoded path below the provider's base address.</param>
    /// <param name="host">The host that is called; null for the provider's base address.</param>
    /// <returns>Null when it is not served. The id is null where the path holds none.</returns>
    public (NativeEndpoint Endpoint, string? Id)? Find(string method, string path, string? host = null)
    {
        var segments = Segments(path);

        // What is another host's is no call of the base address, however general that is.
        var below = host is null && segments is [var first, ..] && _hosts.Contains(first, StringComparer.OrdinalIgnoreCase) ? first : null;
        foreach (var entry in _entries)
        {
            string? id = null;
            if (entry.Takes(method) && ((host ?? below) is { } other ? entry.IsAt(other) : entry.Endpoint.Host is null) && (entry.IsEverything || (segments is not null && Fits(host is null ? entry.Below : entry.Segments, segments, ref id))))
            {
                return (entry.Endpoint, id);
            }
        }

        return null;
    }

    /// <summary>The segments of a path, decoded. A slash at its end means nothing to many a provider, so it means nothing here.</summary>
    /// <returns>Null when a provider might read one of them as several, as none, or as a step up.</returns>
    private static string[]? Segments(string path)
    {
        var segments = path.Split('/')[1..];
        segments = segments is [.. { Length: > 0 } whole, ""] ? whole : segments;
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
            if (segments[i] is "" or "." or ".." || segments[i].AsSpan().ContainsAny(s_notInSegment) || segments[i].Any(char.IsControl))
            {
                return null;
            }
        }

        return segments;
    }

    private static bool Fits(ReadOnlySpan<string> pattern, ReadOnlySpan<string> segments, ref string? id)
    {
        if (pattern.IsEmpty)
        {
            return segments.IsEmpty;
        }

        if (pattern[0] == Rest)
        {
            for (var skipped = 0; skipped <= segments.Length; skipped++)
            {
                if (Fits(pattern[1..], segments[skipped..], ref id))
                {
                    return true;
                }
            }

            return false;
        }

        return !segments.IsEmpty && Fits(pattern[0], segments[0], ref id) && Fits(pattern[1..], segments[1..], ref id);
    }

    private static bool Fits(string pattern, string segment, ref string? id)
    {
        var start = pattern.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return pattern == segment;
        }

        var end = pattern.IndexOf('}', start);
        var (before, after) = (pattern[..start], pattern[(end + 1)..]);
        if (segment.Length <= before.Length + after.Length || !segment.StartsWith(before, StringComparison.Ordinal) || !segment.EndsWith(after, StringComparison.Ordinal))
        {
            return false;
        }

        // What follows a colon is what is to be done, as in models/veo:predict, and never a part of a name.
        var value = segment[before.Length..^after.Length];
        if (value.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        if (pattern[(start + 1)..end] == Id)
        {
            id = value;
        }

        return true;
    }

    private sealed class Entry(NativeEndpoint endpoint)
    {
        private readonly string[] _methods = endpoint.Methods.Split(',', StringSplitOptions.TrimEntries);

        public NativeEndpoint Endpoint => endpoint;

        public bool IsEverything { get; } = endpoint.Path == "/" + Rest;

        public string[] Segments { get; } = endpoint.Path.Split('/')[1..];

        /// <summary>The path below the base address; a stand-in has other hosts there.</summary>
        public string[] Below { get; } = endpoint.Host is { } host ? [host, .. endpoint.Path.Split('/')[1..]] : endpoint.Path.Split('/')[1..];

        public bool IsAt(string host) => host.Equals(endpoint.Host, StringComparison.OrdinalIgnoreCase);

        public bool Takes(string method) => _methods.Contains(method == "HEAD" ? "GET" : method);
    }
}
