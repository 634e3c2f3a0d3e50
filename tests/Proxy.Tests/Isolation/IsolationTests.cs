using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Framegate.Proxy.Common.Telemetry;

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

        new("GET,HEAD /whoami", _ => "/whoami", 401, 401, 200, 200, 200),

        // What a client has.
        Row.Own("GET,HEAD /generations/{id}", i => $"/generations/{i.Generation}"),
        Row.Own("GET,HEAD /generations/{id}", _ => "/generations/order-1"),
        Row.Own("GET,HEAD /generations/{id}/events", i => $"/generations/{i.Generation}/events"),
        Row.Own("GET,HEAD /generations/{id}/deliveries", _ => "/generations/order-1/deliveries"),
        Row.Own("POST /generations/{id}/redeliver", _ => "/generations/order-1/redeliver", shop: 202),
        Row.Own("POST /generations/{id}/deliveries/{delivery}/redeliver", i => $"/generations/order-1/deliveries/{i.Delivery}/redeliver", shop: 202),
        Row.Own("GET,HEAD /media/{id}", i => $"/media/{i.Media}"),
        Row.Own("GET,HEAD /media/{id}", i => $"/media/{i.Media}?variant=link"),
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
        Row.Own("POST /proxy/openai/images/edits", _ => "/proxy/openai/images/edits", blog: 400) with
        {
            Body = i => $$$"""{"model":"flux-kontext-pro","prompt":"As a drawing","images":[{"file_id":"{{{i.Media}}}"}]}""",
        },

        // What everybody has, each its own.
        Row.Every("POST /media", "/media", 415) with { Body = _ => "no media" },
        Row.Every("GET,HEAD /generations", "/generations"),
        Row.Every("GET,HEAD /v1/videos", "/v1/videos"),
        Row.Every("POST /v1/images/generations", "/v1/images/generations") with { Body = _ => """{"model":"flux-pro-1.1","prompt":"A red fox"}""" },
        Row.Every("POST /proxy/openai/images/generations", "/proxy/openai/images/generations") with { Body = _ => """{"model":"flux-pro-1.1","prompt":"A red fox"}""" },
        Row.Every("POST /v1/responses", "/v1/responses") with { Body = _ => """{"model":"flux-pro-1.1","input":"A red fox","tools":[{"type":"image_generation"}]}""" },
        Row.Every("POST /proxy/openai/v1/responses", "/proxy/openai/v1/responses") with { Body = _ => """{"model":"flux-pro-1.1","input":"A red fox","tools":[{"type":"image_generation"}]}""" },
        Row.Own("GET,HEAD /proxy/openai/v1/responses/{id}", i => $"/proxy/openai/v1/responses/{i.Response}"),
        Row.Every("POST /v1/chat/completions", "/v1/chat/completions") with { Body = _ => """{"model":"flux-pro-1.1","messages":[{"role":"user","content":"A red fox"}]}""" },
        Row.Own("GET,HEAD /v1/responses/{id}", i => $"/v1/responses/{i.Response}"),
        Row.Own("GET,HEAD /v1/responses/{id}", i => $"/v1/responses/{i.Response}?stream=true"),
        Row.Own("POST /v1/responses/{id}/cancel", i => $"/v1/responses/{i.Response}/cancel"),
        Row.Own("GET,HEAD /v1/images/generations/{id}", i => $"/v1/images/generations/{i.Generation}"),
        Row.Own("DELETE /v1/images/generations/{id}", i => $"/v1/images/generations/{i.Generation}"),
        Row.Own("POST /v1/videos/edits", _ => "/v1/videos/edits", shop: 400) with { Body = i => $$"""{"prompt":"At night","video":{"id":"{{i.Video}}"} }""" },
        Row.Own("POST /v1/videos/extensions", _ => "/v1/videos/extensions", shop: 400) with { Body = i => $$"""{"prompt":"At night","seconds":"7","video":{"id":"{{i.Video}}"} }""" },
        Row.Every("POST /mcp", "/mcp", 406) with { Body = _ => """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""" },
        Row.Every("POST /v1/audio/speech", "/v1/audio/speech", 404) with { Body = _ => """{"model":"no-such-model","input":"Hello"}""" },
        Row.Every("POST /v1/videos", "/v1/videos") with { Body = _ => """{"model":"sora-2","prompt":"A red fox","seconds":"4","size":"1280x720"}""" },
        Row.Every("GET,HEAD /models", "/models"),
        Row.Every("GET,HEAD /spend", "/spend"),
        Row.Every("GET,HEAD /providers", "/providers"),
        Row.Every("GET,HEAD /v1/models", "/v1/models"),
        Row.Every("GET,HEAD /v1/models/{**id}", "/v1/models/flux-pro-1.1"),
        Row.Open("GET,HEAD /schemas/{version}/{name}.json", "/schemas/2.0/request.json"),
        Row.Every("ANY /v1/{**rest}", "/v1/embeddings", 404),

        // Native jobs.
        Row.Own("ANY /flux/{**rest}", i => i.Flux),
        Row.Own("ANY /sora/{**rest}", i => $"/sora/v1/videos/{i.Sora}"),
        Row.Own("ANY /sora/{**rest}", i => $"/sora/v1/videos/{i.Sora}/content"),
        Row.Every("ANY /sora/{**rest}", "/sora/v1/videos"),
        Row.Own("ANY /sora/{**rest}", _ => "/sora/v1/videos", shop: 400) with { Method = "POST", Body = i => $$"""{"prompt":"x","model":"sora-2","characters":[{"id":"{{i.Sora}}"}]}""" },
        Row.Own("ANY /sora/{**rest}", _ => "/sora/v1/videos") with { Method = "POST", Body = i => $$"""{"prompt":"x","model":"sora-2","input_reference":{"file_id":"{{i.Sora}}"} }""" },
        Row.Own("ANY /runway/{**rest}", i => $"/runway/v1/tasks/{i.Runway}"),
        Row.Own("ANY /pika/{**rest}", i => $"/pika/fal-ai/pika/requests/{i.Pika}/status"),
        Row.Own("ANY /veo/{**rest}", i => $"/veo{ShopIds.Vertex}:fetchPredictOperation") with { Method = "POST", Body = i => $$"""{"operationName":"{{i.Veo}}"}""" },
        Row.Own("ANY /veo/v1beta/{**rest}", i => $"/veo/v1beta/{i.Gemini}"),
        Row.Own("ANY /veo/{pin}/v1beta/{**rest}", i => $"/veo/~global/v1beta/{i.Gemini}"),

        Row.Own("ANY /veo/v1beta/{**rest}", i => $"/veo/v1beta/files/{i.File}:download"),
        Row.Own("ANY /veo/v1beta/{**rest}", i => $"/veo/v1beta/files/{i.File}"),

        .. DeclaredJob.All.Select(j => Row.Own(j.Route, i => j.Path(i.Declared[j]), shop: j.Status) with { Method = j.Method, Body = i => j.BodyFor(i.Declared[j]) }),
        Row.Every("ANY /pika-dev/{**rest}", "/pika-dev/v1/media/jobs/nobodys", 404),

        // Its answers hold their results, so that there are no jobs.
        Row.Every("ANY /recraft/{**rest}", "/recraft/v1/models"),

        // What is the operator's.
        Row.Operator("GET,HEAD /admin/cache", "/admin/cache"),
        Row.Operator("POST /admin/cache/invalidate", "/admin/cache/invalidate") with { Body = _ => """{"key":"none"}""" },
        Row.Operator("GET,HEAD /admin/clients", "/admin/clients"),
        Row.Operator("GET,HEAD /admin/clients/{name}", "/admin/clients/shop"),
        Row.Operator("POST /admin/clients", "/admin/clients", 400) with { Body = _ => """{"name":"no name"}""" },
        Row.Operator("PATCH /admin/clients/{name}", "/admin/clients/nobody", 404) with { Body = _ => "{}" },
        Row.Operator("POST /admin/clients/{name}/rotate", "/admin/clients/nobody/rotate", 404),
        Row.Operator("DELETE /admin/clients/{name}", "/admin/clients/nobody", 404),
        Row.Operator("GET,HEAD /admin/config", "/admin/config"),
        Row.Operator("POST /admin/config/validate", "/admin/config/validate") with { Body = _ => "{}" },
        Row.Operator("GET,HEAD /admin/providers", "/admin/providers"),
        Row.Operator("POST /admin/providers/{provider}/{destination}/drain", "/admin/providers/pika/none/drain", 404),
        Row.Operator("POST /admin/providers/{provider}/{destination}/resume", "/admin/providers/pika/none/resume", 404),
        Row.Operator("GET,HEAD /admin/spend", "/admin/spend"),
        Row.Operator("GET,HEAD /admin/replicas", "/admin/replicas"),
        Row.Operator("GET,HEAD /admin/generations", "/admin/generations?limit=1&q=nothing-of-anybody"),
        new("GET,HEAD /admin/generations/{id}", i => $"/admin/generations/{i.Generation}", 401, 401, 200, 403, 403) { IsOverseen = true },
        new("GET,HEAD /admin/generations/{id}/deliveries", _ => "/admin/generations/order-1~shop/deliveries", 401, 401, 200, 403, 403),
        new("GET,HEAD /admin/media/{id}", i => $"/admin/media/{i.Media}", 401, 401, 200, 403, 403) { IsOverseen = true },
        Row.Operator("ANY /admin/{**rest}", "/admin/nothing", 404),
        Row.Operator("GET,HEAD /metrics", "/metrics") with { IsScraped = true },

        // It is there for the program itself, under a host that cannot exist.
        new("ANY /", _ => "/", 401, 401, 401, 404, 404),

        // The ends of things.
        Row.Own("ANY /sora/{**rest}", i => $"/sora/v1/videos/{i.Sora}") with { Method = "DELETE" },
        Row.Own("ANY /runway/{**rest}", i => $"/runway/v1/tasks/{i.Runway}", shop: 204) with { Method = "DELETE" },
        Row.Own("DELETE /v1/videos/{id}", i => $"/v1/videos/{i.Video}"),
        Row.Own("DELETE /v1/responses/{id}", i => $"/v1/responses/{i.Response}"),
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

                if (caller != Caller.Shop && !(row.IsOverseen && caller == Caller.Admin) && text.Contains(IsolationProgram.Secret, StringComparison.Ordinal))
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
    public async Task Metrics_AllStandInTheDocument_AndNoOthers()
    {
        // An instrument that nothing was measured with yet is not on the page, but it is there.
        var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == FramegateMetrics.MeterName)
                {
                    var unit = instrument.Unit switch { null => "", "s" => "_seconds", "By" => "_bytes", var other => "?" + other };
                    var isCounter = instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal);
                    names[instrument.Name.Replace('.', '_') + unit + (isCounter ? "_total" : "")] = instrument.Description ?? "";
                }
            };
            listener.Start();
        }

        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "metrics.md"));
        var rows = MetricRow().Matches(text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        Assert.Equal(names, new SortedDictionary<string, string>(rows, StringComparer.Ordinal));
        Assert.DoesNotContain("", names.Values);

        var (_, page) = await program.CallAsync(Caller.Admin, "GET", "/metrics");
        Assert.Contains("framegate_failures_total{otel_scope_name=\"Framegate\",code=\"TIMEOUT\",provider=\"pika\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("framegate_client_generations_total{otel_scope_name=\"Framegate\",client=\"blog\",outcome=\"failed\"}", page, StringComparison.Ordinal);
        Assert.Contains("framegate_jobs_open{otel_scope_name=\"Framegate\",provider=\"pika\"} 0\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoami_SaysWhoseTheKeyIsAndWhatItOpens()
    {
        Assert.Contains("""{"client":"shop","admin":false,"keys_required":true,"sandbox":true,""", (await program.CallAsync(Caller.Shop, "GET", "/whoami")).Text, StringComparison.Ordinal);
        Assert.Contains("""{"client":null,"admin":true,"keys_required":true,"sandbox":true,""", (await program.CallAsync(Caller.Admin, "GET", "/whoami")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uploads_AreTheirClientsAlone()
    {
        var made = (await program.ShopAsync("GET", $"/generations/{program.Ids.Generation}")).GetProperty("result").GetProperty("media")[0].GetProperty("id").GetString()!;
        var media = await program.UploadAsync(Caller.Shop, await program.BytesAsync(Caller.Shop, $"/media/{made}"));
        var id = media.GetProperty("id").GetString()!;

        Assert.Equal("image/png", media.GetProperty("content_type").GetString());
        Assert.Equal(200, (await program.CallAsync(Caller.Shop, "POST", "/generations", IsolationProgram.Edit(id))).Status);
        Assert.Equal(400, (await program.CallAsync(Caller.Blog, "POST", "/generations", IsolationProgram.Edit(id))).Status);
        Assert.Equal(404, (await program.CallAsync(Caller.Blog, "GET", $"/media/{id}")).Status);
    }

    [Fact]
    public async Task Generations_ListedLater_SayWhatTheyWereAskedForWith_AndWhoseTheyAre()
    {
        var mine = (await program.ShopAsync("GET", $"/generations?q={IsolationProgram.Secret}%202")).GetProperty("data").EnumerateArray().Single();
        var (_, all) = await program.CallAsync(Caller.Admin, "GET", $"/admin/generations?q={IsolationProgram.Secret}%202&client=shop");
        var (_, others) = await program.CallAsync(Caller.Blog, "GET", $"/generations?q={IsolationProgram.Secret}");

        var metadata = mine.GetProperty("metadata");
        Assert.Equal(IsolationProgram.Secret + " 2", metadata.GetProperty("asked").GetProperty("prompt").GetString());
        Assert.Equal("https://receiver.example/hook", metadata.GetProperty("asked").GetProperty("callback_url").GetString());
        Assert.True(metadata.TryGetProperty("created_at", out _) && metadata.TryGetProperty("finished_at", out _) && !metadata.TryGetProperty("client", out _));
        Assert.Equal("order-1", mine.GetProperty("request_id").GetString());
        Assert.Contains("\"client\":\"shop\"", all, StringComparison.Ordinal);
        Assert.Contains("\"request_id\":\"order-1~shop\"", all, StringComparison.Ordinal);
        Assert.Contains("\"data\":[]", others, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generations_Counted_CountThoseOfTheCallerAlone()
    {
        var found = await program.ShopAsync("GET", $"/generations?q={IsolationProgram.Secret}%202&count=true");
        var (_, others) = await program.CallAsync(Caller.Blog, "GET", $"/generations?q={IsolationProgram.Secret}&count=true");
        await using var stream = await program.StreamAsync(Caller.Blog, $"/generations?q={IsolationProgram.Secret}&count=true");

        Assert.Equal(1, found.GetProperty("count").GetInt32());
        Assert.False(found.GetProperty("count_is_least").GetBoolean());
        Assert.Contains("\"count\":0", others, StringComparison.Ordinal);
        Assert.Equal(("page", """{"data":[],"next_cursor":null,"count":0,"count_is_least":false}"""), await stream.NextAsync());
    }

    [Fact]
    public async Task Generations_AsAStream_TellsWhatBegins_FilteredAsTheList()
    {
        await using var stream = await program.StreamAsync(Caller.Blog, "/generations?q=streamed");
        Assert.Equal(("page", """{"data":[],"next_cursor":null}"""), await stream.NextAsync());

        Assert.Equal(200, (await program.CallAsync(Caller.Shop, "POST", "/generations", IsolationProgram.Image("streamed to the shop"))).Status);
        Assert.Equal(200, (await program.CallAsync(Caller.Blog, "POST", "/generations", IsolationProgram.Image("another of the blog"))).Status);
        Assert.Equal(200, (await program.CallAsync(Caller.Blog, "POST", "/generations", IsolationProgram.Image("streamed to the blog"))).Status);

        var (name, data) = await stream.NextAsync();
        Assert.Equal("change", name);
        Assert.Contains("streamed to the blog", data, StringComparison.Ordinal);
        Assert.Equal(400, (await program.CallAsync(Caller.Blog, "GET", "/generations?cursor=none")).Status);
    }

    [Theory]
    [InlineData("/generations?colour=red", "colour: There is no such filter. Allowed: status, provider, model, code, kind, from, to, q, limit, cursor, count.")]
    [InlineData("/generations?count=many", "count: must be one of true, false.")]
    [InlineData("/generations?client=blog", "client: There is no such filter.")]
    [InlineData("/generations?kind=film", "kind: must be one of image, video, audio, text.")]
    [InlineData("/generations?code=BAD", "code: must be one of ")]
    [InlineData("/generations?from=yesterday", "from, to: must be instants")]
    [InlineData("/generations?status=failed&status=success", "status: must be given once.")]
    [InlineData("/generations?limit=0", "limit: must be a whole number from 1 to 100.")]
    [InlineData("/generations?cursor=none", "cursor: must be the next_cursor of an earlier page.")]
    public async Task Generations_UnknownFilter_IsRefused(string path, string expected)
    {
        var (status, text) = await program.CallAsync(Caller.Shop, "GET", path);
        Assert.Equal(400, status);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/admin/spend?by=hour", "by: 'hour' must be one of day, provider, model, client")]
    [InlineData("/spend?by=client", "by: 'client' must be one of day, provider, model")]
    [InlineData("/admin/spend?group=day", "group: There is no such parameter.")]
    [InlineData("/admin/spend?from=2026-13-01", "from, to: must be days")]
    [InlineData("/admin/spend?from=2026-01-02&to=2026-01-01", "from, to: must be days")]
    [InlineData("/admin/spend?from=2025-01-01&to=2026-06-01", "366 at most")]
    [InlineData("/admin/spend?format=xml", "format: must be one of json, csv.")]
    public async Task Spend_WhatItDoesNotKnow_IsRefused(string path, string expected)
    {
        var (status, text) = await program.CallAsync(path.StartsWith("/admin", StringComparison.Ordinal) ? Caller.Admin : Caller.Shop, "GET", path);
        Assert.Equal(400, status);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spend_AsCsv_HasARowForEachModel()
    {
        var (_, text) = await program.CallAsync(Caller.Admin, "GET", "/admin/spend?format=csv");
        Assert.Contains("day,provider,model,client,generations,failed,cost,estimated,failed_cost,saved\n", text, StringComparison.Ordinal);
        Assert.Matches(@"\d{4}-\d\d-\d\d,flux,flux-pro-1\.1,shop,\d+,0,0\.\d+,", text);
    }

    [Fact]
    public async Task Drained_GetsNoNewJobs_UntilItIsResumed()
    {
        const string Clip = """{"provider":"pika","model":"fal-ai/pika/v2.2/text-to-video","media_type":"video","prompt":"A kite","timeout":30,"retry_config":{"max_attempts":1}}""";
        Assert.Equal(204, (await program.CallAsync(Caller.Admin, "POST", "/admin/providers/pika/fal/drain")).Status);
        Assert.Contains("\"drained\":true", (await program.CallAsync(Caller.Shop, "GET", "/providers")).Text, StringComparison.Ordinal);
        Assert.Contains("\"ready\":false", (await program.CallAsync(Caller.Shop, "POST", "/quotes", Clip)).Text, StringComparison.Ordinal);
        var (refused, text) = await program.CallAsync(Caller.Shop, "POST", "/generations", Clip);
        Assert.True(refused >= 400, text);

        Assert.Equal(204, (await program.CallAsync(Caller.Admin, "POST", "/admin/providers/pika/fal/resume")).Status);
        Assert.Contains("\"ready\":true", (await program.CallAsync(Caller.Shop, "POST", "/quotes", Clip)).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await program.CallAsync(Caller.Shop, "POST", "/generations", Clip)).Status);
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

    [Theory]
    [InlineData("initialize", "{}")]
    [InlineData("initialize", "[]")]
    [InlineData("initialize", "1")]
    [InlineData("tools/list", "1")]
    [InlineData("tools/call", "{}")]
    [InlineData("tools/call", """{"name":"nothing"}""")]
    [InlineData("tools/call", """{"name":"quote","arguments":1}""")]
    [InlineData("resources/read", "{}")]
    [InlineData("resources/read", """{"uri":"file:///etc/passwd"}""")]
    [InlineData("nothing", "{}")]
    public async Task Mcp_WhatAnAgentAsksWrongly_IsAnErrorOfItsProtocol(string method, string parameters)
    {
        var (status, text) = await program.CallAsync(
            Caller.Shop, "POST", "/mcp", $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", "application/json, text/event-stream");

        Assert.True(status is 200 or 400, $"{status} {text}");
        Assert.Contains("\"error\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mcp_ALargePicture_IsAnInputAsItIsElsewhere()
    {
        var made = (await program.ShopAsync("GET", $"/generations/{program.Ids.Generation}")).GetProperty("result").GetProperty("media")[0].GetProperty("id").GetString()!;
        var picture = Convert.ToBase64String(await program.BytesAsync(Caller.Shop, $"/media/{made}"));
        Assert.True(picture.Length > 64 * 1024);

        foreach (var (tool, more) in new[] { ("edit_image", ""), ("quote", ""","mediaType":"image" """) })
        {
            var image = tool == "quote" ? $$""" "parameters":{"image":"data:image/png;base64,{{picture}}"} """ : $$""" "image":"data:image/png;base64,{{picture}}" """;
            var (status, text) = await program.CallAsync(
                Caller.Shop,
                "POST",
                "/mcp",
                $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{"prompt":"A drawing","model":"flux/flux-kontext-pro",{{{image}}}{{{more}}} } } }""",
                "application/json, text/event-stream");
            Assert.Equal(200, status);
            Assert.DoesNotContain("\"isError\":true", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"error\":{", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Quotes_ALargePicture_IsPricedAsItIsOrdered()
    {
        var made = (await program.ShopAsync("GET", $"/generations/{program.Ids.Generation}")).GetProperty("result").GetProperty("media")[0].GetProperty("id").GetString()!;
        var picture = Convert.ToBase64String(await program.BytesAsync(Caller.Shop, $"/media/{made}"));

        var quote = await program.ShopAsync("POST", "/quotes", IsolationProgram.Edit(made).Replace("media:" + made, "data:image/png;base64," + picture, StringComparison.Ordinal));

        Assert.True(quote.GetProperty("data")[0].GetProperty("ready").GetBoolean());
    }

    [Theory]
    [InlineData("/google/v1beta/interactions", """{"model":"gemini-omni-1.2-flash","input":[{"type":"text","text":"z"},{"type":"image","uri":"ADDRESS"}],"background":true}""")]
    [InlineData("/google/v1beta/models/gemini-3-pro-image:generateContent", """{"contents":[{"parts":[{"text":"z"},{"fileData":{"mimeType":"image/png","fileUri":"ADDRESS"}}]}]}""")]
    public async Task Native_APublicAddress_IsNobodysFile(string path, string body)
    {
        foreach (var (address, status) in new[] { ("https://example.com/files/cat.png", 200), ("https://storage.googleapis.com/bucket/files/cat.png", 200), ("https://generativelanguage.googleapis.com/v1beta/files/cat", 404), ("files/cat", 404) })
        {
            var (found, text) = await program.CallAsync(Caller.Blog, "POST", path, body.Replace("ADDRESS", address, StringComparison.Ordinal));
            Assert.True(found == status, $"{address}: {found} {text}");
        }
    }

    [Theory]
    [InlineData("/dream-machine/credits")]
    [InlineData("/recraft/v1/users/me")]
    [InlineData("/google/v1beta/files")]
    [InlineData("/replicate/v1/account")]
    public async Task Native_WhatIsOfTheAccount_IsNotServed(string path) => Assert.Equal(403, (await program.CallAsync(Caller.Shop, "GET", path)).Status);

    [Theory]
    [InlineData("POST", "/admin/clients", """{"name":"a","name":"b"}""", 400)]
    [InlineData("POST", "/admin/clients", """{"name":"a","budget":{"per_day":1,"per_day":2}}""", 400)]
    [InlineData("POST", "/admin/clients", """{"name":"\ud800"}""", 400)]
    [InlineData("POST", "/admin/clients", """{"name":"a","\udc00":1}""", 400)]
    [InlineData("PATCH", "/admin/clients/nobody", """{"tags":{"a":"\ud800"}}""", 400)]
    [InlineData("POST", "/admin/clients/nobody/rotate", """{"keep_old_for":"\ud800"}""", 400)]
    [InlineData("POST", "/admin/config/validate", """{"Framegate":{"Models":"\ud800"}}""", 200)]
    [InlineData("POST", "/admin/config/validate", """{"\udc00":1}""", 200)]
    public async Task Admin_ATextThatIsNone_IsRefused(string method, string path, string body, int status)
    {
        var (found, text) = await program.CallAsync(Caller.Admin, method, path, body);

        Assert.True(found == status, $"{found} {text}");
        Assert.DoesNotContain("valid\":true", text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/spend?from=9999-12-31&to=9999-12-31")]
    [InlineData("/spend?to=0001-01-01")]
    [InlineData("/spend?from=0001-01-01")]
    public async Task Spend_AtTheEndsOfTime_IsRefused(string path)
    {
        Assert.Equal(400, (await program.CallAsync(Caller.Shop, "GET", path)).Status);
        Assert.Equal(400, (await program.CallAsync(Caller.Admin, "GET", "/admin" + path)).Status);
    }

    private static string Plain(ShopIds ids, int status, string text) => $"{status} {Moments().Replace(ids.Without(text), "")}";

    [GeneratedRegex("""(Date: [^\r\n]*|[Rr]equest-I[Dd]: \S*|"timestamp": ?"[^"]*"|"processing_time_ms": ?\d+)""")]
    private static partial Regex Moments();

    [GeneratedRegex(@"^\| `(framegate_\w+)` \| [^|]+ \| [^|]*\| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    /// <summary>A route, a call of it, and the status for each caller.</summary>
    private sealed record Row(string Route, Func<ShopIds, string> Path, int Nobody, int Stranger, int Operating, int Blog, int Shop)
    {
        public string Method { get; init; } = Route.Split(' ')[0].Split(',')[0] is var m && m == "ANY" ? "GET" : Route.Split(' ')[0].Split(',')[0];

        public Func<ShopIds, string?>? Body { get; init; }

        /// <summary>True where the operator sees what is the shop's.</summary>
        public bool IsOverseen { get; init; }

        /// <summary>The shop last: it may end things.</summary>
        public (Caller Caller, int Expected)[] Callers =>
        [
            (Caller.Nobody, Nobody), (Caller.Stranger, Stranger), (Caller.Disabled, Former), (Caller.Expired, Former), (Caller.Scraper, IsScraped ? Operating : Stranger),
            (Caller.Admin, Operating), (Caller.Blog, Blog), (Caller.Shop, Shop),
        ];

        /// <summary>True for what the scrape key opens.</summary>
        public bool IsScraped { get; init; }

        /// <summary>A client whose keys open nothing is nobody; where no client's key counts, its key is still one.</summary>
        private int Former => (Nobody, Blog) == (401, 403) ? 403 : Stranger;

        public static Row Open(string route, string path) => new(route, _ => path, 200, 200, 200, 200, 200);

        public static Row Own(string route, Func<ShopIds, string> path, int blog = 404, int shop = 200) => new(route, path, 401, 401, 401, blog, shop);

        public static Row Every(string route, string path, int status = 200) => new(route, _ => path, 401, 401, 401, status, status);

        public static Row Operator(string route, string path, int status = 200) => new(route, _ => path, 401, 401, status, 403, 403);
    }
}
