using System.Buffers;
using System.Net.Http.Headers;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>What the answer to a submit means.</summary>
internal static class SubmitAnswer
{
    private static readonly SearchValues<byte> s_noText = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b).Except("\t\r\n\f"u8.ToArray())]);

    private static readonly string[] s_media = ["audio/", "video/", "image/"];

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
        response.IsSuccess && response.Body.Span.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && !LenientJson.IsComplete(response.Body) && IsJson(response);

    /// <summary>Whether an answer is JSON, by its media type where that decides, else by its bytes. Sound may begin with a bracket too, and is not to be mended.</summary>
    private static bool IsJson(NativeResponse response)
    {
        var type = MediaTypeHeaderValue.TryParse(response.Header("Content-Type"), out var header) ? header.MediaType : null;
        return type?.EndsWith("json", StringComparison.OrdinalIgnoreCase) == true || type?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) == true
            || (!s_media.Any(kind => type?.StartsWith(kind, StringComparison.OrdinalIgnoreCase) == true) && !response.Body.Span.ContainsAny(s_noText));
    }

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
            if (!IsJson(cut))
            {
                return File(exchange, cut, model);
            }

            var outcome = exchange.Adapter.ReadSubmit(cut with { Body = LenientJson.Arrived(cut.Body) }, model, exchange.Request.Operation);
            if (outcome is JobOutcome.Succeeded)
            {
                if (!exchange.Adapter.ReconciliationOf(exchange.Request.Operation).IsNothing)
                {
                    // The job can be asked for: it has what was still to come, too.
                    return null;
                }

                // That a result is a draft or was filtered may stand behind it: one that was not closed is none.
                outcome = exchange.Adapter.ReadSubmit(cut with { Body = LenientJson.ArrivedWhole(cut.Body), IsCut = true }, model, exchange.Request.Operation);
            }

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

    /// <summary>
    /// A picture that is the whole answer states by its own bytes whether its end has come, and so does sound in Ogg. Many a clip and most sounds do not: one that broke off is lost.
    /// </summary>
    private static JobOutcome.Succeeded? File(ProviderExchange exchange, NativeResponse cut, ModelInfo model)
    {
        if (!HasAnEnd(model, cut.Header("Content-Type")) || !exchange.Adapter.ReconciliationOf(exchange.Request.Operation).IsNothing
            || exchange.Adapter.ReadSubmit(cut, model, exchange.Request.Operation) is not JobOutcome.Succeeded { Media.Count: > 0 } file)
        {
            return null;
        }

        exchange.BrokeOff = true;
        return file;
    }

    private static bool HasAnEnd(ModelInfo model, string? type) =>
        model.MediaType == MediaType.Image || (model.MediaType == MediaType.Audio && type?.StartsWith("audio/ogg", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>The error inside a 2xx, with the provider's own words.</summary>
    /// <returns>Null when there is none.</returns>
    private static ProviderFailure? ErrorIn(ProviderAdapter adapter, NativeResponse response) =>
        response.NamesAnError ? adapter.ReadError(response, NativeCall.Submit) : null;
}
