using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>What a remix starts from.</summary>
/// <param name="Model">The model that is asked: that of the video, <c>provider/model</c>.</param>
/// <param name="Alias">The alias that the video was asked for by; null for none, and where the video's own provider is to change its own job. Its first candidate that takes a clip
/// is meant, as with the name itself: that which has made the video may take none.</param>
/// <param name="Clip">The video in the media store; null when it is not there.</param>
/// <param name="Native">How its own provider is asked to remix its own job; null where it cannot be.</param>
internal sealed record RemixSource(string Model, string? Alias, MediaInput? Clip, KeyValuePair<string, JsonElement>? Native);
