using System.Text.RegularExpressions;

namespace Framegate.Proxy.Tests.Isolation;

/// <summary>Every route by every caller: what is the shop's is there for the shop, and not there for anybody else.</summary>
public sealed partial class IsolationTests(IsolationProgram program) : IClassFixture<IsolationProgram>
{
    /// <summary>In this order: what ends something comes last.</summary>
    private static readonly Row[] s_rows =
    [
        // Not behind a key.
        Row.Open("GET,HEAD /health/live", "/health/live"),
        Row.Open("GET,HEAD /health/ready", "/health/ready"),
        new("POST /provider-webhooks/{id}/{token}", _ => "/provider-webhooks/order-1/guessed", 404, 404, 404, 404, 404),

        // What a client has.
        Row.Own("GET,HEAD /generations/{id}", i => $"/generations/{i.Generation}"),
        Row.Own("GET,HEAD /generations/{id}", _ => "/generations/order-1"),
        Row.Own("GET /generations/{id}/events", i => $"/generations/{i.Generation}/events"),
        Row.Own("GET,HEAD /generations/{id}/deliveries", _ => "/generations/order-1/deliveries"),
        Row.Own("POST /generations/{id}/redeliver", _ => "/generations/order-1/redeliver", shop: 202),
        Row.Own("POST /generations/{id}/deliveries/{delivery}/redeliver", i => $"/generations/order-1/deliveries/{i.Delivery}/redeliver", shop: 202),
        Row.Own("GET,HEAD /media/{id}", i => $"/media/{i.Media}"),
        Row.Own("GET,HEAD /v1/videos/{id}", i => $"/v1/videos/{i.Video}"),
        Row.Own("GET,HEAD /v1/videos/{id}/content", i => $"/v1/videos/{i.Video}/content"),
        Row.Own("POST /v1/videos/{id}/remix", i => $"/v1/videos/{i.Video}/remix", shop: 400) with { Body = _ => """{"prompt":"At night"}""" },

        // What it names in an order.
        Row.Own("POST /generations", _ => "/generations", blog: 400) with { Body = i => IsolationProgram.Edit(i.Media) },
        Row.Own("POST /quotes", _ => "/quotes", blog: 400) with { Body = i => IsolationProgram.Edit(i.Media) },
        Row.Own("POST /v1/images/edits", _ => "/v1/images/edits", blog: 400) with
        {
            Body = i => $$$"""{"model":"flux-kontext-pro","prompt":"As a drawing","images":[{"file_id":"{{{i.Media}}}"}]}""",
        },

        // What everybody has, each its own.
        Row.Every("GET,HEAD /generations", "/generations"),
        Row.Every("GET,HEAD /v1/videos", "/v1/videos"),
        Row.Every("POST /v1/images/generations", "/v1/images/generations") with { Body = _ => """{"model":"flux-pro-1.1","prompt":"A red fox"}""" },
        Row.Every("POST /v1/videos", "/v1/videos") with { Body = _ => """{"model":"sora-2","prompt":"A red fox","seconds":"4","size":"1280x720"}""" },
        Row.Every("GET,HEAD /models", "/models"),
        Row.Every("GET,HEAD /providers", "/providers"),
        Row.Every("GET,HEAD /v1/models", "/v1/models"),
        Row.Every("GET,HEAD /v1/models/{**id}", "/v1/models/flux-pro-1.1"),
        Row.Every("GET,HEAD /schemas/{version}/{name}.json", "/schemas/2.0/request.json"),
        Row.Every("ANY /v1/{**rest}", "/v1/chat/completions", 404),

        // Native jobs.
        Row.Own("ANY /flux/{**rest}", i => i.Flux),
        Row.Own("ANY /sora/{**rest}", i => $"/sora/v1/videos/{i.Sora}"),
        Row.Own("ANY /sora/{**rest}", i => $"/sora/v1/videos/{i.Sora}/content"),
        Row.Every("ANY /sora/{**rest}", "/sora/v1/videos"),
        Row.Own("ANY /runway/{**rest}", i => $"/runway/v1/tasks/{i.Runway}"),
        Row.Own("ANY /pika/{**rest}", i => $"/pika/fal-ai/pika/requests/{i.Pika}/status"),
        Row.Own("ANY /veo/{**rest}", i => $"/veo{ShopIds.Vertex}:fetchPredictOperation") with { Method = "POST", Body = i => $$"""{"operationName":"{{i.Veo}}"}""" },
        Row.Own("ANY /veo/v1beta/{**rest}", i => $"/veo/v1beta/{i.Gemini}"),
        Row.Own("ANY /veo/{pin}/v1beta/{**rest}", i => $"/veo/~global/v1beta/{i.Gemini}"),

        // What is the operator's.
        Row.Operator("GET /admin/cache", "/admin/cache"),
        Row.Operator("POST /admin/cache/invalidate", "/admin/cache/invalidate") with { Body = _ => """{"key":"none"}""" },
        Row.Operator("GET /admin/clients", "/admin/clients"),
        Row.Operator("GET /admin/config", "/admin/config"),
        Row.Operator("POST /admin/config/validate", "/admin/config/validate") with { Body = _ => "{}" },
        Row.Operator("GET,HEAD /admin/providers", "/admin/providers"),
        Row.Operator("ANY /admin/{**rest}", "/admin/nothing", 404),
        Row.Operator("ANY /metrics", "/metrics") with { Method = "GET" },

        // It is there for the program itself, under a host that cannot exist.
        new("ANY /", _ => "/", 401, 401, 401, 404, 404),

        // The ends of things.
        Row.Own("ANY /sora/{**rest}", i => $"/sora/v1/videos/{i.Sora}") with { Method = "DELETE" },
        Row.Own("ANY /runway/{**rest}", i => $"/runway/v1/tasks/{i.Runway}", shop: 204) with { Method = "DELETE" },
        Row.Own("DELETE /v1/videos/{id}", i => $"/v1/videos/{i.Video}"),
        Row.Own("DELETE /generations/{id}", i => $"/generations/{i.Generation}"),
    ];

    [Fact]
    public void Routes_EachHasARow() => Assert.Equal(program.Routes, s_rows.Select(r => r.Route).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Routes_ByEveryCaller()
    {
        var wrong = new List<string>();
        var unknown = program.Ids.Unknown();
        foreach (var row in s_rows)
        {
            foreach (var (caller, expected) in row.Callers)
            {
                var (status, text) = await program.CallAsync(caller, row.Method, row.Path(program.Ids), row.Body?.Invoke(program.Ids));
                if (status != expected)
                {
                    wrong.Add($"{row.Method} {row.Path(program.Ids)} by {caller.Name}: {status} in the place of {expected}: {text}");
                }

                if (caller != Caller.Shop && text.Contains(IsolationProgram.Secret, StringComparison.Ordinal))
                {
                    wrong.Add($"{row.Method} {row.Path(program.Ids)} shows {caller.Name} what is the shop's: {text}");
                }

                // Nor can anybody tell that it is there.
                if (caller == Caller.Blog && row.Blog != row.Shop)
                {
                    var other = await program.CallAsync(caller, row.Method, row.Path(unknown), row.Body?.Invoke(unknown));
                    if (Plain(program.Ids, status, text) != Plain(unknown, other.Status, other.Text))
                    {
                        wrong.Add($"{row.Method} {row.Path(program.Ids)} is not answered as if there were nothing: {status} {text}, else {other.Status} {other.Text}");
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Fact]
    public async Task RequestId_OfTwoClients_AreTwoGenerations()
    {
        var shop = await program.ShopAsync("POST", "/generations", IsolationProgram.Image("A fox of one", ""","request_id":"same" """));
        var (status, blog) = await program.CallAsync(Caller.Blog, "POST", "/generations", IsolationProgram.Image("A fox of another", ""","request_id":"same" """));

        Assert.Equal(200, status);
        Assert.Equal("same", shop.GetProperty("request_id").GetString());
        Assert.Contains("\"request_id\":\"same\"", blog, StringComparison.Ordinal);
        Assert.DoesNotContain('~', blog);
        Assert.DoesNotContain(shop.GetProperty("result").GetProperty("media")[0].GetProperty("id").GetString()!, blog, StringComparison.Ordinal);

        // Each is replayed from its own; another body under it is a conflict for its own client only.
        var (again, replayed) = await program.CallAsync(Caller.Blog, "POST", "/generations", IsolationProgram.Image("A fox of another", ""","request_id":"same" """));
        Assert.Equal(200, again);
        Assert.Contains("Idempotent-Replayed: true", replayed, StringComparison.Ordinal);
        var (conflict, refusal) = await program.CallAsync(Caller.Blog, "POST", "/generations", IsolationProgram.Image("A fox of one", ""","request_id":"same" """));
        Assert.Equal(409, conflict);
        Assert.Contains("\"request_id\":\"same\"", refusal, StringComparison.Ordinal);

        // A page begins where the one before has ended, by the id that its client knows.
        var (listed, page) = await program.CallAsync(Caller.Blog, "GET", "/generations?cursor=same");
        Assert.Equal(200, listed);
        Assert.DoesNotContain("\"request_id\":\"same\"", page, StringComparison.Ordinal);
        Assert.Equal(200, (await program.CallAsync(Caller.Blog, "DELETE", "/generations/same")).Status);
        Assert.Equal(200, (await program.CallAsync(Caller.Shop, "GET", "/generations/same")).Status);
    }

    [Fact]
    public async Task Providers_AreShownToClientsWithoutKeysAndAccounts()
    {
        var (_, seen) = await program.CallAsync(Caller.Shop, "GET", "/providers");
        var (_, all) = await program.CallAsync(Caller.Admin, "GET", "/admin/providers");

        foreach (var name in new[] { "key_variables", "open_jobs", "concurrent_requests", "BFL_API_KEY" })
        {
            Assert.DoesNotContain(name, seen, StringComparison.Ordinal);
            Assert.Contains(name, all, StringComparison.Ordinal);
        }
    }

    private static string Plain(ShopIds ids, int status, string text) => $"{status} {Moments().Replace(ids.Without(text), "")}";

    [GeneratedRegex("""(Date: [^\r\n]*|[Rr]equest-I[Dd]: \S*|"timestamp": ?"[^"]*"|"processing_time_ms": ?\d+)""")]
    private static partial Regex Moments();

    /// <summary>A route, a call of it, and the status for each caller.</summary>
    private sealed record Row(string Route, Func<ShopIds, string> Path, int Nobody, int Stranger, int Operating, int Blog, int Shop)
    {
        public string Method { get; init; } = Route.Split(' ')[0].Split(',')[0] is var m && m == "ANY" ? "GET" : Route.Split(' ')[0].Split(',')[0];

        public Func<ShopIds, string>? Body { get; init; }

        /// <summary>The shop last: it may end things.</summary>
        public (Caller Caller, int Expected)[] Callers =>
            [(Caller.Nobody, Nobody), (Caller.Stranger, Stranger), (Caller.Admin, Operating), (Caller.Blog, Blog), (Caller.Shop, Shop)];

        public static Row Open(string route, string path) => new(route, _ => path, 200, 200, 200, 200, 200);

        public static Row Own(string route, Func<ShopIds, string> path, int blog = 404, int shop = 200) => new(route, path, 401, 401, 401, blog, shop);

        public static Row Every(string route, string path, int status = 200) => new(route, _ => path, 401, 401, 401, status, status);

        public static Row Operator(string route, string path, int status = 200) => new(route, _ => path, 401, 401, status, 403, 403);
    }
}
