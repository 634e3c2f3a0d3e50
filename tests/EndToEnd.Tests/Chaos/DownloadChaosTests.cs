using System.Security.Cryptography;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>Downloads that go wrong: success is said only when the bytes are here.</summary>
public sealed class DownloadChaosTests : IClassFixture<ChaosGateway>
{
    private readonly ChaosGateway _gateway;

    public DownloadChaosTests(ChaosGateway gateway)
    {
        _gateway = gateway;
        _gateway.Provider.Behave();
    }

    [Theory]
    [InlineData("flux", "reset")]
    [InlineData("flux", "cut")]
    [InlineData("sora", "cut")]
    [InlineData("flux", "500")]
    [InlineData("flux", "stalls")]
    [InlineData("flux", "html")]
    public async Task Post_FirstDownloadGoesWrong_SucceedsWithTheWholeFile(string provider, string how)
    {
        var downloads = 0;
        _gateway.Provider.Download = r => Interlocked.Increment(ref downloads) == 1 ? Wrong(how, r) : ChaosProvider.GoodDownload(r);

        var answer = await _gateway.Client.PostAsync(Bodies.Of(provider, Bodies.Unique(how)));

        Assert.True(answer.Status == 200, answer.ToString());
        var media = await _gateway.Client.GetAsync(answer.Json.Text("result.media[0].url"));
        Assert.Equal(answer.Json.Text("result.media[0].sha256"), Convert.ToHexStringLower(SHA256.HashData(media.Body)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", provider == "flux" ? "still.png" : "clip.mp4")), media.Body);
        Assert.Single(_gateway.Provider.Submits);
    }

    [Theory]
    [InlineData("404")]
    [InlineData("403")]
    [InlineData("html")]
    [InlineData("empty")]
    [InlineData("too large")]
    [InlineData("500")]
    public async Task Post_ResultCannotBeFetched_FailsAndSaysThatItWasPaid(string how)
    {
        _gateway.Provider.Download = r => Wrong(how, r);

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique(how), ("timeout", 8)));

        Assert.Equal((424, "PROVIDER_ERROR"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal("result_not_fetched", answer.Json.Text("error.details.reason"));
        Assert.False(answer.Json.At("error.retryable").GetBoolean());
        Assert.Equal(how == "too large" ? "failed" : "storing", answer.Json.Text("metadata.phase"));
        Assert.Equal(["accepted/yes"], ChaosGateway.Attempts(answer.Json));
        Assert.Null(answer.Json.Find("result.media"));
        Assert.DoesNotContain("SIGNATURE", answer.Text, StringComparison.Ordinal);
        Assert.Single(_gateway.Provider.Submits);

        // It would be fetched on, in the midst of the next test.
        await _gateway.Client.SendAsync(HttpMethod.Delete, "/generations/" + answer.Json.Text("request_id"));
    }

    [Fact]
    public async Task Post_ResultUrlIsDead_AsksTheJobForAFreshOne()
    {
        var good = _gateway.Provider.Poll;
        var polls = 0;
        _gateway.Provider.Poll = r => Interlocked.Increment(ref polls) == 1
            ? Reaction.Answer(200, $$$"""{"status":"Ready","result":{"sample":"{{{_gateway.Provider.Server.Address}}}/delivery/old.png"}}""")
            : good(r);
        _gateway.Provider.Download = r => r.Path == "/delivery/old.png" ? Reaction.Answer(403, "", "text/plain") : ChaosProvider.GoodDownload(r);

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("fresh")));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Single(_gateway.Provider.Submits);
    }

    [Theory]
    [InlineData("flux")]
    [InlineData("sora")]
    public async Task Post_DownloadRedirectsToAnotherServer_TheKeyStaysHere(string provider)
    {
        var other = _gateway.Other;
        (other.React, var before) = (ChaosProvider.GoodDownload, other.Requests.Count);
        _gateway.Provider.Download = r => Reaction.Answer(302, "", "text/plain", $"Location: {other.Address}{r.Target}");

        var answer = await _gateway.Client.PostAsync(Bodies.Of(provider, Bodies.Unique("redirect")));

        Assert.True(answer.Status == 200, answer.ToString());
        var hop = string.Join('\n', Assert.Single(other.Requests.Skip(before)).Headers);
        Assert.DoesNotContain(ChaosGateway.FluxKey, hop, StringComparison.Ordinal);
        Assert.DoesNotContain(ChaosGateway.SoraKey, hop, StringComparison.Ordinal);
    }

    /// <summary>A result at the provider's own address is fetched with the key only where the protocol wants it.</summary>
    [Fact]
    public async Task Post_Downloads_CarryTheKeyForSoraOnly()
    {
        await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("key")));
        await _gateway.Client.PostAsync(Bodies.Of("sora", Bodies.Unique("key")));

        Assert.Equal(2, _gateway.Provider.Downloads.Count);
        Assert.DoesNotContain(ChaosGateway.FluxKey, string.Join('\n', _gateway.Provider.Downloads[0].Headers), StringComparison.Ordinal);
        Assert.Equal($"Bearer {ChaosGateway.SoraKey}", _gateway.Provider.Downloads[1].Headers["Authorization"]);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.0.0.1/x.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://example.com/x.png")]
    public async Task Post_ResultUrlLeadsInside_IsNeverStored(string url)
    {
        _gateway.Provider.Poll = _ => Reaction.Answer(200, $$$"""{"status":"Ready","result":{"sample":"{{{url}}}"}}""");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("inside"), ("timeout", 3)));

        Assert.Equal("failed", answer.Json.Text("status"));
        Assert.Single(_gateway.Provider.Submits);
        await _gateway.Client.SendAsync(HttpMethod.Delete, "/generations/" + answer.Json.Text("request_id"));
    }

    private static Reaction Wrong(string how, ScriptedRequest request) => how switch
    {
        "reset" => Reaction.Reset,
        "cut" => ChaosProvider.HalfDownload(request),
        "stalls" => Reaction.Stall(200, new byte[10], "image/png"),
        "404" => Reaction.Answer(404, "<Error/>", "application/xml"),
        "403" => Reaction.Answer(403, "<Error/>", "application/xml"),
        "500" => Reaction.Answer(500, "", "text/plain"),
        "html" => Reaction.Answer(200, "<html><body>Sign in</body></html>", "text/html"),
        "empty" => Reaction.Answer(200, "", "image/png"),
        "too large" => Reaction.Answer(200, new byte[100_001], "image/png"),
        _ => throw new ArgumentException(how, nameof(how)),
    };
}
