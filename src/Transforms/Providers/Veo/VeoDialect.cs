namespace Framegate.Transforms.Providers.Veo;

/// <summary>In what the two native APIs differ.</summary>
/// <param name="IsVertex">Vertex AI (Agent Platform); else the Gemini API.</param>
/// <param name="Models">The models of this API, by id.</param>
internal sealed record VeoDialect(bool IsVertex, IReadOnlyDictionary<string, VeoModel> Models)
{
    /// <summary>The key of native parameters.</summary>
    public const string Extras = "veo";

    /// <summary>How long the one length of an extension is that the API takes, seconds; it adds 7 either way.</summary>
    public int ExtensionSeconds => IsVertex ? 7 : 8;

    /// <summary>Media types of input images.</summary>
    public IReadOnlyList<string> ImageTypes => TypesOf(IsVertex);

    /// <summary>The same, by the host alone.</summary>
    public static IReadOnlyList<string> TypesOf(bool isVertex) => isVertex ? ["image/jpeg", "image/png", "image/webp"] : ["image/jpeg", "image/png"];

    public VeoModel Of(string id) => Models.GetValueOrDefault(id) ?? throw new ArgumentException($"'{id}' is no model of Veo.", nameof(id));
}
