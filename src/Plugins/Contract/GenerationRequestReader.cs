namespace Framegate.Plugins.Contract;

/// <summary>Reads a unified request strictly.</summary>
public static partial class GenerationRequestReader
{
    /// <summary>The longest prompt of any model, characters.</summary>
    public const int MaxPromptLength = 131_072;
}
