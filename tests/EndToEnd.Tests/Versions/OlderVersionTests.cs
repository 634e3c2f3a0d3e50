using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Versions;

/// <summary>An app of an older version is spoken to in its version, whatever it does.</summary>
public sealed class OlderVersionTests(Gateway gateway) : IClassFixture<Gateway>
{
    private const string Header = "Framegate-Schema-Version";
    private readonly GatewayClient _client = gateway.Client;

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    public async Task Post_Waiting_IsAnsweredInItsVersion(string version)
    {
        var prompt = Bodies.Unique("A lighthouse");

        var answer = await _client.PostAsync(OlderBodies.Of(version, prompt));

        Assert.Equal((200, version), (answer.Status, answer.Header(Header)));
        AssertIs(version, answer.Json);
        Assert.Equal("success", answer.Json.Text("status"));
        Assert.Equal("flux-dev", answer.Json.Text("provider.model"));
        Assert.Equal(200, (await _client.GetAsync(answer.Json.Text("result.media[0].url"))).Status);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Get_ListAndDelete_SpeakTheVersionItWasAskedIn()
    {
        var id = await _client.StartAsync(OlderBodies.Of("1.0", Bodies.Unique("sandbox:slow=60")));

        var polled = await _client.FindAsync(id);
        AssertIs("1.0", polled.Json);
        Assert.Equal(("processing", "1.0"), (polled.Json.Text("status"), polled.Header(Header)));
        AssertIs("1.0", (await _client.ListAsync()).Single(g => g.Text("request_id") == id));

        var cancelled = await _client.SendAsync(HttpMethod.Delete, "/generations/" + id);
        AssertIs("1.0", cancelled.Json);
        Assert.Equal("UNKNOWN_ERROR", cancelled.Json.Text("error_code"));
    }

    [Fact]
    public async Task Get_HeaderAsksForAVersion_IsAnsweredInIt()
    {
        var old = (await _client.PostAsync(OlderBodies.Of("1.0", Bodies.Unique("A lighthouse")))).Json.Text("request_id");
        var current = (await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Json.Text("request_id");

        var upgraded = await _client.GetAsync("/generations/" + old, (Header, "2.0"));
        Assert.Equal(("2.0", "2.0", "flux"), (upgraded.Json.Text("schema_version"), upgraded.Header(Header), upgraded.Json.Text("provider")));
        Assert.Equal("succeeded", upgraded.Json.Text("metadata.phase"));
        AssertIs("1.1", (await _client.GetAsync("/generations/" + current, (Header, "1.1"))).Json);

        var page = await _client.GetAsync("/generations?limit=2", (Header, "1.0"));
        Assert.Equal("1.0", page.Header(Header));
        Assert.All(page.Json.At("data").EnumerateArray(), g => AssertIs("1.0", g));

        var unknown = await _client.GetAsync("/generations/" + old, (Header, "1.5"));
        Assert.Equal(400, unknown.Status);
        Assert.Contains("1.0, 1.1, 2.0", unknown.Json.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ListOfSeveralVersions_AnswersEachInItsOwn()
    {
        var old = (await _client.PostAsync(OlderBodies.Of("1.1", Bodies.Unique("A lighthouse"), ("metadata", new JsonObject { ["order"] = 17 })))).Json.Text("request_id");
        var current = (await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Json.Text("request_id");

        var listed = await _client.ListAsync();

        var older = listed.Single(g => g.Text("request_id") == old);
        AssertIs("1.1", older);
        Assert.Equal(17, older.At("metadata.request.order").GetInt32());
        Assert.Equal("flux", listed.Single(g => g.Text("request_id") == current).Text("provider"));
    }

    [Theory]
    [InlineData("retry_config", "retry_config: It is no field of a request. Allowed: schema_version, request_id, provider, prompt, media_type, parameters, timestamp, timeout, callback_url.")]
    [InlineData("parameters", "parameters: It must be an object, not a number.")]
    public async Task Post_WrongField_IsRefusedInTheCallersWords(string field, string message)
    {
        var answer = await _client.PostAsync(OlderBodies.Of("1.0", "x", (field, 7)));

        Assert.Equal((400, "1.0"), (answer.Status, answer.Header(Header)));
        AssertIs("1.0", answer.Json);
        Assert.Equal(("INVALID_REQUEST", message), (answer.Json.Text("error_code"), answer.Json.Text("error")));
    }

    [Theory]
    [InlineData("nobody", "flux-dev", 400, "INVALID_REQUEST", "provider.name: There is no such provider.")]
    [InlineData("flux", "flux-9", 404, "INVALID_MODEL", "provider.model: flux has no such model.")]
    public async Task Post_UnknownProviderOrModel_NamesTheCallersField(string provider, string model, int status, string code, string start)
    {
        var answer = await _client.PostAsync(OlderBodies.Of("1.0", "x", ("provider", new JsonObject { ["name"] = provider, ["model"] = model })));

        Assert.Equal((status, code), (answer.Status, answer.Json.Text("error_code")));
        Assert.StartsWith(start, answer.Json.Text("error"), StringComparison.Ordinal);
        AssertIs("1.0", answer.Json);
    }

    [Fact]
    public async Task Post_SeveralFaults_TellsAllInTheText()
    {
        var text = (await _client.PostAsync(OlderBodies.Of("1.0", "x", ("provider", "flux"), ("metadata", new JsonObject())))).Json.Text("error");

        Assert.Contains("provider: It must be an object with name and model.", text, StringComparison.Ordinal);
        Assert.Contains("metadata: It is no field of a request.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.0")]
    [InlineData("1")]
    public async Task Post_UnknownVersion_ListsTheSupportedOnes(string version)
    {
        var answer = await _client.PostAsync(OlderBodies.Of(version, "x"));

        Assert.Equal((400, "INVALID_REQUEST"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal("schema_version", answer.Json.Text("error.details.fields[0].field"));
        Assert.Equal(["1.0", "1.1", "2.0"], answer.Json.At("error.details.fields[0].allowed").EnumerateArray().Select(v => v.GetString()!));
    }

    [Fact]
    public async Task Post_FailureAtTheProvider_HasTextAndCode()
    {
        var answer = await _client.PostAsync(OlderBodies.Of("1.1", Bodies.Unique("sandbox:moderated")));

        Assert.Equal((422, "CONTENT_POLICY_VIOLATION"), (answer.Status, answer.Json.Text("error_code")));
        Assert.NotEmpty(answer.Json.Text("error"));
        AssertIs("1.1", answer.Json);
    }

    [Fact]
    public async Task Post_SameKeyAndBody_ReplaysInItsVersionAndPaysOnce()
    {
        var key = ("Idempotency-Key", Bodies.Unique("key"));
        var prompt = Bodies.Unique("A lighthouse");

        var first = await _client.PostAsync(OlderBodies.Of("1.0", prompt), key);
        var again = await _client.PostAsync(OlderBodies.Of("1.0", prompt), key);
        var other = await _client.PostAsync(OlderBodies.Of("1.1", prompt), key);

        Assert.Equal((200, 200, 422), (first.Status, again.Status, other.Status));
        Assert.Equal("true", again.Header("Idempotent-Replayed"));
        AssertIs("1.0", again.Json);
        AssertIs("1.1", other.Json);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    /// <summary>The shape of the version, member by member.</summary>
    internal static void AssertIs(string version, JsonElement json)
    {
        string[] members =
        [
            "schema_version", "request_id", "provider", "status", "result", "error", "error_code", .. version == "1.1" ? (string[])["metadata"] : [],
            "timestamp", "processing_time_ms", "tokens_used", "cost",
        ];
        Assert.Equal(members, json.EnumerateObject().Select(m => m.Name));
        Assert.Equal(version, json.Text("schema_version"));
        Assert.Equal(["name", "model"], json.At("provider").EnumerateObject().Select(m => m.Name));
    }
}
