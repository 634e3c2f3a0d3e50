using System.Collections.ObjectModel;

namespace Framegate.Plugins;

/// <summary>Everything needed to find a job again at its provider. It is stored before the caller learns of the job.</summary>
/// <param name="NativeId">The provider's id of the job.</param>
/// <param name="Model">The id of the model that runs it.</param>
public sealed record JobHandle(string NativeId, string Model)
{
    /// <summary>The absolute URL the provider gave for polling, to be used as it is; null when the adapter builds it.</summary>
    public string? PollUrl { get; init; }

    /// <summary>What else the adapter must remember; names are its own.</summary>
    public IReadOnlyDictionary<string, string> State { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The same job without the addresses that the provider gave for it, so that the adapter builds the documented ones.</summary>
    /// <returns>A handle without <see cref="PollUrl"/> and without absolute http URLs in <see cref="State"/>.</returns>
    public JobHandle WithoutAddresses() => this with
    {
        PollUrl = null,
        State = State.Values.Any(IsAddress) ? State.Where(s => !IsAddress(s.Value)).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal) : State,
    };

    private static bool IsAddress(string value) =>
        value.StartsWith("https:", StringComparison.OrdinalIgnoreCase) || value.StartsWith("http:", StringComparison.OrdinalIgnoreCase);
}
