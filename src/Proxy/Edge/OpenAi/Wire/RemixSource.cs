using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>What a remix starts from.</summary>
/// <param name="Model">The model of the video, <c>provider/model</c>.</param>
/// <param name="Clip">The video in the media store; null when it is not there.</param>
/// <param name="Native">How its own provider is asked to remix its own job; null where it cannot be.</param>
internal sealed record RemixSource(string Model, MediaInput? Clip, KeyValuePair<string, JsonElement>? Native);
