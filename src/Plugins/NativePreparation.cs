using System.Text.Json;

namespace Framegate.Plugins;

/// <summary>
/// What is done at a destination before a submit can be sent there: inputs are uploaded that the submit names by an id or an address of the provider's. An upload starts no job
/// and costs nothing, so that one which fails leaves nothing accepted.
/// </summary>
/// <param name="Uploads">The calls, one after the other; a later one may use what an earlier one gave.</param>
/// <param name="Submit">Makes the submit of what they gave, by name.</param>
public sealed record NativePreparation(IReadOnlyList<NativeUpload> Uploads, Func<IReadOnlyDictionary<string, JsonElement>, NativeRequest> Submit);

/// <summary>A call that uploads one input.</summary>
/// <param name="Build">Makes it of what earlier calls gave, by name.</param>
/// <param name="Read">Reads a 2xx answer: what it gives, by name; null where that is not all there.</param>
public sealed record NativeUpload(
    Func<IReadOnlyDictionary<string, JsonElement>, NativeRequest> Build, Func<NativeResponse, IReadOnlyDictionary<string, JsonElement>?> Read);
