using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Tests;

/// <summary>Unified requests, written briefly.</summary>
internal static class RequestJson
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>A request.</summary>
    /// <param name="adapter">Whom it is for.</param>
    /// <param name="model">The model's id.</param>
    /// <param name="parameters">Neutral parameters by their names, <c>prompt</c>, and <c>native</c>; <c>PIXEL</c> stands for the bytes of a PNG.</param>
    /// <param name="prompt">The prompt, where the parameters have none.</param>
    public static GenerationRequest Read(ProviderAdapter adapter, string model, string parameters, string prompt = "")
    {
        var json = JsonElement.Parse(parameters);
        var p = GenerationParameters.None;
        foreach (var parameter in NeutralParameter.All)
        {
            var value = json.Member(parameter.Name);
            object? given = parameter.Kind switch
            {
                _ when value.ValueKind == JsonValueKind.Undefined => null,
                ParameterKind.Whole or ParameterKind.Level => value.Whole(),
                ParameterKind.Number => value.Number(),
                ParameterKind.Flag => value.GetBoolean(),
                ParameterKind.Image or ParameterKind.Video => Input(value.Text()!),
                ParameterKind.Images => value.Items().Select(i => Input(i.Text()!)).ToList(),
                _ => value.Text(),
            };
            p = given is null ? p : parameter.Set(p, given);
        }

        if (json.Member("native") is { ValueKind: JsonValueKind.Object } native)
        {
            p = p with { Native = new Dictionary<string, JsonElement> { [adapter.ExtrasKey] = native } };
        }

        return new GenerationRequest { Provider = adapter.Name, Model = model, MediaType = adapter.FindModel(model)!.MediaType, Prompt = json.Member("prompt").Text() ?? prompt, Parameters = p };
    }

    private static MediaInput Input(string text) =>
        text == "PIXEL" ? MediaInput.FromBytes(Convert.FromBase64String(Pixel), "image/png") : MediaInput.FromUrl(new Uri(text));
}
