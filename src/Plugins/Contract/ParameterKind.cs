namespace Framegate.Plugins.Contract;

/// <summary>What the values of a neutral parameter are. Its range bounds numbers themselves, the length of texts and the count of lists.</summary>
public enum ParameterKind
{
    /// <summary>A whole number, <see cref="long"/>.</summary>
    Whole,

    /// <summary>A number, <see cref="double"/>.</summary>
    Number,

    /// <summary>A step of a scale that also has words, <see cref="long"/>.</summary>
    Level,

    /// <summary>True or false, <see cref="bool"/>.</summary>
    Flag,

    /// <summary>A text that may hold line breaks, <see cref="string"/>.</summary>
    Prose,

    /// <summary>A text without control characters, <see cref="string"/>.</summary>
    Text,

    /// <summary>The same, in lower case, <see cref="string"/>.</summary>
    Word,

    /// <summary><c>W:H</c> or <c>auto</c>, <see cref="string"/>.</summary>
    Ratio,

    /// <summary>An image, <see cref="MediaInput"/>.</summary>
    Image,

    /// <summary>A list of images, <see cref="IReadOnlyList{T}"/> of <see cref="MediaInput"/>.</summary>
    Images,

    /// <summary>A clip, <see cref="MediaInput"/>.</summary>
    Video,
}
