using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Selection.Budgets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Framegate.Proxy.Edge.Admin;

/// <summary>
/// <c>/admin/clients</c>: lists the clients, and makes, changes, rotates and revokes those that are not in the configuration. A key is shown once, in the
/// answer that makes it.
/// </summary>
internal static class ClientEndpoints
{
    private const string Shape = "It must be a JSON object like { \"name\": \"shop\", \"requests_per_minute\": 60, \"budget\": { \"per_day\": 5 } }.";
    private const int Deepest = 8;
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(365);

    /// <summary>Maps them.</summary>
    public static void MapClients(this RouteGroupBuilder admin)
    {
        admin.MapMethods("/clients", ReadRoutes.Methods, List);
        admin.MapMethods("/clients/{name}", ReadRoutes.Methods, Get);
        admin.MapPost("/clients", Create);
        admin.MapPatch("/clients/{name}", Update);
        admin.MapPost("/clients/{name}/rotate", Rotate);
        admin.MapDelete("/clients/{name}", Revoke);
    }

    private static async Task<IResult> List(ClientKeys keys, IClientStore store, IBudgetLedger budgets, CancellationToken aborted)
    {
        var stored = (await store.ListAsync(aborted)).ToDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        var names = keys.Names.Concat(stored.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal);
        return TypedResults.Json(
            new Listing<ClientView>([.. names.Select(n => View(n, keys.Configured(n) is null ? stored.GetValueOrDefault(n) : null, keys, budgets))]), AdminJson.Default.ListingClientView);
    }

    private static async Task<IResult> Get(string name, ClientKeys keys, ClientRegistry registry, IBudgetLedger budgets, CancellationToken aborted)
    {
        var record = await registry.FindAsync(name, aborted);
        return record is null && !keys.Names.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? Unknown(name)
            : TypedResults.Json(View(record?.Name ?? name, record, keys, budgets), AdminJson.Default.ClientView);
    }

    private static async Task<IResult> Create(HttpContext context, ClientRegistry registry, ClientKeys keys, IBudgetLedger budgets, TimeProvider time, CancellationToken aborted)
    {
        var (body, refusal) = await ReadAsync(context, aborted);
        if (body is null)
        {
            return refusal!;
        }

        if (!TryText(body, "name", out var name) || name is null || !ClientsOptionsRules.IsName(name))
        {
            return Bad("name: It must be 1 to 64 letters, digits, '.', '_' or '-'.");
        }

        var (settings, why) = SettingsOf(body, time.GetUtcNow());
        return settings is null
            ? Bad(why!)
            : Answer(await registry.CreateAsync(name, settings, aborted), name, StatusCodes.Status201Created, keys, budgets);
    }

    private static async Task<IResult> Update(
        string name, HttpContext context, ClientRegistry registry, ClientKeys keys, IBudgetLedger budgets, TimeProvider time, CancellationToken aborted)
    {
        var (body, refusal) = await ReadAsync(context, aborted);
        if (body is null)
        {
            return refusal!;
        }

        // Within the change: what somebody else has changed meanwhile stays changed.
        string? why = null;
        var outcome = await registry.UpdateAsync(
            name,
            now =>
            {
                var (settings, whyNot) = SettingsOf(Merged(now, body), time.GetUtcNow());
                why = whyNot;
                return settings;
            },
            aborted);
        return why is null ? Answer(outcome, name, StatusCodes.Status200OK, keys, budgets) : Bad(why);
    }

    /// <summary>Settings with changes: what is not named stays, and null takes a setting away.</summary>
    private static JsonObject Merged(ClientSettings settings, JsonObject changes)
    {
        var merged = JsonSerializer.SerializeToNode(settings, AdminJson.Default.ClientSettings)!.AsObject();
        foreach (var (member, value) in changes)
        {
            merged[member] = value?.DeepClone();
        }

        if (changes.ContainsKey("expires_in"))
        {
            merged.Remove("expires");
        }

        return merged;
    }

    private static async Task<IResult> Rotate(string name, HttpContext context, ClientRegistry registry, ClientKeys keys, IBudgetLedger budgets, CancellationToken aborted)
    {
        var (body, refusal) = context.Request.ContentLength is 0 || (context.Request.ContentLength is null && context.Request.Headers.TransferEncoding.Count == 0)
            ? ([], null)
            : await ReadAsync(context, aborted);
        if (body is null)
        {
            return refusal!;
        }

        if (!TryText(body, "keep_old_for", out var text) || !Lifetime.TryParse(text ?? "24h", out var keepFor) || keepFor > LongestOverlap || body.Any(m => m.Key != "keep_old_for"))
        {
            return Bad("keep_old_for: It must be a time like 0s, 24h or 7d, 365d at most; there is no other member.");
        }

        return Answer(await registry.RotateAsync(name, keepFor, aborted), name, StatusCodes.Status200OK, keys, budgets);
    }

    private static async Task<IResult> Revoke(string name, ClientRegistry registry, ClientKeys keys, IBudgetLedger budgets, CancellationToken aborted) =>
        await registry.RevokeAsync(name, aborted) is { Client: null } refused ? Answer(refused, name, 0, keys, budgets) : TypedResults.NoContent();

    private static IResult Answer(ClientChange change, string name, int status, ClientKeys keys, IBudgetLedger budgets) => change switch
    {
        { Client: { } client } => TypedResults.Json(View(client.Name, client, keys, budgets) with { Key = change.Key }, AdminJson.Default.ClientView, statusCode: status),
        { WhyNot: { } why } => TypedResults.Problem(why, statusCode: StatusCodes.Status409Conflict, title: "Conflict"),
        _ => Unknown(name),
    };

    private static async Task<(JsonObject? Body, IResult? Refusal)> ReadAsync(HttpContext context, CancellationToken aborted)
    {
        try
        {
            var bytes = await RequestBody.ReadAsync(context.Request, aborted);
            CheckTexts(bytes);
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = Deepest, AllowDuplicateProperties = false }) is JsonObject body
                ? (body, null)
                : (null, Bad(Shape));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, Bad(Shape));
        }
        catch (BadHttpRequestException e)
        {
            return (null, TypedResults.Problem(e.Message, statusCode: e.StatusCode, title: "Bad request"));
        }
    }

    /// <summary>Each text is Unicode: half a surrogate pair is seen only by whoever reads it.</summary>
    /// <exception cref="InvalidOperationException">One is not.</exception>
    private static void CheckTexts(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deepest });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                _ = reader.GetString();
            }
        }
    }

    private static bool TryText(JsonObject body, string member, out string? text)
    {
        text = null;
        return !body.TryGetPropertyValue(member, out var value) || value is null || (value is JsonValue single && single.TryGetValue(out text));
    }

    private static (ClientSettings? Settings, string? WhyNot) SettingsOf(JsonObject body, DateTimeOffset now)
    {
        if (!TryText(body, "expires_in", out var expiresIn) || (expiresIn is not null && !Lifetime.TryParse(expiresIn, out _)))
        {
            return (null, "expires_in: It must be a time like 90d, 12h or 30m.");
        }

        try
        {
            foreach (var member in new[] { "name", "expires_in" })
            {
                body.Remove(member);
            }

            var settings = body.Deserialize(AdminJson.Default.ClientSettings)!;
            if (expiresIn is not null && Lifetime.TryParse(expiresIn, out var lifetime))
            {
                settings.Expires = now + lifetime;
            }

            return ClientSettingsRules.Check(settings).FirstOrDefault() is { Setting: { } setting, Reason: var reason }
                ? (null, $"{string.Join('.', setting.Split(':').Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}: {reason}")
                : (settings, null);
        }
        catch (JsonException e)
        {
            return (null, $"{(e.Path is { Length: > 2 } path ? Problems.Shown(path[2..]) : "$")}: It is no setting of a client, or not of its kind. {Shape}");
        }
    }

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");

    private static IResult Unknown(string name) => Problems.NotFound($"There is no client '{Problems.Shown(name)}'.");

    private static ClientView View(string name, ClientRecord? record, ClientKeys keys, IBudgetLedger budgets)
    {
        var settings = record?.Settings ?? keys.SettingsOf(name);
        var spent = budgets.Of(name);
        return new ClientView(name, record is null ? "config" : "store", settings.Enabled)
        {
            Created = record?.Created,
            Revoked = record?.Revoked,
            Expires = settings.Expires,
            Keys = record is null ? null : [.. record.Keys.Select(k => new ClientKeyView(k.Id, k.Created, k.Expires))],
            Models = settings.Models,
            Providers = settings.Providers,
            RequestsPerMinute = settings.RequestsPerMinute,
            ConcurrentJobs = settings.ConcurrentJobs,
            ModelLimits = settings.ModelLimits,
            Budget = settings.Budget,
            MaxCostPerRequest = settings.MaxCostPerRequest,
            AllowUnpriced = settings.AllowUnpriced,
            DeniedPhrases = settings.DeniedPhrases,
            MaxPromptLength = settings.MaxPromptLength,
            Prompts = settings.Prompts,
            CacheScope = settings.CacheScope,
            Tags = settings.Tags,
            Spent = new SpentView(spent.Today, spent.Month, spent.Total),
        };
    }
}
