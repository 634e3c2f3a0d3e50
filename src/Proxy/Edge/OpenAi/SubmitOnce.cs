using System.Collections.Concurrent;
using System.Security.Cryptography;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>
/// Lets requests in, each once: an SDK sends a request again when its answer was a 500, or did not come in time, and the first one may have started a paid
/// job. A repetition joins the generation of its first try; a first try never joins anything.
/// </summary>
internal sealed class SubmitOnce(
    GenerationService generations, IGenerationStore store, LostAnswers lost, IOptions<OpenAiOptions> options, TimeProvider time, ILogger<SubmitOnce> logger)
{
    private static readonly TimeSpan Noticing = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <summary>Admissions on their way, so that a repetition does not overtake its first try. As many as there are open requests.</summary>
    private readonly ConcurrentDictionary<(string Client, string Fingerprint), Task> _underway = new();

    /// <summary>Lets a request in.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Who asks, and how.</param>
    /// <param name="cancellationToken">The client has gone before the request was let in.</param>
    /// <returns>The generation, the caller's earlier one included, or the refusal.</returns>
    public async Task<(Admission Admission, byte[] Fingerprint)> AdmitAsync(DialectRequest request, DialectCaller caller, CancellationToken cancellationToken)
    {
        var body = GenerationRequestWriter.Write(request.Request);
        var fingerprint = SHA256.HashData(body);
        var isRetry = caller.Retry == RetrySignal.Certain || (caller.Retry == RetrySignal.Possible && await WasLostAsync(caller.Client, fingerprint, cancellationToken));
        var key = (caller.Client, Convert.ToHexString(fingerprint));
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isRetry)
        {
            while (!_underway.TryAdd(key, done.Task))
            {
                if (_underway.TryGetValue(key, out var other))
                {
                    await other.WaitAsync(cancellationToken);
                }
            }
        }
        else
        {
            _underway[key] = done.Task;
        }

        try
        {
            if (isRetry && await FindEarlierAsync(caller.Client, fingerprint, cancellationToken) is var (state, running))
            {
                Log.RetryJoined(logger, state.Provider, state.Phase);
                return (Admission.Of(state, running, replayed: true), fingerprint);
            }

            return (await AdmitNewAsync(request, body, fingerprint, caller, cancellationToken), fingerprint);
        }
        finally
        {
            _underway.TryRemove(new KeyValuePair<(string, string), Task>(key, done.Task));
            done.SetResult();
        }
    }

    /// <summary>The caller did not get the answer, or got one that makes its SDK ask again although a job may have been paid for.</summary>
    public void AnswerLost(DialectCaller caller, byte[] fingerprint) => lost.Add(caller.Client, fingerprint);

    /// <summary>Whether the answer to the same request was lost just now. A client that loses patience may be back before its hanging up is noticed, so
    /// as long as an equal generation runs this waits a moment to hear of it.</summary>
    private async Task<bool> WasLostAsync(string client, byte[] fingerprint, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; !lost.Has(client, fingerprint); waited += Glance)
        {
            if (waited >= Noticing || await FindEarlierAsync(client, fingerprint, cancellationToken) is not { State.IsOpen: true })
            {
                return false;
            }

            await Task.Delay(Glance, time, cancellationToken);
        }

        return true;
    }

    private async Task<(GenerationState State, Generation? Running)?> FindEarlierAsync(string client, byte[] fingerprint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        (GenerationState State, Generation? Running)? waitedFor = null;
        foreach (var id in await store.FindRepeatsAsync(client, fingerprint, now - options.Value.RetryWindow, cancellationToken))
        {
            if (await generations.FindAsync(id, client, cancellationToken) is not var (state, running) || !MayAnswer(state, now))
            {
                continue;
            }

            // Of two equal requests, one whose caller still waits is not the one that is repeated.
            if (running is not { Waiting: > 0 })
            {
                return (state, running);
            }

            waitedFor ??= (state, running);
        }

        return waitedFor;
    }

    // What has failed and certainly cost nothing may be tried anew.
    private bool MayAnswer(GenerationState state, DateTimeOffset now) =>
        (state.IsOpen || state.FinishedAt >= now - options.Value.RetryGrace)
        && (state.Status != GenerationStatus.Failed || OpenAiErrors.MayBePaid(state));

    private async Task<Admission> AdmitNewAsync(DialectRequest request, byte[] body, byte[] fingerprint, DialectCaller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = (request.Call.MediaType == MediaType.Video ? "video_" : "img_") + Guid.CreateVersion7(now).ToString("n");
        return await generations.AdmitAsync(
            new Submission(body, caller.Client, caller.KeyFor(request.Part), caller.BaseUrl)
            {
                Fingerprint = fingerprint,
                Join = true,
                Attachment = VideoFacts.Pack(request.Video),

                // The parts of one call are as many different pictures.
                Cache = request.Part > 0 ? new CacheDirectives { NoStore = true } : caller.Cache,
            },
            request.Request with { RequestId = id },
            cancellationToken);
    }
}
