using Framegate.Plugins;
using Framegate.Plugins.Kit;
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
            return Arrived(exchange, exchange.CutResponse, model) ?? new JobOutcome.Failed(TransportFailures.FromTransport(exchange));
        }

        // A length that is too small cuts an answer as a broken connection does.
        if (IsCut(response) && Arrived(exchange, response, model) is { } arrived)
        {
            return arrived;
        }

        try
        {
            return response.IsSuccess
                ? exchange.Adapter.ReadSubmit(response, model, exchange.Request.Operation)
                : new JobOutcome.Failed(RetryAfterDate.AddTo(exchange.Adapter.ReadError(response, NativeCall.Submit), response, now));
        }
        catch (System.Text.Json.JsonException)
        {
            return new JobOutcome.Failed(ErrorIn(exchange.Adapter, response) ?? Failures.Unreadable(exchange.Adapter.Name));
        }
    }

    /// <summary>An outcome of which the end may be missing: results were still to come when the connection broke. What they cost was too.</summary>
    public static JobOutcome Cut(JobOutcome outcome, ProviderExchange exchange, int asked) =>
        exchange.BrokeOff && outcome is JobOutcome.Succeeded done && done.Media.Count < asked ? done with { Cost = null } : outcome;

    private static bool IsCut(NativeResponse response) =>
        response.IsSuccess && response.Body.Span.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && !LenientJson.IsComplete(response.Body);

    /// <summary>The job that an answer names, or the media that it holds, although its end is missing: an id that arrived is an id, and a picture is judged by its own bytes.</summary>
    /// <returns>Null when nothing can be made of what arrived.</returns>
    private static JobOutcome? Arrived(ProviderExchange exchange, NativeResponse? answer, ModelInfo model)
    {
        if (answer is not { IsSuccess: true } cut)
        {
            return null;
        }

        try
        {
            var outcome = exchange.Adapter.ReadSubmit(cut with { Body = LenientJson.Arrived(cut.Body) }, model, exchange.Request.Operation);
            if (outcome is not (JobOutcome.Running or JobOutcome.Succeeded { Media.Count: > 0 }))
            {
                return null;
            }

            exchange.BrokeOff = true;
            return outcome;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>The error inside a 2xx, with the provider's own words.</summary>
    /// <returns>Null when there is none.</returns>
    private static ProviderFailure? ErrorIn(ProviderAdapter adapter, NativeResponse response) =>
        response.NamesAnError ? adapter.ReadError(response, NativeCall.Submit) : null;
}
