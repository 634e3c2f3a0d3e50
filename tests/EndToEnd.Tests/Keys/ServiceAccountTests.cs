using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Keys;

/// <summary>Veo on Vertex AI with a service account's key file: Google's library signs, the token endpoint exchanges, Veo is called with the token.</summary>
public sealed class ServiceAccountTests : IDisposable
{
    private const string Body = """
        { "provider": "veo", "model": "veo-3.1-fast-generate-001", "media_type": "video", "prompt": "A boat", "timeout": 60 }
        """;

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _rsa.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Post_KeyFile_MakesAVideoAtTheStandInThatChecksTheToken()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await StartAsync(sandbox.Address + "/veo", sandbox.Address + "/veo/token");

        var answer = await framegate.Client.PostAsync(Body);

        Assert.Equal((200, "success"), (answer.Status, answer.Json.Text("status")));
        Assert.Equal(1, await sandbox.PaidAsync("A boat"));
    }

    [Fact]
    public async Task Post_TokenIsRefused_IsSentOnceMoreWithAFreshOne()
    {
        await using var google = new ScriptedServer(_ => Reaction.Hang);
        var tokens = 0;
        google.React = request => request switch
        {
            { Path: "/token" } => Reaction.Answer(200, $$"""{"access_token":"ya29.{{Interlocked.Increment(ref tokens)}}","expires_in":3599,"token_type":"Bearer"}"""),
            _ when request.Headers["Authorization"] == "Bearer ya29.1" => Reaction.Answer(401, """{"error":{"code":401,"status":"UNAUTHENTICATED"}}"""),
            _ => Reaction.Answer(400, """{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}"""),
        };
        await using var framegate = await StartAsync(google.Address, google.Address + "/token");

        var answer = await framegate.Client.PostAsync(Body);

        // The refusal of the second try is the answer, and there is no third.
        Assert.Equal((400, "INVALID_REQUEST"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal(
            ["Bearer ya29.1", "Bearer ya29.2"],
            google.Requests.Where(r => r.Path != "/token").Select(r => r.Headers["Authorization"]));
        Assert.All(google.Requests.Where(r => r.Path == "/token"), Check);
        Assert.DoesNotContain("ya29", framegate.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TokenIsDenied_FailsWithoutACallToVeo()
    {
        await using var google = new ScriptedServer(_ => Reaction.Answer(400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"""));
        await using var framegate = await StartAsync(google.Address, google.Address + "/token");

        var answer = await framegate.Client.PostAsync(Body);

        Assert.Equal((502, "AUTHENTICATION_FAILED"), (answer.Status, answer.Json.Text("error.code")));
        Assert.All(google.Requests, r => Assert.Equal("/token", r.Path));
    }

    /// <summary>The assertion is signed with the key of the file, for the one scope that is needed.</summary>
    private void Check(ScriptedRequest request)
    {
        var form = request.Text.Split('&').Select(p => p.Split('=')).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]);
        var parts = form["assertion"].Split('.');
        Assert.True(_rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Decode(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var claims = JsonElement.Parse(Decode(parts[1]));
        Assert.Equal(("robot@project.example", "https://www.googleapis.com/auth/cloud-platform"), (claims.Text("iss"), claims.Text("scope")));
    }

    private static byte[] Decode(string base64Url) =>
        Convert.FromBase64String(base64Url.Replace('-', '+').Replace('_', '/').PadRight((base64Url.Length + 3) / 4 * 4, '='));

    private Task<FramegateProcess> StartAsync(string veo, string tokens) => FramegateProcess.StartAsync(new FramegateSettings
    {
        Routes = $$"""
            { "ReverseProxy": { "Clusters": { "veo": { "Destinations": { "only": {
              "Address": "{{veo}}/v1/projects/p/locations/us-central1/publishers/google/models/" } } } } } }
            """,
        Variables = new Dictionary<string, string>
        {
            ["GOOGLE_VERTEX_ACCESS_TOKEN"] = "",
            ["GOOGLE_APPLICATION_CREDENTIALS"] = _folder.Write("robot.json", new JsonObject
            {
                ["type"] = "service_account",
                ["project_id"] = "project",
                ["private_key_id"] = "1",
                ["private_key"] = _rsa.ExportPkcs8PrivateKeyPem(),
                ["client_email"] = "robot@project.example",
                ["client_id"] = "1",
                ["token_uri"] = tokens,
            }.ToJsonString()),
        },
    });
}
