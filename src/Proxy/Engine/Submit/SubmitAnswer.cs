using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>What the answer to a submit means.</summary>
internal static class SubmitAnswer
{
    /// <summary>Has the adapter read it.</summary>
    /// <param name="exchange">The submit.</param>
    /// <param name="model">The model it is about.</param>
    /// <param name="now">The time, for an answer that names a date to come back at.</param>
    /// <returns>A failure when there is no answer, or one that cannot be read.</returns>
    public static JobOutcome Read(ProviderExchange exchange, ModelInfo model, DateTimeOffset now)
    {
        if (exchange.Response is not { } response)
        {
            return new JobOutcome.Failed(TransportFailures.FromTransport(exchange));
        }

        try
        {
            return response.IsSuccess
                ? exchange.Adapter.ReadSubmit(response, model)
                : new JobOutcome.Failed(RetryAfterDate.AddTo(exchange.Adapter.ReadError(response, NativeCall.Submit), response, now));
        }
        catch (System.Text.Json.JsonException)
        {
            return new JobOutcome.Failed(Failures.Unreadable(exchange.Adapter.Name));
        }
    }
}
