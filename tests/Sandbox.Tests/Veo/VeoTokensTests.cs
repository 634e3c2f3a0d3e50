using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Veo;

public sealed class VeoTokensTests : IDisposable
{
    private const string Model = "v1/projects/p/locations/l/publishers/google/models/veo-3.1-generate-001";

    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private readonly RSA _rsa = RSA.Create(2048);

    [Fact]
    public async Task Token_FromASignedAssertion_OpensVertexForAnHour()
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Keys = new Dictionary<string, string> { ["veo"] = "right" } });
        using var client = sandbox.Client("veo");
        var answer = await ExchangeAsync(client, Grant, Assertion(sandbox));
        var token = await answer.JsonAsync();
        Assert.Equal(TestSandbox.FixtureJson("veo-vertex/token.response.json").Keys(), token.Keys());
        Assert.Equal((3599, "Bearer"), (token.GetProperty("expires_in").GetInt32(), token.Text("token_type")));

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Text("access_token"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Model)).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromSeconds(3599));
        var late = await client.GetAsync(Model);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.Equal("ACCESS_TOKEN_EXPIRED", (await late.JsonAsync()).GetProperty("error").GetProperty("details")[0].Text("reason"));
    }

    [Fact]
    public async Task Token_Forged_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        sandbox.Vertex.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ya29.sandbox.99999999999.00");
        Assert.Equal(HttpStatusCode.Unauthorized, (await sandbox.Vertex.GetAsync(Model)).StatusCode);
    }

    [Theory]
    [InlineData("password", "RS256", 3600, "unsupported_grant_type")]
    [InlineData(Grant, "HS256", 3600, "invalid_grant")]
    [InlineData(Grant, "RS256", 7200, "invalid_grant")]
    [InlineData(Grant, "RS256", -1, "invalid_grant")]
    public async Task Token_RequestWrong_IsRefused(string grant, string algorithm, int lifetime, string error)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var client = sandbox.Client("veo");
        var answer = await ExchangeAsync(client, grant, Assertion(sandbox, algorithm, lifetime));
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.StatusCode, (await answer.JsonAsync()).Text("error")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("e30.e30.AAAA")]
    [InlineData("W10.W10.AAAA")]
    public async Task Token_AssertionIsNoJwt_IsRefused(string assertion)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var client = sandbox.Client("veo");
        Assert.Equal("invalid_grant", (await (await ExchangeAsync(client, Grant, assertion)).JsonAsync()).Text("error"));
    }

    public void Dispose() => _rsa.Dispose();

    private static Task<HttpResponseMessage> ExchangeAsync(HttpClient client, string grant, string assertion) => client.PostAsync(
        "token", new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = grant, ["assertion"] = assertion }));

    private string Assertion(TestSandbox sandbox, string algorithm = "RS256", int lifetime = 3600)
    {
        var now = sandbox.Time.GetUtcNow().ToUnixTimeSeconds();
        var signed = Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")) + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(
            new { iss = "me@p.iam.gserviceaccount.com", aud = "https://oauth2.googleapis.com/token", iat = now, exp = now + lifetime }));
        return $"{signed}.{Encode(_rsa.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
