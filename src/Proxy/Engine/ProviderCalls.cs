using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Webhooks;

namespace Framegate.Proxy.Engine;

/// <summary>Takes calls of providers about their jobs. A call makes its generation poll at once; of a submit whose answer was lost it names the job.</summary>
internal sealed class ProviderCalls(IGenerationStore store, OpenGenerations open, JobCalls calls, ProviderTable providers, WebhookKeys keys, IFleet fleet)
{
    /// <summary>Takes one.</summary>
    /// <param name="id">The generation that its address names.</param>
    /// <param name="token">The token that its address holds.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <returns>False when the address is none of ours, when the call does not come from the provider, or when it should come again.</returns>
    public async ValueTask<bool> TakeAsync(string id, string token, WebhookCall call, CancellationToken cancellationToken)
    {
        var generation = open.Find(id);
        var state = generation?.State ?? await store.FindAsync(id, cancellationToken);
        if (state?.WebhookToken is not { } expected || !SubmitWebhook.Fits(expected, token))
        {
            return false;
        }

        // Providers repeat their calls; one about what is over is thanked for. What nobody drives just now is to be called about again.
        if (generation is null && !(fleet.IsShared && state.IsOpen))
        {
            return !state.IsOpen;
        }

        if (providers.FindForJob(state.Provider, state.Adapter, state.Model, state.Job) is not { Webhook: { } webhook } adapter || adapter.FindModel(state.Model) is not { } model
            || webhook.Read(call, model, SubmitWebhook.SecretOf(token)) is not { } job)
        {
            return false;
        }

        if (webhook.Signature is { } signature && (state.JobLocation is not { } location || !await keys.IsGenuineAsync(adapter, signature, location, call, cancellationToken)))
        {
            return false;
        }

        // Of the submit whose token it holds: another may have gone out meanwhile.
        var findings = SubmitFindings.Of(state) with { Job = job };
        try
        {
            if (generation is not null)
            {
                await calls.TakeAsync(generation, findings);
                return true;
            }
        }
        catch (LeaseLostException)
        {
            // Another replica drives it.
        }

        await fleet.NotifyAsync(state.Id, findings, cancellationToken);
        return true;
    }
}
