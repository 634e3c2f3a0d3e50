using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>What the tools do: the same generations as everywhere, of the client whose key the agent has.</summary>
internal sealed class McpCalls(
    GenerationAdmission admissions, GenerationService generations, GenerationView views, PublicAddress address, ProviderTable providers, ModelCatalogue catalogue, AliasTable aliases, RequestRouter router, CandidatePicker picker,
    HealthRegistry health, InputReader inputs, ClientKeys clients, IBudgetLedger budgets, SchemaVersions versions, MediaStore media,
    ClientRates rates, IOptionsMonitor<JobsOptions> jobs, IOptions<OpenAiOptions> dialect, ILogger<McpCalls> logger, TimeProvider time)
{
    /// <summary>How the addresses of results begin that resources/read takes.</summary>
    public const string Scheme = "framegate://media/";

    private const int LongestWait = 55;
    private const long LargestPreview = 192 * 1024;
    private static readonly TimeSpan s_report = TimeSpan.FromSeconds(2);
    private static readonly AsyncLocal<HttpContext?> s_context = new();

    /// <summary>The call that a tool runs in.</summary>
    public static HttpContext Context => s_context.Value ?? throw new InvalidOperationException("Tools run within a call only.");

    /// <summary>Notes the call, for the tools that run in it.</summary>
    public static void Enter(HttpContext context) => s_context.Value = context;

    /// <summary>Begins a generation, and waits for it a while.</summary>
    public async Task<CallToolResult> GenerateAsync(
        MediaType type, string prompt, string model, JsonObject parameters, decimal? maxCost, int waitSeconds, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        var context = Context;
        if (await rates.CountAsync(Client.Of(context)) is { IsAllowed: false } often)
        {
            return Refused(TextOf(RequestErrors.TooOften(time.GetUtcNow(), often.Setting, often.Limit, often.Wait)));
        }

        var (order, held) = (BodyOf(type.ToString(), prompt, model, parameters), RequestInputs.HeldBy(context));
        var asked = Utf8Of(order);

        // An agent comes back for what takes long, as users of that dialect do.
        order["timeout"] = (int)(type == MediaType.Video ? dialect.Value.VideoTimeout : dialect.Value.ImageTimeout).TotalSeconds;
        var admission = await admissions.AdmitAsync(
            new Submission(Utf8Of(order), Client.Of(context), null, address.Of(context))
            {
                Held = held,
                MaxCost = maxCost,
                Fingerprint = RequestInputs.FingerprintOf(asked, [.. held.All]),
                Caller = new ConnectedCaller(context),
                CallId = context.TraceIdentifier,

                // An agent that asks for the same again wants another one, as users of that dialect do.
                Dialect = Dialect.OpenAi,
            },
            cancellationToken);
        using var turn = admission.Turn;
        if (admission.Refusal is { } refusal)
        {
            return Refused(TextOf(refusal));
        }

        var state = admission.Running is { } running ? await WaitAsync(running, waitSeconds, progress, cancellationToken) : admission.State!;
        var result = await ResultAsync(state, cancellationToken);
        turn?.Answered(uncertain: state.Status == GenerationStatus.Failed && FailureStatus.HasBegun(state));
        return result;
    }

    /// <summary>A generation as it stands, or stands after a while.</summary>
    public async Task<CallToolResult> FindAsync(string id, int waitSeconds, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken) =>
        await generations.FindAsync(id, Client.Of(Context), cancellationToken) is not var (state, running) ? NoGeneration(id)
        : await ResultAsync(running is null ? state : await WaitAsync(running, waitSeconds, progress, cancellationToken), cancellationToken);

    /// <summary>Ends a generation.</summary>
    public async Task<CallToolResult> CancelAsync(string id, CancellationToken cancellationToken) =>
        await generations.FindAsync(id, Client.Of(Context), cancellationToken) is not var (state, running) ? NoGeneration(id)
        : await EndedAsync(running is null ? state : await generations.CancelAsync(running, cancellationToken), cancellationToken);

    /// <summary>A generation as a task of the protocol.</summary>
    /// <returns>Null when this client has none of that id.</returns>
    public async Task<McpStandingTask?> TaskAsync(string id, CancellationToken cancellationToken)
    {
        if (await generations.FindAsync(id, Client.Of(Context), cancellationToken) is not var (state, _))
        {
            return null;
        }

        var standing = state.ClientCancelled ? McpStanding.Cancelled : state.Status == GenerationStatus.Processing ? McpStanding.Working : state.CancelRequested && state.Status == GenerationStatus.Failed ? McpStanding.Cancelled : McpStanding.Ended;
        return new McpStandingTask(
            state, state.ShownId, standing, WordOf(state.Phase), state.CreatedAt.ToString("O", CultureInfo.InvariantCulture), (state.FinishedAt ?? time.GetUtcNow()).ToString("O", CultureInfo.InvariantCulture),
            (long)jobs.CurrentValue.Retention.TotalMilliseconds);
    }

    /// <summary>Where a request would go, and for how much.</summary>
    public async Task<CallToolResult> QuoteAsync(string mediaType, string prompt, string model, JsonObject parameters, CancellationToken cancellationToken)
    {
        var reading = versions.Read(Utf8Of(BodyOf(mediaType, prompt, model, parameters)), RequestInputs.HeldBy(Context));
        if (reading.Request is not { } request)
        {
            return Refused(TextOf(reading.Errors));
        }

        if (await inputs.RefusalAsync(request.Parameters, clients.Required ? Client.Of(Context) : null, cancellationToken) is var (field, reason))
        {
            return Refused($"{McpArguments.NameOf(field)}: {reason}");
        }

        var client = Client.Of(Context);
        var terms = new SpendingTerms(client, clients.SettingsOf(client)) { Budget = budgets.LeastOf(client) };
        using var read = new ReadInputs();
        var plan = await router.PlanAsync(request, terms, hold: false, read, cancellationToken);
        return plan.All.Count == 0 ? Refused(TextOf(plan.Refusal!)) : Answer(QuoteEndpoints.View(plan, picker, health), McpJson.Default.QuoteAnswer, []);
    }

    /// <summary>The models and aliases that live.</summary>
    public CallToolResult Models(string? mediaType, string? capability)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var settings = clients.SettingsOf(Client.Of(Context));
        List<McpModel> all = [.. providers.Names.SelectMany(p => catalogue.ModelsOf(p).Where(m => !(m.Retired <= today) && settings.MayUse(null, p, m.Id)).Select(m => Show(p, m)))];
        if (mediaType is not null && !Enum.GetNames<MediaType>().Contains(mediaType, StringComparer.OrdinalIgnoreCase))
        {
            return Refused($"mediaType: There is no such kind. Allowed: {string.Join(", ", Enum.GetValues<MediaType>().Select(WordOf))}.");
        }

        if (capability is not null && !all.Exists(m => m.Capabilities.Contains(capability, StringComparer.OrdinalIgnoreCase)))
        {
            return Refused($"capability: No model has it. Allowed: {string.Join(", ", all.SelectMany(static m => m.Capabilities).Distinct().Order(StringComparer.Ordinal))}.");
        }

        var models = all.Where(m => (mediaType is null || mediaType.Equals(m.MediaType, StringComparison.OrdinalIgnoreCase)) && (capability is null || m.Capabilities.Contains(capability, StringComparer.OrdinalIgnoreCase)));
        var named = mediaType is null && capability is null
            ? aliases.Configured.Where(a => a.Candidates.Any(c => settings.MayUse(a.Name, c.Provider, c.Model))).Select(a => new McpModel(a.Name, null, []) { LeadsTo = [.. a.Candidates.OrderBy(c => c.Priority).Select(c => $"{c.Provider}/{c.Model}")] })
            : [];
        return Answer(new McpModels([.. named, .. models]), McpJson.Default.McpModels, []);
    }

    /// <summary>What cannot be done, and why.</summary>
    public static CallToolResult Refused(string reason) => new() { IsError = true, Content = [new TextContentBlock { Text = reason }] };

    private static CallToolResult NoGeneration(string id) => Refused($"There is no generation '{Problems.Shown(id)}'.");

    private static McpModel Show(string provider, ModelInfo model) => new($"{provider}/{model.Id}", WordOf(model.MediaType), model.Capabilities)
    {
        PricePerResult = model.Price?.PerResult,
        PricePerSecond = model.Price?.PerSecond,
    };

    private static string WordOf(MediaType type) => type.ToString().ToLowerInvariant();

    private JsonObject BodyOf(string mediaType, string prompt, string model, JsonObject parameters)
    {
        var name = ModelName.Read(model, providers, catalogue, aliases);
        McpArguments.NameResults(parameters, address.Of(Context));
        return new JsonObject
        {
            ["provider"] = name.Provider, ["model"] = name.Model, ["media_type"] = mediaType.ToLowerInvariant(), ["prompt"] = prompt, ["parameters"] = parameters,
        };
    }

    private static byte[] Utf8Of(JsonObject body) => System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());

    private async Task<GenerationState> WaitAsync(Generation running, int seconds, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestWait));
        var shown = 0.0;
        while (true)
        {
            var left = until - time.GetUtcNow();
            var state = await generations.WaitAsync(running, left < s_report ? left : s_report, cancellationToken);
            if (state.Status != GenerationStatus.Processing || time.GetUtcNow() >= until || cancellationToken.IsCancellationRequested)
            {
                return state;
            }

            // Progress must grow each time: providers that report none must not look stuck to a client that counts on it.
            shown = Math.Max(state.Progress ?? 0, shown + ((1 - shown) / 50));
            progress.Report(new ProgressNotificationValue { Progress = (float)shown, Total = 1, Message = WordOf(state.Phase) });
        }
    }

    private static string WordOf(GenerationPhase phase) => phase.ToString().ToLowerInvariant();

    /// <summary>A generation as the answer of a tool.</summary>
    public async Task<CallToolResult> ResultAsync(GenerationState state, CancellationToken cancellationToken)
    {
        var view = views.Of(state, address.Of(Context));
        var items = view.Result?.Media ?? [];
        var generation = new McpGeneration(
            state.ShownId,
            view.Status switch { GenerationStatus.Success => "success", GenerationStatus.Failed => "failed", _ => "processing" },
            state.Provider,
            state.Model,
            [.. items.Select(m => new McpMediaItem(m.Id, m.Url, Scheme + m.Id, m.ContentType, m.Bytes, m.Width, m.Height, m.Duration))],
            state.Warnings)
        {
            Progress = view.Metadata.Progress,
            Cost = view.Cost,
            Text = view.Result?.Text,
            Error = view.Error is { } error ? new McpFailure(error.Code.ToWireName(), error.Message, error.Retryable) : null,
        };
        List<ContentBlock> more = [];
        foreach (var item in items)
        {
            more.Add(new ResourceLinkBlock { Uri = Scheme + item.Id, Name = item.Id, MimeType = item.ContentType, Size = item.Bytes });
            if (item.ContentType is "image/png" or "image/jpeg" or "image/webp" && item.Bytes <= LargestPreview && await PreviewAsync(item, cancellationToken) is { } preview)
            {
                more.Add(preview);
            }
        }

        var result = Answer(generation, McpJson.Default.McpGeneration, more);
        result.IsError = generation.Error is not null;
        return result;
    }

    /// <summary>A small image itself. It is a help and no part of the result. A generation that is done and paid for is reported as such, also where its file cannot be had now.</summary>
    private async Task<ImageContentBlock?> PreviewAsync(MediaItem item, CancellationToken cancellationToken)
    {
        try
        {
            return await media.IsWholeAsync(item.Id, item.Bytes, item.Sha256, cancellationToken)
                ? ImageContentBlock.FromBytes(await File.ReadAllBytesAsync(media.PathOf(item.Id), cancellationToken), item.ContentType)
                : null;
        }
        catch (IOException e)
        {
            // The bucket is away, or the file here has made room for another between the look and the reading.
            if (e is BucketAwayException)
            {
                Log.BucketAway(logger, e.Message);
            }

            return null;
        }
    }

    /// <summary>One that was ended as it was asked is no error of the call.</summary>
    private async Task<CallToolResult> EndedAsync(GenerationState state, CancellationToken cancellationToken)
    {
        var result = await ResultAsync(state, cancellationToken);
        result.IsError = result.IsError == true && !(state.ClientCancelled || state.CancelRequested);
        return result;
    }

    private static CallToolResult Answer<T>(T value, JsonTypeInfo<T> type, IReadOnlyList<ContentBlock> more) => new()
    {
        StructuredContent = JsonSerializer.SerializeToElement(value, type),
        Content = [new TextContentBlock { Text = JsonSerializer.Serialize(value, type) }, .. more],
    };

    private static string TextOf(GenerationError error) => error.Details?.Fields is { Count: > 0 } fields ? TextOf(fields) : error.Message;

    private static string TextOf(IEnumerable<FieldError> fields) => string.Join(
        ' ', fields.Select(f => $"{McpArguments.NameOf(f.Field)}: {f.Message}{(f.Allowed is { Count: > 0 } allowed ? $" Allowed: {string.Join(", ", allowed)}." : "")}"));
}
