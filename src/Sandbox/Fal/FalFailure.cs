using System.Globalization;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Fal;

/// <summary>How a request failed, in one of fal's two shapes: of a model (a list of faults) or of the infrastructure (a text and a type).</summary>
internal sealed record FalFailure(int Status, string Type, string Message)
{
    /// <summary>Not a registered status: the client closed the request.</summary>
    private const int ClientClosed = 499;

    /// <summary>Empty for a failure of the infrastructure.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    private bool Retryable { get; init; }

    public static FalFailure Cancelled { get; } = new(ClientClosed, "client_cancelled", "Request was cancelled");

    public static FalFailure TimedOut { get; } = new(StatusCodes.Status504GatewayTimeout, "request_timeout", "Request timed out");

    /// <summary>What the prompt asks for: status and type. With 422 it is a failure of the model.</summary>
    public static FalFailure Asked(string text)
    {
        var (status, type) = Refusal.AskedFor(text);
        return status == StatusCodes.Status422UnprocessableEntity ? OfModel(status, new(type, ["body"], "Asked for by the prompt"))
            : new(status, type, "Asked for by the prompt");
    }

    public static FalFailure Moderated { get; } = OfModel(StatusCodes.Status422UnprocessableEntity,
        new("content_policy_violation", ["body", "prompt"], "The content could not be processed because it was flagged by a content checker.")
        {
            Url = "https://docs.fal.ai/errors#content_policy_violation",
        });

    public static FalFailure Internal { get; } =
        OfModel(StatusCodes.Status500InternalServerError, new("internal_server_error", ["body"], "Internal server error")) with { Retryable = true };

    public static FalFailure Invalid(IReadOnlyList<Fault> faults) =>
        new(StatusCodes.Status422UnprocessableEntity, faults[0].Type, faults[0].Msg) { Faults = faults };

    public Task WriteAsync(HttpContext context)
    {
        if (Faults.Count == 0)
        {
            return FalAnswer.RefuseAsync(context, Status, Message, Type);
        }

        context.Response.Headers["X-Fal-Retryable"] = Retryable.ToString(CultureInfo.InvariantCulture).ToLowerInvariant();
        return Answer.JsonAsync(context, Status, new ValidationAnswer(Faults), FastApiJson.Default.ValidationAnswer);
    }

    private static FalFailure OfModel(int status, Fault fault) => new(status, fault.Type, fault.Msg) { Faults = [fault] };
}
