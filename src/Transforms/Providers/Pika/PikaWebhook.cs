using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>fal's <c>fal_webhook</c>. Its signature is made with keys that fal publishes and rotates; the address itself, which fal alone is given, proves as much.</summary>
internal static class PikaWebhook
{
    public static ProviderWebhook Instance { get; } = new(
        static (submit, _, _, target) => submit with { Target = $"{submit.Target}?fal_webhook={Uri.EscapeDataString(target.Url.AbsoluteUri)}" },
        static (call, model, _) => JsonReading.Parse(call.Body.Span).Member("request_id").Text() is { Length: > 0 } id ? new JobHandle(id, model.Id) : null);
}
