using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Native;

/// <summary>Native calls to a provider that answers as providers may: large, late, under another name, elsewhere, or with half of it.</summary>
public sealed class OddAnswersTests : IAsyncLifetime, IDisposable
{
    private const string Key = "odd-answers-key-51e2";
    private const string Prediction = "/replicate/v1/models/owner/name/predictions";
    private static readonly string[] s_providers = ["replicate", "openai", "elevenlabs", "pika-dev", "fal"];
    private readonly TempFolder _folder = new();
    private readonly List<string> _bodies = [];
    private WebApplication _provider = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private string _address = null!;
    private RequestDelegate _answer = _ => Task.CompletedTask;

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable("ODD_ANSWERS_ONE", Key);
        Environment.SetEnvironmentVariable("ODD_ANSWERS_TWO", Key + "-other");
        var builder = WebApplication.CreateSlimBuilder();
        _provider = builder.Build();
        _provider.Urls.Add("http://127.0.0.1:0");
        _provider.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            var body = await reader.ReadToEndAsync();
            lock (_bodies)
            {
                _bodies.Add(body);
            }

            await _answer(context);
        });
        await _provider.StartAsync();
        _address = AddressOf(_provider);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "config", "routes.json")))!;
        config["Framegate"]!["Clients"] = JsonNode.Parse("""{"one":{"KeyEnv":"ODD_ANSWERS_ONE"},"two":{"KeyEnv":"ODD_ANSWERS_TWO"}}""");
        var file = Path.Combine(_folder.Path, "routes.json");
        await File.WriteAllTextAsync(file, config.ToJsonString());
        _app = FramegateHost.Build(
            new HostArguments(true, null, "http://127.0.0.1:0", file, _folder.Path) { Providers = ProvidersWithAKeyInTheQuery() },
            new HostSettings(s_providers.ToDictionary(p => p, p => new Uri($"{_address}/{p}/")), null) { AdminKey = new Secret("odd-answers-admin-77b1") },
            new DataFolder(_folder.Path));
        await _app.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(AddressOf(_app)) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("Application/JSON")]
    [InlineData("application/vnd.api+json")]
    [InlineData(null)]
    public async Task Submit_TheAnswerIsJsonUnderAnotherName_ItsJobIsTheClients(string? type)
    {
        _answer = context => JsonAsync(context, $$"""{"id":"job-12345","urls":{"get":"{{_address}}/replicate/v1/predictions/job-12345" } }""", type);

        using var answer = await PostAsync(Prediction, """{"input":{}}""");

        Assert.Equal($$"""{"id":"job-12345","urls":{"get":"{{_http.BaseAddress}}replicate/~global/v1/predictions/job-12345" } }""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/replicate/v1/predictions/job-12345"));
    }

    [Theory]
    [InlineData("""{"id":"job-12345","input":{"image":"#"}}""", true)]
    [InlineData("""{"input":{"image":"#"},"id":"job-12345"}""", true)]
    [InlineData("""{"input":{"image":"#"},"id":"job-12345"}""", false)]
    public async Task Submit_TheAnswerIsLarge_ItsJobIsTheClients(string shape, bool withLength)
    {
        var body = shape.Replace("#", new string('A', 200_000), StringComparison.Ordinal);
        _answer = async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = withLength ? body.Length : null;
            await context.Response.WriteAsync(body[..4]);
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync(body[4..]);
        };

        using var answer = await PostAsync(Prediction, """{"input":{}}""");

        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/replicate/v1/predictions/job-12345"));
    }

    [Fact]
    public async Task Submit_AFormThatIsSentAgain_JoinsTheFirstWhateverItsBoundary()
    {
        var (arrived, go) = Gate();
        _answer = async context =>
        {
            arrived.TrySetResult();
            await go.Task;
            await JsonAsync(context, """{"data":[]}""");
        };

        await LostAsync("/openai/v1/images/edits", () => Form("----one"), arrived.Task);
        var again = PostAsync("/openai/v1/images/edits", Form("----two"));
        go.SetResult();

        using var answer = await again;
        Assert.Equal("""{"data":[]}""", await answer.Content.ReadAsStringAsync());
        Assert.Single(_bodies);

        using var another = await PostAsync("/openai/v1/images/edits", Form("----three", "another"));
        Assert.Equal(2, _bodies.Count);
    }

    [Theory]
    [InlineData("application/json", 3_000_000)]
    [InlineData("audio/mpeg", 3_000_000)]
    [InlineData("text/event-stream", 600_000)]
    public async Task Submit_ALargeAnswerWhoseCallerHasGone_IsForWhoAsksAgain(string type, int size)
    {
        var (arrived, go) = Gate();
        _answer = async context =>
        {
            arrived.TrySetResult();
            await go.Task;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(new string(' ', size));
        };

        await LostAsync("/openai/v1/images/generations", () => Json("""{"prompt":"x"}"""), arrived.Task);
        var again = PostAsync("/openai/v1/images/generations", """{"prompt":"x"}""");
        go.SetResult();

        using var answer = await again;
        Assert.Equal(size, (await answer.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Single(_bodies);
    }

    /// <summary>What was sent may lie in the buffers of two systems when the client gives up.</summary>
    [Fact]
    public async Task Submit_ALargeAnswerThatWasNotReadToItsEnd_IsForWhoAsksAgain()
    {
        const string Path = "/openai/v1/images/generations";
        const string Body = """{"prompt":"x"}""";
        _answer = context => JsonAsync(context, new string(' ', 400_000));
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, _http.BaseAddress!.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"POST {Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Key}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
            var buffer = new byte[300_000];
            for (var read = 0; read < buffer.Length;)
            {
                read += await socket.ReceiveAsync(buffer.AsMemory(read));
            }

            socket.LingerState = new LingerOption(true, 0);
        }

        using var again = await PostAsync(Path, Body);

        Assert.Equal(400_000, (await again.Content.ReadAsByteArrayAsync()).Length);
        Assert.Single(_bodies);
    }

    [Theory]
    [InlineData("application/json", 400_000)]
    [InlineData("audio/mpeg", 1_000)]
    [InlineData("audio/mpeg", 400_000)]
    [InlineData("text/event-stream", 1_000)]
    public async Task Submit_AnAnswerThatBrokeOff_IsNotPaidAgainByARepetition(string type, int size)
    {
        var (_, go) = Gate();
        _answer = async context =>
        {
            context.Response.ContentType = type;
            await context.Response.WriteAsync(new string(' ', size));
            await context.Response.Body.FlushAsync();
            await go.Task;
            context.Abort();
        };

        using (var request = new HttpRequestMessage(HttpMethod.Post, "/elevenlabs/v1/sound-generation") { Content = Json("""{"text":"x"}""") })
        using (var cut = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, cut.StatusCode);
            go.SetResult();
            await Assert.ThrowsAnyAsync<Exception>(() => cut.Content.ReadAsByteArrayAsync());
        }

        using var again = await PostAsync("/elevenlabs/v1/sound-generation", """{"text":"x"}""");

        Assert.Equal(HttpStatusCode.FailedDependency, again.StatusCode);
        Assert.Single(_bodies);
    }

    [Fact]
    public async Task Call_NothingIsPaidForByIt_ItsAnswerThatBrokeOffIsNoReasonToRefuseTheNext()
    {
        _answer = context => JsonAsync(context, """{"id":"job-12345"}""");
        using var submitted = await PostAsync(Prediction, """{"input":{}}""");
        var (_, go) = Gate();
        _answer = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(new string(' ', 400_000));
            await context.Response.Body.FlushAsync();
            await go.Task;
            context.Abort();
        };
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/replicate/v1/predictions/job-12345/cancel") { Content = Json("{}") })
        using (var cut = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, cut.StatusCode);
            go.SetResult();
            await Assert.ThrowsAnyAsync<Exception>(() => cut.Content.ReadAsByteArrayAsync());
        }

        _answer = context => JsonAsync(context, """{"id":"job-12345"}""");
        using var again = await PostAsync("/replicate/v1/predictions/job-12345/cancel", "{}");

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Submit_MakesSeveral_ThoseBehindTheFirstAreTheClientsToo()
    {
        var body = $$"""{"id":"resp_12345","output":[{"type":"image_generation_call","id":"ig_12345","result":"{{new string('A', 300_000)}}"},{"type":"image_generation_call","id":"ig_67890"}]}""";
        _answer = context => JsonAsync(context, body);
        using var first = await PostAsync("/openai/v1/responses", """{"input":"two"}""");
        Assert.Equal(body, await first.Content.ReadAsStringAsync());

        foreach (var id in new[] { "ig_12345", "ig_67890" })
        {
            using var next = await PostAsync("/openai/v1/responses", $$"""{"input":[{"type":"image_generation_call","id":"{{id}}"}]}""");
            Assert.Equal((id, HttpStatusCode.OK), (id, next.StatusCode));
        }
    }

    [Theory]
    [InlineData("GET", 302, "https://cdn.example/clip.mp4?sig=1", "~https~cdn.example/clip.mp4?sig=1")]
    [InlineData("GET", 302, "/pika-dev/v1/media/jobs/job-12345", "/~global/v1/media/jobs/job-12345")]
    [InlineData("GET", 307, "http://cdn.example/clip.mp4", null)]
    [InlineData("GET", 302, "https://[cdn.example/clip.mp4", null)]
    [InlineData("GET", 302, "https://cdn.example/clip.mp4|https://elsewhere.example/", null)]
    [InlineData("POST", 307, "https://elsewhere.example/v1", null)]
    [InlineData("POST", 303, "https://cdn.example/clip.mp4", "~https~cdn.example/clip.mp4")]
    public async Task Call_IsRedirected_LeadsThroughTheGatewayOrNowhere(string method, int status, string location, string? end)
    {
        await OwnAsync();
        _answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = location.Split('|');
            return Task.CompletedTask;
        };

        using var request = method == "GET"
            ? new HttpRequestMessage(HttpMethod.Get, "/pika-dev/v1/media/jobs/job-12345/content")
            : new HttpRequestMessage(HttpMethod.Post, "/pika-dev/v1/media/pika/pika-2.5/t2v") { Content = Json("""{"prompt":"y"}""") };
        using var answer = await _http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        var here = answer.Headers.Location?.OriginalString;
        Assert.Equal(end is not null, answer.Headers.NonValidated.Contains("Location"));
        Assert.True(here is null || (here.StartsWith($"{_http.BaseAddress}pika-dev/~global", StringComparison.Ordinal) && here.EndsWith(end!, StringComparison.Ordinal)), here);
    }

    [Theory]
    [InlineData("GET", 302, "/pika-dev/v1/media/jobs/job-12345/{query}")]
    [InlineData("GET", 302, "#x")]
    [InlineData("POST", 201, "https://elsewhere.example/{query}")]
    [InlineData("POST", 307, "/pika-dev/v1/media/pika/pika-2.5/i2v{query}&KEY=x")]
    public async Task Call_IsRedirectedWithItsQuery_TheKeyStaysHere(string method, int status, string location)
    {
        await OwnAsync();
        string? key = null;
        _answer = context =>
        {
            key = context.Request.Query["key"];
            context.Response.StatusCode = status;
            context.Response.Headers.Location = location.Replace("{query}", context.Request.QueryString.Value, StringComparison.Ordinal);
            return Task.CompletedTask;
        };

        using var request = method == "GET"
            ? new HttpRequestMessage(HttpMethod.Get, "/pika-dev/v1/media/jobs/job-12345/content?a=1")
            : new HttpRequestMessage(HttpMethod.Post, "/pika-dev/v1/media/pika/pika-2.5/t2v?a=1") { Content = Json("""{"prompt":"y"}""") };
        using var answer = await _http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotEmpty(key!);
        Assert.DoesNotContain(key!, answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("?a=1", answer.Headers.Location.OriginalString, StringComparison.Ordinal);
        Assert.DoesNotContain("key=", answer.Headers.Location.OriginalString, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_NameLinks_TheyLeadThroughTheGateway(bool withLength)
    {
        _answer = context => JsonAsync(context, """{"request_id":"job-12345"}""");
        using var submitted = await PostAsync("/fal/fal-ai/flux/dev", """{"prompt":"x"}""");
        _answer = async context =>
        {
            var (first, second) = ($"data: {{\"response_url\":\"{_address}/fal/fal-ai/fl", "ux/requests/job-12345\"}\n\ndata: {\"images\":[{\"url\":\"https://v3.fal.media/x.png\"}]}\n\n");
            context.Response.ContentType = "text/event-stream";
            context.Response.ContentLength = withLength ? first.Length + second.Length : null;
            await context.Response.WriteAsync(first);
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync(second);
        };

        var events = await _http.GetStringAsync("/fal/fal-ai/flux/requests/job-12345/status/stream");

        Assert.StartsWith($"data: {{\"response_url\":\"{_http.BaseAddress}fal/~global/fal-ai/flux/requests/job-12345\"}}\n\n", events, StringComparison.Ordinal);
        Assert.Contains("~https~v3.fal.media/x.png\"", events, StringComparison.Ordinal);
        Assert.DoesNotContain("\"https://v3.fal.media", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_NamesItsNextPage_ThatLeadsThroughTheGateway()
    {
        _answer = context => JsonAsync(context, $$"""{"previous":null,"next":"{{_address}}/replicate/v1/predictions?cursor=Y3M%3D","results":[]}""");

        Assert.Equal(
            $$"""{"previous":null,"next":"{{_http.BaseAddress}}replicate/~global/v1/predictions?cursor=Y3M%3D","results":[]}""",
            await _http.GetStringAsync("/replicate/v1/predictions"));
    }

    [Fact]
    public async Task Result_IsAFile_ThatStaysAsItIs()
    {
        _answer = context => JsonAsync(context, $$"""{"status":"succeeded","output":"{{_address}}/replicate/files/words.json"}""");
        var made = JsonNode.Parse(await (await PostAsync(Prediction, """{"input":{}}""")).Content.ReadAsStringAsync())!;
        const string File = """{"get":"https://api.replicate.com/v1/predictions/1","output":["https://replicate.delivery/1.png"]}""";
        _answer = context => JsonAsync(context, File);

        Assert.Contains("~get~", (string)made["output"]!, StringComparison.Ordinal);
        Assert.Equal(File, await _http.GetStringAsync((string)made["output"]!));
    }

    [Theory]
    [InlineData("""{"error":"busy"}""")]
    [InlineData("""{"results":{}}""")]
    [InlineData("<html>")]
    public async Task List_CannotBeRead_IsAWholeRefusal(string body)
    {
        _answer = context => JsonAsync(context, body);

        using var answer = await _http.GetAsync("/replicate/v1/predictions");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("cannot be read", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_NamesLinksOfOurs_TheyAreTheProvidersAgain()
    {
        _answer = context => JsonAsync(context, $$"""{"images":[{"url":"https://v3.fal.media/x.png?a=1&b=2"}],"status_url":"{{_address}}/fal/fal-ai/flux/requests/job-12345/status"}""");
        using var first = await PostAsync("/fal/fal-ai/flux/dev", """{"prompt":"x"}""");
        var made = JsonNode.Parse(await first.Content.ReadAsStringAsync())!;
        var (picture, status) = ((string)made["images"]![0]!["url"]!, (string)made["status_url"]!);
        Assert.StartsWith(_http.BaseAddress!.ToString(), picture, StringComparison.Ordinal);

        using var second = await PostAsync("/fal/fal-ai/veo3.1/image-to-video", $$"""{ "prompt": "see {{picture}}", "image_url": "{{picture}}", "other": "{{status.Replace("/", "\\/", StringComparison.Ordinal)}}" }""");

        Assert.Equal(
            $$"""{ "prompt": "see {{picture}}", "image_url": "https://v3.fal.media/x.png?a=1&b=2", "other": "{{_address}}/fal/fal-ai/flux/requests/job-12345/status" }""", _bodies[^1]);
    }

    private string ProvidersWithAKeyInTheQuery()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "described")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "config", "providers")))
        {
            var text = File.ReadAllText(file);
            File.WriteAllText(
                Path.Combine(folder, Path.GetFileName(file)),
                text.Replace("""{ "header": "X-API-Key", "value": "{key}", "keys": ["PIKA_API_KEY"] }""", """{ "scheme": "query", "parameter": "key", "keys": ["PIKA_API_KEY"] }""", StringComparison.Ordinal));
        }

        return folder;
    }

    private async Task OwnAsync()
    {
        _answer = context => JsonAsync(context, """{"id":"job-12345"}""");
        using var owned = await PostAsync("/pika-dev/v1/media/pika/pika-2.5/t2v", """{"prompt":"x"}""");
        Assert.Equal(HttpStatusCode.OK, owned.StatusCode);
    }

    /// <summary>A submit whose caller hangs up once it has arrived.</summary>
    private async Task LostAsync(string path, Func<HttpContent> content, Task arrived)
    {
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = _http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = _http.DefaultRequestHeaders.Authorization;
        using var hangUp = new CancellationTokenSource();
        using var body = content();
        var lost = http.PostAsync(path, body, hangUp.Token);
        await arrived;
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) => PostAsync(path, Json(body));

    private async Task<HttpResponseMessage> PostAsync(string path, HttpContent content)
    {
        using (content)
        {
            return await _http.PostAsync(path, content);
        }
    }

    private static (TaskCompletionSource Arrived, TaskCompletionSource Go) Gate() =>
        (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));

    private static Task JsonAsync(HttpContext context, string json, string? type = "application/json")
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(json);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static MultipartFormDataContent Form(string boundary, string prompt = "x") =>
        new(boundary) { { new StringContent(prompt), "prompt" }, { new ByteArrayContent([1, 2, 3]), "image", "a.png" } };

    private static string AddressOf(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
