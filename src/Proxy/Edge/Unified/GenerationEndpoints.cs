using System.Buffers;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/generations</c>.</summary>
internal static class GenerationEndpoints
{
    private const int LongestIdempotencyKey = 255;

    /// <summary>Maps them.</summary>
    public static void MapGenerations(this IEndpointRouteBuilder routes)
    {
        // Not bound by the framework: a scope of services for each request is what a hit can do without.
        var services = routes.ServiceProvider;
        var admissions = services.GetRequiredService<GenerationAdmission>();
        var generations = services.GetRequiredService<GenerationService>();
        var hits = services.GetRequiredService<FastHits>();
        var writer = services.GetRequiredService<ResponseWriter>();
        var address = services.GetRequiredService<PublicAddress>();
        var time = services.GetRequiredService<TimeProvider>();
        routes.MapPost("/generations", (RequestDelegate)(context => CreateAsync(context, admissions, generations, hits, writer, address, time)));
        routes.MapMethods("/generations", ReadRoutes.Methods, List);
        routes.MapMethods("/generations/{id}", ReadRoutes.Methods, Get);
        routes.MapMethods("/generations/{id}/events", ReadRoutes.Methods, GenerationEvents.Stream);
        routes.MapDelete("/generations/{id}", Cancel);
    }

    private static async Task CreateAsync(
        HttpContext context, GenerationAdmission admissions, GenerationService generations, FastHits hits, ResponseWriter writer, PublicAddress address, TimeProvider time)
    {
        var (aborted, rules) = (context.RequestAborted, hits.Version);
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > LongestIdempotencyKey)
        {
            await writer.WriteRefusalAsync(
                context, RequestErrors.Of(time.GetUtcNow(), "Idempotency-Key", $"It is longer than {LongestIdempotencyKey} characters."), StatusCodes.Status400BadRequest);
            return;
        }

        if (!MaxCostHeader.TryRead(context.Request.Headers[MaxCostHeader.Name], out var maxCost))
        {
            await writer.WriteRefusalAsync(
                context, RequestErrors.Of(time.GetUtcNow(), MaxCostHeader.Name, "It must be an amount in USD, as in 0.25."), StatusCodes.Status400BadRequest);
            return;
        }

        byte[] body;
        BodyHash print;
        var held = HeldInputs.None;
        try
        {
            if (BodyLease.Of(context) is not null)
            {
                var inputs = RequestInputs.Of(context);
                (body, held) = await inputs.SplitAsync(context.Request, aborted);
                print = BodyHash.Of(RequestInputs.FingerprintOf(body, [.. held.All]));
                if (await hits.TryAnswerAsync(context, print, aborted))
                {
                    return;
                }

                await inputs.FlushAsync(aborted);
            }
            else
            {
                var reader = context.Request.BodyReader;
                var bytes = await RequestBody.WaitAsync(reader, aborted);
                print = BodyHash.Of(bytes);
                if (await hits.TryAnswerAsync(context, print, aborted))
                {
                    reader.AdvanceTo(bytes.End);
                    return;
                }

                body = RequestBody.Unmarked(bytes.ToArray());
                reader.AdvanceTo(bytes.End);
            }
        }
        catch (BadHttpRequestException e)
        {
            await writer.WriteRefusalAsync(context, RequestErrors.Of(time.GetUtcNow(), "$", e.Message), e.StatusCode);
            return;
        }

        var preference = Preference.Read(context.Request.Headers["Prefer"]);
        var admission = await admissions.AdmitAsync(
            new Submission(body, Client.Of(context), key.Length > 0 ? key : null, address.Of(context))
            {
                Held = held,
                MaxCost = maxCost,
                Cache = CacheDirectives.Read(context.Request.Headers.CacheControl),
                Fingerprint = print.ToBytes(),
                Waits = !preference.RespondAsync,
                Caller = new ConnectedCaller(context),
                CallId = context.TraceIdentifier,
            },
            aborted);
        if (admission.Refusal is { } refusal)
        {
            await writer.WriteRefusalAsync(context, refusal, admission.Status, admission.RequestId, admission.SchemaVersion);
            return;
        }

        if (admission.CachedUnder is { } cachedUnder)
        {
            hits.Remember(print, Client.Of(context), cachedUnder, rules);
        }

        if (admission.Running is { } holder && BodyLease.Of(context) is { } lease)
        {
            _ = lease.HoldUntil(holder.WhenHandedOverAsync());
        }

        using var turn = admission.Turn;
        var state = admission.State!;
        if (admission.Replayed)
        {
            context.Response.Headers["Idempotent-Replayed"] = "true";
        }

        if (admission is { Replayed: true, Joined: false })
        {
            // A request with a name of its own asks what became of it, and need not wait.
        }
        else if (!preference.RespondAsync && state.CallbackUrl is null && admission.Running is { } running)
        {
            var left = state.Deadline - time.GetUtcNow();
            state = await generations.WaitAsync(running, preference.Wait < left ? preference.Wait.Value : left, aborted);
        }
        else if (admission.Running is not null)
        {
            context.Response.Headers["Preference-Applied"] = "respond-async";
        }

        await AnswerAsync(context, writer, address, state, time);

        // Not sent yet: the server sends it once this call is over.
        turn?.Answered(uncertain: context.Response.StatusCode == FailureStatus.NotToBeRepeated);
    }

    private static Task AnswerAsync(HttpContext context, ResponseWriter writer, PublicAddress address, GenerationState state, TimeProvider time)
    {
        if (state.Status == GenerationStatus.Processing && time.GetUtcNow() < state.Deadline)
        {
            context.Response.Headers.Location = address.PathTo(context, "/generations/" + Uri.EscapeDataString(state.ShownId));
            context.Response.Headers.RetryAfter = "1";
            return writer.WriteAsync(context, state, StatusCodes.Status202Accepted);
        }

        return writer.WriteAsync(context, state, state switch
        {
            { Status: GenerationStatus.Success } => StatusCodes.Status200OK,
            { Error: { } error } => FailureStatus.Of(state, error),
            _ => FailureStatus.Of(state, Failures.DeadlinePassed(state, time.GetUtcNow())),
        });
    }

    private static async Task<IResult> Get(
        string id, HttpContext context, GenerationService generations, ResponseWriter writer, SchemaVersions versions)
    {
        if (!AskedVersion.TryRead(context.Request, versions, out var version))
        {
            return AskedVersion.Unknown(versions);
        }

        if (await generations.FindAsync(id, Client.Of(context), context.RequestAborted) is not var (state, _))
        {
            return Unknown(id);
        }

        if (state.Status == GenerationStatus.Processing)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await writer.WriteDetailedAsync(context, state, version);
        return Results.Empty;
    }

    private static async Task<IResult> Cancel(
        string id, HttpContext context, GenerationService generations, ResponseWriter writer, SchemaVersions versions, CancellationToken aborted)
    {
        if (!AskedVersion.TryRead(context.Request, versions, out var version))
        {
            return AskedVersion.Unknown(versions);
        }

        if (await generations.FindAsync(id, Client.Of(context), aborted) is not var (state, running))
        {
            return Unknown(id);
        }

        if (running is not null && state.FinishedAt is null)
        {
            state = await generations.CancelAsync(running, aborted);
        }

        await writer.WriteAsync(
            context, state, state.Status == GenerationStatus.Processing ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, version);
        return Results.Empty;
    }

    private static async Task<IResult> List(
        HttpContext context, GenerationArchive generations, GenerationPageWriter writer, GenerationStream stream, SchemaVersions versions)
    {
        if (!AskedVersion.TryRead(context.Request, versions, out var version))
        {
            return AskedVersion.Unknown(versions);
        }

        if (GenerationQuery.Read(context.Request.Query, Client.Of(context), out var search) is { } refusal)
        {
            return refusal;
        }

        if (GenerationStream.IsAskedFor(context.Request))
        {
            return await stream.AnswerAsync(context, search!, withClient: false);
        }

        if (await generations.SearchAsync(search!, context.RequestAborted) is not { } page)
        {
            return GenerationQuery.UnknownCursor();
        }

        await writer.WriteAsync(context, page, version);
        return Results.Empty;
    }

    /// <summary>404.</summary>
    internal static IResult Unknown(string id) => Problems.NotFound($"There is no generation '{Problems.Shown(id)}'.");
}
