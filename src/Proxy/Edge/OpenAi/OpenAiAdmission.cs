using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Transforms.Schemas;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Lets the dialect's requests in, as unified ones.</summary>
internal sealed class OpenAiAdmission(GenerationAdmission admissions, ClientKeys clients, IOptionsMonitor<JobsOptions> jobs, TimeProvider time)
{
    /// <summary>Lets a request in.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Who asks, and how.</param>
    /// <param name="cancellationToken">The client has gone before the request was let in.</param>
    /// <param name="parts">What is reserved for all parts of the call; null where there is one only.</param>
    /// <param name="given">The generations that other parts of the call are answered with; null where there is one only.</param>
    /// <returns>The generation, the caller's earlier one included, or the refusal.</returns>
    public async Task<Admission> AdmitAsync(DialectRequest request, DialectCaller caller, CancellationToken cancellationToken, PartsHold? parts = null, HashSet<string>? given = null)
    {
        var body = GenerationRequestWriter.Write(request.Request);
        var id = Ids.New(request.Request.MediaType switch { MediaType.Video => "video_", MediaType.Audio => "speech_", MediaType.Text => "text_", _ => "img_" }, time.GetUtcNow());
        var keepsPrompt = clients.PromptsOf(caller.Client, jobs.CurrentValue.Prompts) == PromptStorage.Full;
        return await admissions.AdmitAsync(
            new Submission(body, caller.Client, caller.KeyFor(request.Part), caller.BaseUrl)
            {
                // What the caller asks for, whatever form it came in and whatever else its headers hold.
                Fingerprint = RequestInputs.FingerprintOf(body, request.Request.Held),
                Caller = caller.Connection,
                CallId = caller.CallId,
                MaxCost = caller.MaxCost,
                Parts = request.Parts,
                PartsLeft = request.Parts - request.Part,
                PartsHold = parts,
                IsRepetition = caller.IsRepetition,
                Tries = caller.Tries,
                Given = given,
                Join = true,
                IdIsNew = true,
                Dialect = Dialect.OpenAi,
                Attachment = ResponseFacts.Pack(request.Response) ?? VideoFacts.Pack(request.Video is { } facts && !keepsPrompt ? facts with { Prompt = null } : request.Video),

                // The parts of one call are as many different pictures.
                Cache = request.Part > 0 ? new CacheDirectives { NoStore = true } : caller.Cache,
            },
            request.Request with { RequestId = id },
            cancellationToken);
    }
}
