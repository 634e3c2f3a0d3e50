using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Callbacks;

/// <summary>The end of a generation is told to its <c>callback_url</c>: signed, until it is heard, whatever happens in between.</summary>
public sealed class CallbackTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly TempFolder _data = new();
    private readonly ScriptedServer _receiver = new(_ => Reaction.Answer(204, ""));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("sandbox:ok", "success")]
    [InlineData("sandbox:error", "failed")]
    public async Task Post_CallbackUrl_AnswersAtOnceAndTellsTheEndSigned(string magic, string status)
    {
        await using var framegate = await StartAsync();

        var answer = await framegate.Client.PostAsync(Body(Bodies.Unique(magic)));

        Assert.Equal(202, answer.Status);
        var call = (await HeardAsync(1))[0];
        Assert.Equal(("POST", "/hook?token=t", "application/json"), (call.Method, call.Target, call.Headers["Content-Type"]));
        AssertSigned(call);
        var told = Parse(call);
        var asked = (await framegate.Client.FindAsync(answer.Json.Text("request_id"))).Json;
        Assert.Equal((status, asked.Text("request_id")), (told.Text("status"), told.Text("request_id")));
        if (status == "success")
        {
            Assert.Equal(200, (await framegate.Client.GetAsync(told.Text("result.media[0].url"))).Status);
        }
    }

    [Fact]
    public async Task Callback_ReceiverFails_IsRepeatedUnderTheSameId()
    {
        var calls = 0;
        _receiver.React = _ => Reaction.Answer(Interlocked.Increment(ref calls) == 1 ? 500 : 204, "");
        await using var framegate = await StartAsync();

        await framegate.Client.PostAsync(Body(Bodies.Unique("A lighthouse")));

        var heard = await HeardAsync(2);
        Assert.All(heard, AssertSigned);
        Assert.Single(heard.Select(c => c.Headers["webhook-id"]).Distinct());
        Assert.Single(heard.Select(c => Parse(c).At("result").ToString()).Distinct());
    }

    [Fact]
    public async Task Callback_ProgramIsKilledBeforeItIsHeard_IsRepeatedAfterTheRestart()
    {
        _receiver.React = _ => Reaction.Answer(500, "");
        await using (var first = await StartAsync())
        {
            await first.Client.PostAsync(Body(Bodies.Unique("A lighthouse")));
            await HeardAsync(1);
            await first.KillAsync();
        }

        var id = _receiver.Requests[0].Headers["webhook-id"];
        _receiver.Forget();
        _receiver.React = _ => Reaction.Answer(204, "");
        await using var second = await StartAsync();

        var call = (await HeardAsync(1))[0];
        AssertSigned(call);
        Assert.Equal(id, call.Headers["webhook-id"]);
        Assert.Equal("success", Parse(call).Text("status"));
    }

    [Fact]
    public async Task Deliveries_EachTry_IsListedToItsOwnerAndCanBeRepeated()
    {
        var calls = 0;
        _receiver.React = _ => Reaction.Answer(Interlocked.Increment(ref calls) == 1 ? 503 : 204, "");
        await using var framegate = await StartAsync();
        var id = (await framegate.Client.PostAsync(Body(Bodies.Unique("A lighthouse")))).Json.Text("request_id");
        var deliveries = $"/generations/{id}/deliveries";

        var listed = await Eventually.GetAsync(() => framegate.Client.GetAsync(deliveries), a => a.Json.At("data").GetArrayLength() == 1 && a.Json.Text("data[0].status") == "delivered");

        Assert.Equal((503, "HTTP 503"), (listed.Json.At("data[0].attempts[0].status").GetInt32(), listed.Json.Text("data[0].attempts[0].error")));
        Assert.Equal(204, listed.Json.At("data[0].attempts[1].status").GetInt32());
        var delivery = listed.Json.Text("data[0].id");
        Assert.Equal(delivery, _receiver.Requests[0].Headers["webhook-id"]);

        Assert.Equal(202, (await framegate.Client.SendAsync(HttpMethod.Post, $"{deliveries}/{delivery}/redeliver")).Status);
        Assert.Equal(delivery, (await HeardAsync(3))[2].Headers["webhook-id"]);
        Assert.Equal(202, (await framegate.Client.SendAsync(HttpMethod.Post, $"/generations/{id}/redeliver")).Status);
        await HeardAsync(4);
        Assert.Equal(404, (await framegate.Client.SendAsync(HttpMethod.Post, $"{deliveries}/msg_unknown/redeliver")).Status);
        Assert.Equal(404, (await framegate.Client.GetAsync("/generations/unknown/deliveries")).Status);
    }

    [Fact]
    public async Task Callback_ReceiverIsGone_IsNotTriedAgain()
    {
        _receiver.React = _ => Reaction.Answer(410, "");
        await using var framegate = await StartAsync();
        var id = (await framegate.Client.PostAsync(Body(Bodies.Unique("A lighthouse")))).Json.Text("request_id");

        var listed = await Eventually.GetAsync(
            () => framegate.Client.GetAsync($"/generations/{id}/deliveries"), a => a.Json.At("data").GetArrayLength() == 1 && a.Json.Text("data[0].status") != "pending");

        Assert.Equal("gone", listed.Json.Text("data[0].status"));
        Assert.Equal(1, listed.Json.At("data[0].attempts").GetArrayLength());
    }

    [Fact]
    public async Task Progress_IsAskedFor_IsToldOneAtATimeAndSignedAsTheEndIs()
    {
        var (now, most) = (0, 0);
        _receiver.React = _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            Thread.SpinWait(2_000_000);
            Interlocked.Decrement(ref now);
            return Reaction.Answer(204, "");
        };
        await using var framegate = await StartAsync();

        await framegate.Client.PostAsync(Body(
            "sora", Bodies.Unique("sandbox:slow=6"), ("callback_events", new JsonArray("generation.progress", "generation.completed", "generation.failed"))));

        var heard = await Eventually.GetAsync(() => Task.FromResult(_receiver.Requests), calls => calls.Any(c => EventOf(c) == "generation.completed"));
        Assert.All(heard, AssertSigned);
        Assert.Distinct(heard.Select(c => c.Headers["webhook-id"]));
        var progress = heard.Where(c => EventOf(c) == "generation.progress").Select(Parse).ToList();
        Assert.InRange(progress.Count, 2, heard.Count - 1);
        Assert.Equal(1, most);
        Assert.All(progress, p => Assert.Equal("processing", p.Text("status")));
        Assert.Contains(progress, p => p.Find("metadata.progress") is { ValueKind: JsonValueKind.Number } share && share.GetDouble() is > 0 and < 1);
        Assert.Distinct(progress.Select(p => $"{p.Text("metadata.phase")} {p.Find("metadata.progress")}"));
    }

    [Theory]
    [InlineData("sandbox:ok", "generation.failed", 0)]
    [InlineData("sandbox:ok", "generation.completed", 1)]
    [InlineData("sandbox:error", "generation.failed", 1)]
    public async Task CallbackEvents_NameSome_OthersAreNotTold(string magic, string wished, int deliveries)
    {
        await using var framegate = await StartAsync();
        var body = Body("flux", Bodies.Unique(magic), ("callback_events", new JsonArray(wished)));

        var id = (await framegate.Client.PostAsync(body)).Json.Text("request_id");
        await framegate.Client.EndOfAsync(id);

        // Whether there is one is decided in the same change as the end.
        Assert.Equal(deliveries, (await framegate.Client.GetAsync($"/generations/{id}/deliveries")).Json.At("data").GetArrayLength());
        Assert.All(deliveries == 0 ? [] : await HeardAsync(deliveries), c => Assert.Equal(wished, EventOf(c)));
    }

    [Fact]
    public async Task CallbackEvents_WithoutAnAddress_AreRefused()
    {
        await using var framegate = await StartAsync();

        var answer = await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse"), ("callback_events", new JsonArray("generation.progress"))));

        Assert.Equal((400, "callback_events"), (answer.Status, answer.Json.Text("error.details.fields[0].field")));
    }

    [Fact]
    public async Task Secrets_Change_EachDeliveryIsSignedByAllThatHoldThen()
    {
        var file = Path.Combine(_data.Path, "hook-secret");
        await File.WriteAllTextAsync(file, "first");
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Sandbox = "",
            Routes = Repository.RoutesWith("Webhooks", """{ "SecretEnvs": ["HOOK_SECRET_NEW", "HOOK_SECRET_OLD"] }"""),
            Variables = new Dictionary<string, string> { ["HOOK_SECRET_NEW_FILE"] = file, ["HOOK_SECRET_OLD"] = "old" },
        });
        var id = (await framegate.Client.PostAsync(Body(Bodies.Unique("A lighthouse")))).Json.Text("request_id");
        var first = (await HeardAsync(1))[0];
        Assert.Equal($"{Signature(first, "first"u8.ToArray())} {Signature(first, "old"u8.ToArray())}", first.Headers["webhook-signature"]);

        await File.WriteAllTextAsync(file, "second");

        var last = await Eventually.GetAsync(
            async () =>
            {
                // One that is on its way is not sent twice.
                await Eventually.GetAsync(() => framegate.Client.GetAsync($"/generations/{id}/deliveries"), a => a.Json.Text("data[0].status") == "delivered");
                var count = _receiver.Requests.Count;
                await framegate.Client.SendAsync(HttpMethod.Post, $"/generations/{id}/redeliver");
                return (await HeardAsync(count + 1))[^1];
            },
            call => call.Headers["webhook-signature"].StartsWith(Signature(call, "second"u8.ToArray()), StringComparison.Ordinal));
        Assert.EndsWith(Signature(last, "old"u8.ToArray()), last.Headers["webhook-signature"], StringComparison.Ordinal);
        Assert.Equal(first.Headers["webhook-id"], last.Headers["webhook-id"]);
    }

    [Fact]
    public async Task Callback_ReceiverRedirects_IsNotFollowed()
    {
        await using var other = new ScriptedServer(_ => Reaction.Answer(204, ""));
        var calls = 0;
        _receiver.React = _ => Interlocked.Increment(ref calls) == 1 ? Reaction.Answer(307, "", "text/plain", $"Location: {other.Address}/elsewhere") : Reaction.Answer(204, "");
        await using var framegate = await StartAsync();

        await framegate.Client.PostAsync(Body(Bodies.Unique("A lighthouse")));

        await HeardAsync(2);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("https://10.0.0.7/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[fd00::7]/hook")]
    [InlineData("http://example.com/hook")]
    [InlineData("ftp://example.com/hook")]
    public async Task Post_CallbackUrlIsNotPublic_IsRefused(string url)
    {
        await using var framegate = await StartAsync();

        var answer = await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse"), ("callback_url", url)));

        Assert.Equal((400, "INVALID_REQUEST"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal("callback_url", answer.Json.Text("error.details.fields[0].field"));
    }

    private Task<FramegateProcess> StartAsync() => FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = "",
        Data = _data.Path,
        Routes = Repository.RoutesWith("Webhooks", """{ "FirstPause": "00:00:00.200" }"""),
        Variables = new Dictionary<string, string> { ["FRAMEGATE_WEBHOOK_SECRET"] = "whsec_" + Convert.ToBase64String(_secret) },
    });

    private string Body(string prompt) => Body("flux", prompt);

    private string Body(string provider, string prompt, params (string Name, JsonNode? Value)[] more) =>
        Bodies.Of(provider, prompt, [("callback_url", _receiver.Address + "/hook?token=t"), .. more]);

    private static string EventOf(ScriptedRequest call) => call.Headers["Framegate-Event"];

    private Task<IReadOnlyList<ScriptedRequest>> HeardAsync(int count) =>
        Eventually.GetAsync(() => Task.FromResult(_receiver.Requests), calls => calls.Count >= count);

    private static JsonElement Parse(ScriptedRequest call)
    {
        using var document = JsonDocument.Parse(call.Body);
        return document.RootElement.Clone();
    }

    /// <summary>As a receiver checks it, by the text of Standard Webhooks.</summary>
    private static void AssertSigned(ScriptedRequest call) => Assert.Equal(Signature(call, _secret), call.Headers["webhook-signature"]);

    private static string Signature(ScriptedRequest call, byte[] secret)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{call.Headers["webhook-id"]}.{call.Headers["webhook-timestamp"]}."), .. call.Body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed));
    }
}
