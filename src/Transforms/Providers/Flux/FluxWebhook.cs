using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>
/// Flux's <c>webhook_url</c>. A submit that carries one is answered without <c>polling_url</c>, and a task is known to the cluster alone that took it
/// (docs.bfl.ai, integration guidelines). So it is sent to destinations of a single cluster only; behind the others a call that is lost would lose the task.
/// </summary>
internal static class FluxWebhook
{
    private static readonly string[] s_manyClusters = ["api.bfl.ai", "api.eu.bfl.ai", "api.us.bfl.ai"];

    public static ProviderWebhook Instance { get; } = new(AddTo, Read);

    private static NativeRequest? AddTo(NativeRequest submit, ModelInfo model, Uri destination, WebhookTarget target)
    {
        // FLUX 3 has no such field.
        if (model.Id == FluxModels.Video || s_manyClusters.Contains(destination.IdnHost, StringComparer.OrdinalIgnoreCase) || submit.Body is not { } body)
        {
            return null;
        }

        // Behind what the mapping has written, which may be megabytes of images.
        var tail = Encoding.UTF8.GetBytes($",\"webhook_url\":\"{target.Url.AbsoluteUri}\",\"webhook_secret\":\"{target.Secret.Reveal()}\"}}");
        var json = new byte[body.Bytes.Length - 1 + tail.Length];
        body.Bytes.Span[..^1].CopyTo(json);
        tail.CopyTo(json, body.Bytes.Length - 1);
        return submit with { Body = body with { Bytes = json } };
    }

    /// <summary>Two ways to prove the sender are documented; either will do.</summary>
    private static JobHandle? Read(WebhookCall call, ModelInfo model, Secret secret)
    {
        var key = Encoding.UTF8.GetBytes(secret.Reveal());
        var proven = call.Header("X-Webhook-Secret") is { } sent ? Same(sent, secret.Reveal())
            : call.Header("X-BFL-Signature") is { } signed && Same(signed, "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, call.Body.Span)));
        return proven && JsonReading.Parse(call.Body.Span).Member("id").Text() is { Length: > 0 } id ? new JobHandle(id, model.Id) : null;
    }

    private static bool Same(string sent, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(right));
}
