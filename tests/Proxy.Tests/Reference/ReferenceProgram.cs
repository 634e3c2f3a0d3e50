using System.Text.Json.Nodes;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Reference;
using Framegate.Proxy.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Reference;

/// <summary>The program as it is put together, not started: its routes and its documents.</summary>
public sealed class ReferenceProgram : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;

    /// <summary>Every route but the providers' own, as <c>METHOD PATTERN</c>.</summary>
    internal IReadOnlyList<string> Routes { get; private set; } = [];

    internal ApiDocuments Documents => _app.Services.GetRequiredService<ApiDocuments>();

    public async Task InitializeAsync()
    {
        var file = Path.Combine(_folder.Path, "routes.json");
        await File.WriteAllTextAsync(file, """{"ReverseProxy":{"Clusters":{"flux":{"Destinations":{"only":{"Address":"http://127.0.0.1:9/"}}}}}}""");
        _app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", file, _folder.Path), new HostSettings(null, null), new DataFolder(_folder.Path));
        Routes = [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<Yarp.ReverseProxy.Model.RouteModel>() is null && !e.RoutePattern.RawText!.EndsWith("/{**rest}", StringComparison.Ordinal))
            .SelectMany(e => MethodsOf(e).Select(m => $"{m} /{e.RoutePattern.RawText!.Trim('/').Replace("{**", "{", StringComparison.Ordinal)}"))
            .Distinct().Order(StringComparer.Ordinal)];
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    /// <summary>A document.</summary>
    internal JsonObject Read(string name) => JsonNode.Parse(Documents.Find(name, "https://media.example.com/gate")!)!.AsObject();

    /// <summary>Asks for a page.</summary>
    internal async Task<(HttpResponse Answer, string Text)> GetAsync(string path)
    {
        var context = new DefaultHttpContext { RequestServices = _app.Services, Request = { Method = "GET", Path = path, Scheme = "https", Host = new HostString("media.example.com") }, Response = { Body = new MemoryStream() } };
        await new ReferenceMiddleware(_ => Task.CompletedTask, Documents, _app.Services.GetRequiredService<PublicAddress>()).InvokeAsync(context);
        return (context.Response, System.Text.Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
    }

    // HEAD is GET without the body; what takes any method is read.
    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(m => m != "HEAD") ?? ["GET"];
}
