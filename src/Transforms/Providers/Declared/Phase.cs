namespace Framegate.Transforms.Providers.Declared;

/// <summary>What a status word means.</summary>
internal enum Phase
{
    /// <summary>The job waits or runs.</summary>
    Running,

    /// <summary>It is done, and another question shows the result.</summary>
    Next,

    /// <summary>It is done.</summary>
    Succeeded,

    /// <summary>It has failed.</summary>
    Failed,

    /// <summary>Somebody has ended it.</summary>
    Cancelled,

    /// <summary>It took too long at the provider.</summary>
    Expired,

    /// <summary>The provider does not know it.</summary>
    Missing,

    /// <summary>The word is not on the list.</summary>
    Unknown,
}
