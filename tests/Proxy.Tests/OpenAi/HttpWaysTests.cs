using System.Net;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>What HTTP says of any server: HEAD is GET without the body, and an error says what it is.</summary>
public sealed class HttpWaysTests(OpenAiProgram program) : IClassFixture<OpenAiProgram>
{
    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/flux/flux-dev")]
    [InlineData("/v1/videos")]
    [InlineData("/models")]
    [InlineData("/providers")]
    [InlineData("/generations")]
    [InlineData("/health/live")]
    [InlineData("/schemas/2.0/request.json")]
    public async Task Head_WhereverGetIs_AnswersWithoutABody(string path)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var get = await client.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/v1/images/generations", "parameters.steps: flux-pro-1.1 does not know it; it was left out.", "steps: flux-pro-1.1 does not know it; it was left out.")]
    [InlineData("/v1/images/generations", "parameters.width: It was rounded.", "size: It was rounded.")]
    [InlineData("/v1/videos", "parameters.duration: 4 s is made.", "seconds: 4 s is made.")]
    [InlineData("/v1/audio/speech", "prompt: It was cut.", "input: It was cut.")]
    [InlineData("/v1/images/generations", "2 of 3 images were made: $: no", "2 of 3 images were made: $: no")]
    public void Warn_FieldOfTheUnifiedApi_HasTheCallersName(string path, string warning, string told)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Path = path;

        Framegate.Proxy.Edge.OpenAi.Wire.OpenAiHeaders.Warn(context, [warning]);

        Assert.Equal(told, context.Response.Headers["X-Framegate-Warnings"]);
    }

    [Fact]
    public async Task Post_FormToTheUploads_SaysHowToSendAFile()
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var form = new MultipartFormDataContent { { new StringContent("x"), "file", "a.png" } };
        using var answer = await client.PostAsync("/media", form);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("--data-binary", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_OfAStreamThatGoesOn_IsAnsweredAtOnce()
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var request = new HttpRequestMessage(HttpMethod.Head, "/generations");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var head = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (head.StatusCode, head.Content.Headers.ContentType?.MediaType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/images/generations")]
    [InlineData("//v1/images/generations")]
    [InlineData("/openai/deployments/flux-dev/images/generations?api-version=1")]
    [InlineData("/api/v1/videos")]
    [InlineData("/nope")]
    public async Task Post_WhereNothingIs_SaysWhereTheDialectsAre(string path)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(program.Address.AbsoluteUri.TrimEnd('/') + path), new StringContent("{}"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("The OpenAI dialect is at /v1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.StartsWith("req_", answer.Headers.GetValues("Framegate-Request-Id").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/models")]
    [InlineData("/metrics")]
    [InlineData("/docs/errors")]
    [InlineData("/openapi/openai.json")]
    [InlineData("/console/playground")]
    [InlineData("/admin/config")]
    public async Task Put_WhereOnlyOthersAreServed_NamesThem(string path)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var answer = await client.PutAsync(path, new StringContent("{}"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
        Assert.Contains("PUT is not served here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models", "GET, HEAD, OPTIONS")]
    [InlineData("/v1/images/generations", "OPTIONS, POST")]
    [InlineData("/v1/videos/video_1", "DELETE, GET, HEAD, OPTIONS")]
    [InlineData("/generations", "GET, HEAD, OPTIONS, POST")]
    [InlineData("/models", "GET, HEAD, OPTIONS")]
    [InlineData("/metrics", "GET, HEAD, OPTIONS")]
    [InlineData("/docs", "GET, HEAD, OPTIONS")]
    [InlineData("/openapi/v2.json", "GET, HEAD, OPTIONS")]
    [InlineData("/console/playground", "GET, HEAD, OPTIONS")]
    [InlineData("/admin/config", "GET, HEAD, OPTIONS")]
    [InlineData("/admin/cache/invalidate", "OPTIONS, POST")]
    public async Task Options_WhereSomethingIs_NamesItsMethods(string path, string methods)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(methods, string.Join(", ", answer.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    /// <summary>HTTP nodes of workflow tools and <c>curl -d</c> send JSON under other names.</summary>
    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public async Task Post_JsonUnderAnotherName_IsReadAllTheSame(string? type)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var json = new ByteArrayContent(" {\"model\":\"flux/none\",\"prompt\":\"x\"}"u8.ToArray());
        using var form = new ByteArrayContent("model=flux%2Fnone&prompt=x"u8.ToArray());
        if (type is not null)
        {
            json.Headers.Add("Content-Type", type);
            form.Headers.Add("Content-Type", type);
        }

        using var answer = await client.PostAsync("/v1/images/generations", json);
        using var other = await client.PostAsync("/v1/images/generations", form);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("model_not_found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.Contains("JSON", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/vnd.x+json")]
    public async Task Post_AnAgentsMessageUnderAnotherName_IsRefusedInItsOwnShape(string? type)
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var content = new ByteArrayContent("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"u8.ToArray());
        if (type is not null)
        {
            content.Headers.Add("Content-Type", type);
        }

        using var answer = await client.PostAsync("/mcp", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("\"jsonrpc\":\"2.0\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_InTheDialectWhereOnlyOthersAreServed_NamesThem()
    {
        using var client = new HttpClient { BaseAddress = program.Address };
        using var answer = await client.PutAsync("/v1/models", new StringContent("{}"));
        using var nothing = await client.PutAsync("/v1/nothing", new StringContent("{}"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("\"error\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Theory]
    [InlineData("1.0", 1)]
    [InlineData("1e0", 1)]
    [InlineData("4.00", 4)]
    [InlineData("1.5", null)]
    [InlineData("1e99", null)]
    public void ReadImage_NumberWithoutAFraction_IsWholeHoweverItIsWritten(string n, int? read)
    {
        var (call, problem) = program.ReadImage($$"""{"model":"flux/flux-dev","prompt":"x","n":{{n}}}""");

        Assert.Equal(read is null, problem is not null);
        Assert.Equal(read is > 1 ? read : null, call?.Request.Request.Parameters.N);
    }
}
