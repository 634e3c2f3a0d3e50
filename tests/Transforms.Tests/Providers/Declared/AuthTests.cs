using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>How the keys of declared providers travel, and that they travel nowhere else.</summary>
public sealed class AuthTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 28, 12, 3, 4, TimeSpan.Zero);

    /// <summary>RFC 7515, appendix A.1.</summary>
    [Fact]
    public void Token_ExampleOfTheStandard_IsTheSame() => Assert.Equal(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        RequestSigner.Token(
            "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
            Base64Url.DecodeFromChars("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")));

    /// <summary>RFC 2202 and RFC 4231, the second case of each.</summary>
    [Theory]
    [InlineData("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("sha512", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")]
    public void Mac_CaseOfTheStandard_IsTheSame(string algorithm, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(RequestSigner.Mac(algorithm, "Jefe"u8, "what do ya want for nothing?"u8)));

    [Fact]
    public void Sign_KeyOfTwoHalves_IsATokenOfTheAccessKey()
    {
        var (name, value) = Assert.Single(ShippedProviders.Of("kling").Sign(new Secret("AKhalf:SKhalf"), Call("GET", "https://api-singapore.klingai.com/v1/videos/text2video/1")));

        Assert.Equal("Authorization", name);
        var parts = value["Bearer ".Length..].Split('.');
        Assert.Equal("""{"alg":"HS256","typ":"JWT"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        var claims = JsonElement.Parse(Base64Url.DecodeFromChars(parts[1]));
        Assert.Equal("AKhalf", claims.GetProperty("iss").GetString());
        Assert.InRange(claims.GetProperty("nbf").GetInt64(), s_now.ToUnixTimeSeconds() - 310, s_now.ToUnixTimeSeconds() - 5);
        Assert.InRange(claims.GetProperty("exp").GetInt64(), s_now.ToUnixTimeSeconds() + 1500, s_now.ToUnixTimeSeconds() + 1800);
        Assert.Equal(Base64Url.EncodeToString(RequestSigner.Mac("sha256", "SKhalf"u8, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"))), parts[2]);
    }

    [Fact]
    public void Sign_KeyOfOnePiece_IsSentAsItIs() =>
        Assert.Equal("Bearer api-key-kling-1", Assert.Single(ShippedProviders.Of("kling").Sign(new Secret("api-key-kling-1"), Call("GET", "https://api-singapore.klingai.com/tasks"))).Value);

    [Fact]
    public void Sign_SignatureOfEachCall_CoversWhatTheFileSays()
    {
        var adapter = Read("""
            { "scheme": "hmac", "keys": ["ACME_ACCESS+ACME_SECRET"], "hmac": {
                "message": "{method}{newline}{path}?{query}{newline}{timestamp}{newline}{body_sha256}",
                "headers": { "X-Acme-Time": "{timestamp}", "Authorization": "ACME {access}:{signature}" } } }
            """, out var faults);
        Assert.True(adapter is not null, string.Join("; ", faults));
        var headers = adapter.Sign(new Secret("me:hush"), Call("POST", "https://api.acme.example/v1/pictures?x=%7Baccess%7D", "{}")).ToDictionary();
        var time = s_now.ToUnixTimeSeconds();
        var expected = Convert.ToHexStringLower(RequestSigner.Mac(
            "sha256", "hush"u8, Encoding.UTF8.GetBytes($"POST\n/v1/pictures?x=%7Baccess%7D\n{time}\n44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")));

        Assert.Equal(time.ToString(System.Globalization.CultureInfo.InvariantCulture), headers["X-Acme-Time"]);
        Assert.Equal($"ACME me:{expected}", headers["Authorization"]);
        Assert.True(adapter.SignsCalls);
    }

    [Fact]
    public void Apply_KeyInTheQuery_ReplacesWhatStandsThere()
    {
        var adapter = Read("""{ "scheme": "query", "parameter": "key", "keys": ["ACME_API_KEY"] }""", out _)!;
        using var message = new HttpRequestMessage();

        var url = CallSeal.Apply(adapter, new Secret("a&b"), Call("GET", "https://api.acme.example/v1/me?KEY=theirs&x=1"), message.Headers);

        Assert.Equal("https://api.acme.example/v1/me?x=1&key=a%26b", url.AbsoluteUri);
        Assert.Empty(message.Headers);
    }

    [Theory]
    [InlineData("""{ "scheme": "query", "keys": ["ACME_API_KEY"] }""", "/auth/parameter")]
    [InlineData("""{ "scheme": "hmac", "keys": ["ACME_API_KEY"] }""", "/auth/hmac")]
    [InlineData("""{ "scheme": "hmac", "keys": ["ACME_API_KEY"], "hmac": { "message": "{secret}", "headers": { "X-A": "{signature}" } } }""", "/auth/hmac/message")]
    [InlineData("""{ "scheme": "hmac", "keys": ["ACME_API_KEY"], "hmac": { "message": "{path}", "headers": { "X-A": "{path}" } } }""", "/auth/hmac/headers")]
    [InlineData("""{ "scheme": "magic", "keys": ["ACME_API_KEY"] }""", "/auth/scheme")]
    [InlineData("""{ "keys": ["A+B+C"] }""", "/auth/keys")]
    [InlineData("""{ "keys": ["OPENAI_API_KEY"] }""", "/auth/keys")]
    [InlineData("""{ "keys": ["ACME_API_KEY+KLINGAI_SECRET_KEY"] }""", "/auth/keys")]
    [InlineData("""{ "keys": ["FRAMEGATE_ADMIN_KEY"] }""", "/auth/keys")]
    public void Read_SchemeThatCannotBe_IsAFault(string auth, string path)
    {
        Assert.Null(Read(auth, out var faults));
        Assert.Contains(path, faults.Select(f => f.Path));
    }

    /// <summary>Two hosts with one owner's name get the key; whoever merely shares a suffix does not.</summary>
    [Theory]
    [InlineData("https://api.acme.example/", "files.acme.example", true)]
    [InlineData("https://api.acme.co.uk/", "files.acme.co.uk", true)]
    [InlineData("https://api.acme.co.uk/", "evil.co.uk", false)]
    [InlineData("https://api.acme.co.uk/", "files.evil.co.uk", false)]
    [InlineData("https://acme.vercel.app/", "evil.vercel.app", false)]
    [InlineData("https://acme.example/", "acme.example.evil.example", false)]
    [InlineData("https://x.s3.amazonaws.com/", "evil.s3.amazonaws.com", false)]
    [InlineData("https://queue.fal.run/", "api.fal.ai", true)]
    [InlineData("https://api.acme.example/", "acme@evil.example", false)]
    [InlineData("https://api.acme.example/", "127.0.0.1", false)]
    public void Read_HostForTheKey_MustBeTheProvidersOwn(string address, string host, bool isTaken) =>
        Assert.Equal(isTaken, Read("""{ "keys": ["ACME_API_KEY"] }""", out _, address, host) is not null);

    private static OutgoingCall Call(string method, string url, string body = "") => new(method, new Uri(url), Encoding.UTF8.GetBytes(body), s_now);

    private static ProviderAdapter? Read(string auth, out IReadOnlyList<ProviderFault> faults, string address = "https://api.acme.example/", string? keyHost = null) => ProviderFileReader.Read(
        Encoding.UTF8.GetBytes($$"""
            { "name": "acme", "address": "{{address}}", "auth": {{auth}}, "probe": { "path": "/v1/me" }{{(keyHost is null ? "" : $", \"key_hosts\": [\"{keyHost}\"]")}},
              "operations": [{ "name": "draw", "submit": { "path": "/v1/pictures", "body": { "text": "{prompt}" } }, "read": { "results": [{ "at": "/url" }] } }], "errors": {} }
            """),
        out faults)?.Adapter;
}
