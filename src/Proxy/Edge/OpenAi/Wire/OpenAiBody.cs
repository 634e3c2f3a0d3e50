using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>A body, JSON or form, as named values. A form's <c>image[]</c> and <c>input_reference[image_url]</c> lie under the name before the bracket.</summary>
internal sealed class OpenAiBody
{
    private readonly Dictionary<string, List<OpenAiPart>> _parts = new(StringComparer.Ordinal);

    /// <summary>The body itself when it is JSON; null for a form.</summary>
    public JsonElement? Json { get; init; }

    /// <summary>The inputs that were taken out of a JSON body.</summary>
    public HeldInputs Held { get; init; } = HeldInputs.None;

    /// <summary>The names that were given.</summary>
    public IEnumerable<string> Names => _parts.Keys;

    /// <summary>Adds a value.</summary>
    public void Add(string name, OpenAiPart part)
    {
        if (!_parts.TryGetValue(name, out var parts))
        {
            _parts[name] = parts = [];
        }

        parts.Add(part);
    }

    /// <summary>The values of a name; a JSON null counts as none.</summary>
    public IReadOnlyList<OpenAiPart> Of(string name) => _parts.GetValueOrDefault(name) ?? (IReadOnlyList<OpenAiPart>)[];
}

/// <summary>One value of a body: JSON, the text of a form field, or a file of a form.</summary>
/// <param name="Json">The value of a JSON body; undefined in a form.</param>
/// <param name="Text">The text of a form field; null otherwise.</param>
/// <param name="Member">What stood in brackets behind the name of a form field; null without brackets, and for <c>[]</c>.</param>
/// <param name="File">An uploaded file.</param>
internal sealed record OpenAiPart(JsonElement Json = default, string? Text = null, string? Member = null, Upload? File = null);

/// <summary>An uploaded image, or why it cannot be used.</summary>
/// <param name="Media">The image; null when it is refused.</param>
/// <param name="Refusal">Why it is refused; null when it is not.</param>
internal sealed record Upload(MediaInput? Media, string? Refusal = null)
{
    /// <summary>True for the field of a page that no file was chosen for: no bytes, and no name.</summary>
    public bool IsNothing { get; init; }
}
