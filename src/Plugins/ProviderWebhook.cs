namespace Framegate.Plugins;

/// <summary>
/// How a provider calls back about a job. A call makes the host poll at once, and finds the job of a submit whose answer was lost. Its content is never
/// believed without a poll.
/// </summary>
/// <param name="AddTo">Puts the address into a native submit. Its arguments are the submit, the model, the address of the destination, and where to call.
/// It returns null where this submit cannot carry one.</param>
/// <param name="Read">The job that a call is about. Its arguments are the call, the model, and the secret that the submit carried. It returns null
/// when the call names no job or does not prove that it comes from the provider.</param>
public sealed record ProviderWebhook(
    Func<NativeRequest, ModelInfo, Uri, WebhookTarget, NativeRequest?> AddTo,
    Func<WebhookCall, ModelInfo, Secret, JobHandle?> Read)
{
    /// <summary>How the provider signs its calls with a key of its own; null (the default) where it does not. An unsigned call, or one signed by another, is not heeded.</summary>
    public WebhookSignature? Signature { get; init; }
}

/// <summary>A signature by a key that the provider publishes.</summary>
/// <param name="Scheme">How it is made.</param>
/// <param name="Keys">Where the key is published: for <see cref="WebhookScheme.Fal"/> an https URL that anybody may read, for
/// <see cref="WebhookScheme.Standard"/> a path that is asked with the account's key and answers <c>{ "key": "whsec_..." }</c>.</param>
public sealed record WebhookSignature(WebhookScheme Scheme, string Keys);

/// <summary>How a signature is made.</summary>
public enum WebhookScheme
{
    /// <summary>Ed25519 over ids, time and the hash of the body; the keys are a JSON Web Key Set (fal.ai).</summary>
    Fal,

    /// <summary>HMAC-SHA256 as Standard Webhooks has it.</summary>
    Standard,
}

/// <summary>Where a provider is asked to call.</summary>
/// <param name="Url">The address of this very submit; nobody can guess it.</param>
/// <param name="Secret">What a provider that signs its calls, or sends a secret along, is given for this submit.</param>
public sealed record WebhookTarget(Uri Url, Secret Secret);

/// <summary>A call of a provider.</summary>
/// <param name="Headers">Its headers; names are compared without case.</param>
/// <param name="Body">Its body; bounded and read to the end.</param>
public sealed record WebhookCall(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>One header.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value, or null.</returns>
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;
}
