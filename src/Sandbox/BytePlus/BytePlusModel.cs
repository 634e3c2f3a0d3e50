namespace Framegate.Sandbox.BytePlus;

/// <summary>One Seedance model.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Resolutions">What it makes.</param>
/// <param name="Shortest">Seconds at least.</param>
/// <param name="Longest">Seconds at most.</param>
internal sealed record BytePlusModel(string Name, string[] Resolutions, int Shortest, int Longest)
{
    /// <summary>True for a model of the first generation that can do sound; the second one always can.</summary>
    public bool HasSound { get; init; }

    public bool IsSecond => Name.Contains("seedance-2", StringComparison.Ordinal);
}
