using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Moderation;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine;

/// <summary>What is asked of a request that is not known yet: how often its client may ask, what a prompt may hold, where a callback may go, whether its inputs are what they seem.</summary>
internal sealed class AdmissionRules(ClientKeys clients, ClientRates rates, PromptGate prompts, InputReader inputs, IOptionsMonitor<SecurityOptions> security)
{
    /// <summary>Checks a request, and counts it.</summary>
    /// <returns>The rule that it breaks; null for none.</returns>
    public async ValueTask<GenerationError?> RefusalOfAsync(GenerationRequest request, string client, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await rates.CountModelAsync(client, NamesOf(request)) is { IsAllowed: false } tooOften)
        {
            return RequestErrors.TooOften(now, tooOften.Setting, tooOften.Limit, tooOften.Wait);
        }

        if (prompts.Refuses(request, client) is { } denied)
        {
            return denied;
        }

        if (request.CallbackUrl is { } callback && CallbackAddress.WhyRefused(callback, !clients.Required, security.CurrentValue) is { } unsafeCallback)
        {
            return RequestErrors.Of(now, "callback_url", unsafeCallback);
        }

        if (request is { CallbackEvents: not null, CallbackUrl: null })
        {
            return RequestErrors.Of(now, "callback_events", "It needs a callback_url.");
        }

        if (await inputs.RefusalAsync(request.Parameters, clients.Required ? client : null, cancellationToken) is var (field, reason))
        {
            return RequestErrors.Of(now, field, reason);
        }

        return null;
    }

    /// <summary>The names that what is asked for may have in a client's settings.</summary>
    public static string?[] NamesOf(GenerationRequest request) =>
        request.Provider == GenerationRequest.AnyProvider ? [request.Model] : [request.Provider + "/" + request.Model, request.Model];
}
