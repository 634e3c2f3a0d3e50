using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>How a job is followed.</summary>
internal sealed record DeclaredFollowing
{
    /// <summary>The poll.</summary>
    public required DeclaredStep Poll { get; init; }

    /// <summary>What is asked once a poll has named another question for the result.</summary>
    public DeclaredStep? Result { get; init; }

    /// <summary>How a job is ended; null where it cannot be.</summary>
    public DeclaredCancel? Cancel { get; init; }

    /// <summary>What can be known about a lost submit.</summary>
    public required Reconciliation Reconciliation { get; init; }

    /// <summary>How the provider calls back.</summary>
    public ProviderWebhook? Webhook { get; init; }
}

/// <summary>A question about a job.</summary>
internal sealed record DeclaredStep(string Method, Template Path, IReadOnlyList<(string Name, Template Value)> Headers, Template? Body, bool IsList, DeclaredReading Read, bool ErrorIsFinal)
{
    /// <summary>Whether each such question has an id of its own.</summary>
    public bool TakesUuid { get; } = Path.Names.Concat(Headers.SelectMany(h => h.Value.Names)).Concat(Body?.Names ?? []).Contains("uuid");
}

/// <summary>How a job is ended.</summary>
internal sealed record DeclaredCancel(string Method, Template Path, IReadOnlyList<(string Name, Template Value)> Headers, Template? Body, bool IsList, bool IsFinal);
