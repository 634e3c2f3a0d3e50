using System.Text.Json;
using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>One question about a job, and what its answer means.</summary>
internal static class JobQuestion
{
    /// <summary>Asks at the address that the provider gave, or, where that may not be called, at the documented one for the same id.</summary>
    /// <param name="egress">The way out.</param>
    /// <param name="adapter">The adapter of the provider.</param>
    /// <param name="jobLocation">Where the job was born.</param>
    /// <param name="job">The job.</param>
    /// <param name="sink">Takes the answer, which may have results in it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The call; null when no address may be called.</returns>
    public static async Task<ProviderExchange?> AskAsync(
        IEgress egress, ProviderAdapter adapter, JobLocation jobLocation, JobHandle job, IAnswerSink sink, CancellationToken cancellationToken)
    {
        var given = adapter.BuildPoll(job);
        var exchange = await egress.SendToAsync(adapter, jobLocation, NativeCall.Poll, PlacedId.FillNew(given), null, sink, cancellationToken);
        if (exchange is not null && !TransportCause.IsNoPlace(exchange.Exception))
        {
            return exchange;
        }

        var documented = adapter.BuildPoll(job.WithoutAddresses());
        if (documented.Target == given.Target || await egress.SendToAsync(adapter, jobLocation, NativeCall.Poll, PlacedId.FillNew(documented), null, sink, cancellationToken) is not { } answer)
        {
            return exchange;
        }

        // A redirect may have led to the place that there is not.
        answer.Requests += (exchange?.Requests ?? 1) - 1;
        return answer;
    }

    /// <summary>Has the adapter read the answer.</summary>
    /// <returns>Unreadable when there is none, or none that is about the job.</returns>
    public static JobOutcome Read(ProviderExchange? exchange, ProviderAdapter adapter, JobHandle job)
    {
        if (exchange is null)
        {
            return new JobOutcome.Unreadable(Failures.Untrusted(adapter.Name));
        }

        if (exchange.Response is not { } response)
        {
            return new JobOutcome.Unreadable(TransportFailures.FromTransport(exchange));
        }

        try
        {
            return adapter.ReadPoll(response, job);
        }
        catch (JsonException)
        {
            return new JobOutcome.Unreadable(Failures.Unreadable(adapter.Name));
        }
    }
}
