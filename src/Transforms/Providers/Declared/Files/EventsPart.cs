namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>How answers are streamed, where a call asks for it in the provider's own words.</summary>
internal sealed class EventsPart
{
    /// <summary>Types of events that show a result before it is done.</summary>
    public IReadOnlyList<string> Previews { get; set; } = [];

    /// <summary>Types of events that bring a result.</summary>
    public required IReadOnlyList<string> Results { get; set; }

    /// <summary>The list that the results are read from, a member of the answer as it would be without a stream.</summary>
    public required string Into { get; set; }

    /// <summary>The member of an event that holds the base64.</summary>
    public required string Picture { get; set; }

    /// <summary>The member of a preview that holds its number.</summary>
    public string Index { get; set; } = "index";
}
