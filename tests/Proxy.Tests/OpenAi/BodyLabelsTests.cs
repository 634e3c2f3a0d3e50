using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>What a body's headers say about it counts: its coding, its charset, and the web page that sends it.</summary>
public sealed class BodyLabelsTests(OpenAiProgram program) : IClassFixture<OpenAiProgram>
{
    private const string Json = """{"model":"no-such-model","prompt":"x"}""";

    public static TheoryData<string, string> Codings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var path in new[] { "/v1/images/generations", "/v1/videos", "/generations", "/quotes" })
            {
                foreach (var coding in new[] { "gzip", "GZIP", "x-gzip", "br", "deflate", "identity" })
                {
                    data.Add(path, coding);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Post_CompressedBody_IsRead(string path, string coding)
    {
        using var answer = await SendAsync(path, Encode(Encoding.UTF8.GetBytes(Json), coding), coding);
        using var plain = await SendAsync(path, Encoding.UTF8.GetBytes(Json), null);

        Assert.Equal(plain.StatusCode, answer.StatusCode);
        Assert.DoesNotContain("not valid JSON", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/images/generations", "zstd")]
    [InlineData("/v1/images/generations", "gzip, gzip")]
    [InlineData("/generations", "nonsense")]
    public async Task Post_CodingThatNobodyReads_IsRefusedWithThoseThatAre(string path, string coding)
    {
        using var answer = await SendAsync(path, Encoding.UTF8.GetBytes(Json), coding);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("gzip, br, deflate", string.Join(", ", answer.Headers.GetValues("Accept-Encoding")));
        Assert.Contains("Content-Encoding", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BodyThatIsNotInItsCoding_IsRefusedForThat()
    {
        using var answer = await SendAsync("/v1/images/generations", Encoding.UTF8.GetBytes(Json), "gzip");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Content-Encoding", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SmallBodyThatDecodesToTooMuch_IsTooLarge()
    {
        using var answer = await SendAsync("/v1/images/generations", Encode(new byte[70 * 1024 * 1024], "br"), "br");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Post_OtherCharset_IsRefusedForThat()
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var answer = await client.PostAsync("/generations", new StringContent(Json, Encoding.Latin1, "application/json"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("send UTF-8", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"model\":\"m\",\"prompt\":\"caf\u00e9\"}", "UTF-8; the byte 0xe9 at offset 26")]
    [InlineData("{\"model\":\"m\",\"caf\u00e9\":1}", "UTF-8; the byte 0xe9")]
    [InlineData("{\"model\":\"m\",\"prompt\":\"a\\ud83d\"}", "surrogate")]
    [InlineData("{\"model\":\"m\",\"prompt\":\"x\",}", "line 1, byte")]
    [InlineData("{\"model\":\"m\",\"model\":\"m\"}", "twice")]
    [InlineData("{\"model\":\"m\",\"prompt\":5}", "It must be a string")]
    public async Task Post_BodyThatCannotBeRead_SaysWhatIsWrongWithIt(string latin1, string reason)
    {
        using var answer = await SendAsync("/v1/images/generations", Encoding.Latin1.GetBytes(latin1), null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/images/generations", "https://app.example.com", true)]
    [InlineData("/generations", "https://app.example.com", true)]
    [InlineData("/flux/v1/flux-dev", "https://app.example.com", true)]
    [InlineData("/v1/images/generations", "https://evil.example.com", false)]
    [InlineData("/generations", "null", false)]
    public async Task Preflight_OfAPage_IsAnsweredForThoseThatAreNamed(string path, string origin, bool may)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,idempotency-key");
        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(may, answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("https://app.example.com", HttpStatusCode.OK)]
    [InlineData("https://evil.example.com", HttpStatusCode.Forbidden)]
    public async Task Get_FromAPage_IsForThoseThatAreNamed(string origin, HttpStatusCode status)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Origin", origin);
        using var answer = await client.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK, answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Refusal_InFrontOfEveryRoute_CanBeReadByAPage()
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(program.Address.Host, program.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("POST /generations HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example.com\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        var answer = "";
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            answer += line + "\r\n";
        }

        Assert.StartsWith("HTTP/1.1 501", answer, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: https://app.example.com", answer, StringComparison.Ordinal);
        foreach (var header in new[] { "RateLimit", "RateLimit-Policy", "Retry-After", "Framegate-Model", "Content-Range", "Idempotent-Replayed" })
        {
            Assert.Matches($"Access-Control-Expose-Headers:[^\r]*[ ,]{header}[,\r]", answer);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, byte[] body, string? coding)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (coding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        }

        return await client.PostAsync(path, content);
    }

    private static byte[] Encode(byte[] bytes, string coding)
    {
        using var output = new MemoryStream();
        using (Stream stream = coding.ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true),
            "BR" => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true),
            "DEFLATE" => new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(output),
        })
        {
            stream.Write(bytes);
            stream.Flush();
            if (stream is BufferedStream)
            {
                return output.ToArray();
            }
        }

        return output.ToArray();
    }
}
