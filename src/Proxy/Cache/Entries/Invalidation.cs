using System.IO.Enumeration;
using Framegate.Proxy.Cache.Keys;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>Which entries must answer no longer. Exactly one member says it.</summary>
internal sealed record Invalidation
{
    /// <summary>Those that this provider made, or that were asked of it.</summary>
    public string? Provider { get; init; }

    /// <summary>Those of this model or alias: <c>flux/flux-pro-1.1</c>, or its name alone.</summary>
    public string? Model { get; init; }

    /// <summary>Those whose key matches, with its scope or without: <c>*</c> stands for any characters, <c>?</c> for one.</summary>
    public string? Pattern { get; init; }

    /// <summary>The one with this key, with its scope; without, that of every client.</summary>
    public string? Key { get; init; }

    /// <summary>All.</summary>
    public bool? All { get; init; }

    /// <summary>How many members say something.</summary>
    public int Choices() => new object?[] { Provider, Model, Pattern, Key, All is true ? All : null }.Count(c => c is not null);

    /// <summary>Whether an entry is meant.</summary>
    public bool Matches(EntryName entry) =>
        All is true
        || (Provider is not null && (Provider == entry.Provider || Provider == entry.AskedProvider))
        || (Model is not null && (Model == entry.Model || Model == entry.AskedModel
            || Model == entry.Provider + "/" + entry.Model || Model == entry.AskedProvider + "/" + entry.AskedModel))
        || MatchesKey(entry.Key);

    /// <summary>Whether the key alone says that its entry is meant.</summary>
    public bool MatchesKey(string key) =>
        All is true
        || (Key is not null && (Key == key || CacheKeys.WithoutScope(key).SequenceEqual(Key)))
        || (Pattern is not null && (FileSystemName.MatchesSimpleExpression(Escaped(Pattern), key, ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(Escaped(Pattern), CacheKeys.WithoutScope(key), ignoreCase: false)));

    /// <summary>In the matcher's language a backslash escapes; in ours it is a character like any other.</summary>
    private static string Escaped(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
}

/// <summary>What an invalidation did.</summary>
/// <param name="Removed">How many entries went, here and in the Redis that replicas share.</param>
/// <param name="ReachedAll">False when the Redis could not be reached: other replicas will hear of it once it is back.</param>
internal sealed record InvalidationOutcome(int Removed, bool ReachedAll);
