using System.IO.Enumeration;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Keys;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>Which entries must answer no longer. Exactly one member selects them, beside <see cref="DryRun"/>.</summary>
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

    /// <summary>True to count them alone.</summary>
    public bool? DryRun { get; init; }

    /// <summary>How many members select entries.</summary>
    public int Choices() => new object?[] { Provider, Model, Pattern, Key, All is true ? All : null }.Count(c => c is not null);

    /// <summary>Whether an entry is meant.</summary>
    public bool Matches(CacheEntry entry) => MatchesKey(entry.Key) || MatchesModel(entry.Provider, entry.Model);

    /// <summary>Whether the key alone shows that its entry is meant.</summary>
    public bool MatchesKey(string key) =>
        All is true
        || (Key is not null && (Key == key || CacheKeys.WithoutScope(key).SequenceEqual(Key)))
        || (Pattern is not null && (FileSystemName.MatchesSimpleExpression(Escaped(Pattern), key, ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(Escaped(Pattern), CacheKeys.WithoutScope(key), ignoreCase: false)))
        || ((Provider ?? Model) is not null && CacheKeys.AskedFor(key) is var (provider, model) && MatchesModel(provider, model));

    /// <summary>Whether only the entry can show that it is not meant: what an alias has led to is not in the key.</summary>
    public bool NeedsEntry(string key) => (Provider ?? Model) is not null && CacheKeys.AskedFor(key).Provider == GenerationRequest.AnyProvider;

    private bool MatchesModel(string provider, string model) =>
        Provider == provider || (Model is not null && (Model == model || Model == provider + "/" + model));

    /// <summary>In the matcher's language a backslash escapes; in ours it is a character like any other.</summary>
    private static string Escaped(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
}

/// <summary>What an invalidation did.</summary>
/// <param name="Removed">How many entries went, here and in the Redis that replicas share; of a dry run, how many would.</param>
/// <param name="ReachedAll">False when the Redis could not be reached: other replicas get it once it is back.</param>
internal sealed record InvalidationOutcome(int Removed, bool ReachedAll);
