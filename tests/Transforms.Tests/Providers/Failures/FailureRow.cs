using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Tests.Providers.Failures;

/// <summary>One native answer and the unified failure it is.</summary>
/// <param name="Code">The unified code.</param>
/// <param name="Call">What was asked.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
internal sealed record FailureRow(ErrorCode Code, NativeCall Call, int Status, string Body)
{
    /// <summary>Headers of the answer.</summary>
    public (string Name, string Value)[] Headers { get; init; } = [];

    /// <summary>What must be known about the bill; null where the row is not about it.</summary>
    public Billed? Billed { get; init; }

    /// <summary>Whether the same request may be sent again; null where the row is not about it.</summary>
    public bool? Retryable { get; init; }

    /// <summary>Whether the job's result is asked for, at a provider that has an address of its own for it.</summary>
    public bool OfResult { get; init; }

    /// <summary>What an adapter makes of it.</summary>
    public ProviderFailure? Read(ProviderAdapter adapter)
    {
        var response = Fixture.Answer(Body, Status, Headers);
        var model = adapter.Models[0];
        var body = JsonReading.Parse(response.Json.Span);
        var id = body.Member("id").IdText() ?? body.Member("request_id").IdText() ?? body.Member("name").IdText();
        var job = new JobHandle(id ?? "a/operations/b", model.Id);
        if (OfResult)
        {
            job = job with { State = new Dictionary<string, string> { ["completed"] = "1" } };
        }

        var outcome = Call switch
        {
            NativeCall.Submit when response.IsSuccess => adapter.ReadSubmit(response, model),
            NativeCall.Poll => adapter.InTheEnd(response, job),
            _ => new JobOutcome.Failed(adapter.ReadError(response, Call)),
        };
        return outcome switch
        {
            JobOutcome.Failed failed => failed.Failure,
            JobOutcome.NotFound lost => lost.Failure,
            JobOutcome.Unreadable unreadable => unreadable.Failure,
            _ => null,
        };
    }

    public override string ToString() => $"{Call} {Status} {(Body.Length > 90 ? Body[..90] : Body)}";
}
