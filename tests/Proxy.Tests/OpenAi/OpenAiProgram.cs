using System.Text;
using System.Text.Json.Nodes;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Host;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>A program with every built-in provider, and its reader of the dialect.</summary>
public sealed class OpenAiProgram : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>What it is made of.</summary>
    public IServiceProvider Services => _app.Services;

    internal OpenAiRequestReader Reader { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_folder.Path, "routes.json");
        var clusters = new[] { "flux", "pika", "runway", "sora", "veo", "veo-gemini" }
            .Select(name => new KeyValuePair<string, JsonNode?>(name, JsonNode.Parse("""{"Destinations":{"only":{"Address":"http://127.0.0.1:9/"}}}""")));
        await File.WriteAllTextAsync(
            config, new JsonObject
            {
                ["ReverseProxy"] = new JsonObject { ["Clusters"] = new JsonObject(clusters) },
                ["Framegate"] = JsonNode.Parse("""{"Security":{"Origins":["https://app.example.com"]}}"""),
            }.ToJsonString());
        _app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", config, _folder.Path), new HostSettings(null, null), new DataFolder(_folder.Path));
        await _app.StartAsync();
        Reader = _app.Services.GetRequiredService<OpenAiRequestReader>();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    internal (ImageCall? Call, OpenAiError? Problem) ReadImage(string json, bool edit = false) => Reader.ReadImage(Body(json), edit);

    internal (DialectRequest? Request, OpenAiError? Problem) ReadVideo(string json) => Reader.ReadVideo(Body(json));

    internal static async Task<OpenAiBody> BodyAsync(HttpContent content)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = content.Headers.ContentType!.ToString();
        request.Body = await content.ReadAsStreamAsync();
        var (body, problem) = await OpenAiBodyReader.ReadAsync(request, ["mask"], CancellationToken.None);
        Assert.Null(problem);
        return body!;
    }

    private static OpenAiBody Body(string json)
    {
        var (body, problem) = OpenAiBodyReader.ReadJson(Encoding.UTF8.GetBytes(json), HeldInputs.None);
        Assert.Null(problem);
        return body!;
    }
}
