using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests.Schemas.Reading;

/// <summary>Compares requests by what they hold: records compare lists, bytes and JSON by reference.</summary>
internal static class SameRequest
{
    public static void Assert(GenerationRequest a, GenerationRequest b)
    {
        Xunit.Assert.Equal(Text(a.Metadata), Text(b.Metadata));
        Xunit.Assert.Equal(a.Retry?.RetryOn, b.Retry?.RetryOn);
        Xunit.Assert.Equal(a.Parameters.Native.Keys.Order(), b.Parameters.Native.Keys.Order());
        Xunit.Assert.All(a.Parameters.Native, native => Xunit.Assert.Equal(Text(native.Value), Text(b.Parameters.Native[native.Key])));
        Xunit.Assert.Equal(Media(a.Parameters), Media(b.Parameters));
        Xunit.Assert.Equal(Rest(a), Rest(b));
    }

    private static string Text(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? "" : JsonSerializer.Serialize(json, JsonElementJson.Default.JsonElement);

    private static IEnumerable<string> Media(GenerationParameters p) =>
        new[] { p.Image, p.LastImage, p.Mask, p.ControlImage, p.Video }.Concat(p.ReferenceImages)
            .Select(m => m is null ? "" : m.MediaId ?? m.ToUri());

    // What was compared apart is made equal.
    private static GenerationRequest Rest(GenerationRequest request) => request with
    {
        Metadata = default,
        Retry = request.Retry is null ? null : request.Retry with { RetryOn = null },
        Parameters = request.Parameters with
        {
            Native = GenerationParameters.None.Native,
            Image = null,
            LastImage = null,
            Mask = null,
            ControlImage = null,
            Video = null,
            ReferenceImages = GenerationParameters.None.ReferenceImages,
        },
    };
}
