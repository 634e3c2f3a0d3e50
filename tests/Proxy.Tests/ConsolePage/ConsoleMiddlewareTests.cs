using System.IO.Compression;
using System.Text;
using Framegate.Proxy.Edge.Console;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.ConsolePage;

public class ConsoleMiddlewareTests
{
    private static readonly Lazy<ConsoleFiles> s_files = new(() => new ConsoleFiles());
    private bool _passed;

    [Theory]
    [InlineData("/", "text/html,application/xhtml+xml", true)]
    [InlineData("/", "application/json", false)]
    [InlineData("/", "", false)]
    [InlineData("/console", "", true)]
    [InlineData("/console/", "", true)]
    public async Task Start_LeadsBrowsersToThePlayground(string path, string accept, bool leads)
    {
        var answer = await GetAsync(path, ("Accept", accept));
        Assert.Equal(!leads, _passed);
        Assert.Equal(leads ? "/console/playground" : "", answer.Headers.Location.ToString());
    }

    [Theory]
    [InlineData("/console/playground")]
    [InlineData("/console/generations/gen_1")]
    [InlineData("/console/index.html")]
    public async Task Page_IsServedForEveryAddress_AndMayAskNobodyElse(string path)
    {
        var answer = await GetAsync(path);
        Assert.Equal(200, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.ContentType);
        Assert.Equal("no-cache", answer.Headers.CacheControl.ToString());
        Assert.Contains("<base href=\"/console/\">", TextOf(answer), StringComparison.Ordinal);
        var policy = answer.Headers.ContentSecurityPolicy.ToString();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.XContentTypeOptions.ToString());
    }

    [Fact]
    public async Task Page_BelowABasePath_NamesIt()
    {
        var answer = await GetAsync("/console/playground", pathBase: "/gate");
        Assert.Contains("<base href=\"/gate/console/\">", TextOf(answer), StringComparison.Ordinal);
        Assert.Equal("/gate/console/playground", (await GetAsync("/console", pathBase: "/gate")).Headers.Location.ToString());
    }

    [Theory]
    [InlineData("/console/playground", "../console/")]
    [InlineData("/console/generations/gen_1", "../../console/")]
    public async Task Page_BelowABasePathThatOnlyPublicUrlNames_IsRightThroughTheFrontAndWithout(string path, string expected)
    {
        var answer = await GetAsync(path, publicUrl: "https://media.example.com/gate/");
        Assert.Contains($"<base href=\"{expected}\">", TextOf(answer), StringComparison.Ordinal);
        foreach (var front in new[] { "https://media.example.com/gate", "http://127.0.0.1:8080" })
        {
            Assert.Equal(front + "/console/", new Uri(new Uri(front + path), expected).AbsoluteUri);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/console")]
    [InlineData("/console/")]
    public async Task Start_BelowABasePathThatOnlyPublicUrlNames_StaysBelowIt(string path)
    {
        var answer = await GetAsync(path, ("Accept", "text/html"), publicUrl: "https://media.example.com/gate");
        Assert.Equal("https://media.example.com/gate/console/playground", new Uri(new Uri("https://media.example.com/gate" + path), answer.Headers.Location.ToString()).AbsoluteUri);
    }

    [Fact]
    public async Task Assets_OfThePage_AreThere_PackedAndForGood()
    {
        var page = TextOf(await GetAsync("/console/playground"));
        var names = System.Text.RegularExpressions.Regex.Matches(page, "(?:src|href)=\"\\./(assets/[^\"]+)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.Equal([".css", ".js"], names.Select(Path.GetExtension).Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            var plain = await GetAsync("/console/" + name);
            var packed = await GetAsync("/console/" + name, ("Accept-Encoding", "br, gzip"));
            Assert.Equal("public, max-age=31536000, immutable", plain.Headers.CacheControl.ToString());
            Assert.Equal("gzip", packed.Headers.ContentEncoding.ToString());
            using var unpacked = new StreamReader(new GZipStream(Body(packed), CompressionMode.Decompress));
            Assert.Equal(TextOf(plain), await unpacked.ReadToEndAsync());
            Assert.Equal(304, (await GetAsync("/console/" + name, ("If-None-Match", plain.Headers.ETag.ToString()))).StatusCode);
        }
    }

    [Fact]
    public async Task Assets_ThatAreGone_AreNotThePage() => Assert.Equal(404, (await GetAsync("/console/assets/index-old.js")).StatusCode);

    [Theory]
    [InlineData("GET", "/generations")]
    [InlineData("GET", "/consoles")]
    public async Task Others_PassBy(string method, string path)
    {
        await GetAsync(path, method: method);
        Assert.True(_passed);
    }

    private async Task<HttpResponse> GetAsync(string path, (string Name, string Value)? header = null, string pathBase = "", string method = "GET", string? publicUrl = null)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        (context.Request.Method, context.Request.Path, context.Request.PathBase, context.Response.Body) = (method, path, pathBase, new MemoryStream());
        if (header is var (name, value))
        {
            context.Request.Headers[name] = value;
        }

        _passed = false;
        await new ConsoleMiddleware(
            _ =>
            {
                _passed = true;
                return Task.CompletedTask;
            },
            s_files,
            new PublicAddress(Options.Create(new MediaOptions { PublicUrl = publicUrl is null ? null : new Uri(publicUrl) }))).InvokeAsync(context);
        return context.Response;
    }

    private static MemoryStream Body(HttpResponse answer)
    {
        var body = (MemoryStream)answer.Body;
        body.Position = 0;
        return body;
    }

    private static string TextOf(HttpResponse answer) => Encoding.UTF8.GetString(Body(answer).ToArray());
}
