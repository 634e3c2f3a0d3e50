namespace Framegate.Transforms.Native;

/// <summary>Where a piece of an answer ended, for the one after it.</summary>
public struct LinkPlace
{
    /// <summary>How deep below a property with links; 0 for outside of one.</summary>
    internal int Depth { get; set; }

    /// <summary>Whether within a string that is too long for a link.</summary>
    internal bool InString { get; set; }
}
