using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Reference;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.Reference;

public partial class ReferenceTests(ReferenceProgram program) : IClassFixture<ReferenceProgram>
{
    [Fact]
    public void Documents_AndTheProgram_HaveTheSameRoutes()
    {
        var documented = new[] { ApiDocuments.Unified, ApiDocuments.OpenAi }.SelectMany(d => program.Read(d)["paths"]!.AsObject())
            .SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}"));

        Assert.Equal(program.Routes, documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ApiDocuments.Unified)]
    [InlineData(ApiDocuments.OpenAi)]
    public void Document_NamesNothingThatIsNotInIt(string name)
    {
        var document = program.Read(name);
        var text = document.ToJsonString();
        var ids = Regex.Matches(text, "\"operationId\":\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal("https://media.example.com/gate", document["servers"]![0]!["url"]!.GetValue<string>());
        foreach (var reference in References().Matches(text).Select(m => m.Groups[1].Value).Distinct())
        {
            JsonNode? node = document;
            foreach (var part in reference.Split('/'))
            {
                node = node?[part];
            }

            Assert.True(node is not null, $"#/{reference} leads nowhere.");
        }

        // A parameter of a path is in the path, and the other way round.
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var declared = (operation!["parameters"]?.AsArray() ?? []).Where(p => p!["in"]?.GetValue<string>() == "path").Select(p => p!["name"]!.GetValue<string>());
                Assert.True(PathParameters().Matches(path).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal).SequenceEqual(declared.Order(StringComparer.Ordinal)), $"{method} {path}");
            }
        }
    }

    [Fact]
    public void Document_HasTheContractsSchemas()
    {
        var schemas = program.Read(ApiDocuments.Unified)["components"]!["schemas"]!;
        Assert.Equal(["provider", "model", "media_type"], schemas["GenerationRequest"]!["required"]!.AsArray().Select(n => n!.GetValue<string>()));
        Assert.Equal("#/components/schemas/GenerationRequest.parameters", schemas["GenerationRequest"]!["properties"]!["parameters"]!["anyOf"]![0]!["$ref"]!.GetValue<string>());
        Assert.Equal(
            Enum.GetValues<ErrorCode>().Select(c => c.ToWireName()),
            schemas["GenerationResponse.code"]!["enum"]!.AsArray().Select(n => n!.GetValue<string>()));
    }

    [Theory]
    [InlineData("/docs", "text/html", "docs/start.js")]
    [InlineData("/docs/errors", "text/html", "RATE_LIMIT_EXCEEDED")]
    [InlineData("/docs/scalar.js", "text/javascript", "createApiReference")]
    [InlineData("/openapi/openai.json", "application/json", "/v1/videos")]
    public async Task Pages_AreServed_AndMayAskNobodyElse(string path, string type, string text)
    {
        var (answer, body) = await program.GetAsync(path);
        Assert.Equal(200, answer.StatusCode);
        Assert.StartsWith(type, answer.ContentType, StringComparison.Ordinal);
        Assert.Contains(text, body, StringComparison.Ordinal);
        var policy = answer.Headers.ContentSecurityPolicy.ToString();
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_AllStandOnThePage_AndInTheDocument()
    {
        var page = (await program.GetAsync(HelpLink.Page)).Text;
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "errors.md"));

        Assert.Equal(Enum.GetValues<ErrorCode>(), ErrorGuide.Entries.Select(e => e.Code));
        foreach (var entry in ErrorGuide.Entries)
        {
            Assert.Contains($"id=\"{HelpLink.AnchorOf(entry.Code)}\"", page, StringComparison.Ordinal);
            Assert.Contains($"| `{entry.Code.ToWireName()}` | {ErrorGuide.StatusesOf(entry.Code)} | {entry.Meaning} | {entry.Remedy} |", text, StringComparison.Ordinal);
            Assert.Contains($"{entry.Code.ToHttpStatus(fromProvider: false)}", ErrorGuide.StatusesOf(entry.Code), StringComparison.Ordinal);
            Assert.Contains($"{entry.Code.ToHttpStatus(fromProvider: true)}", ErrorGuide.StatusesOf(entry.Code), StringComparison.Ordinal);
        }

        Assert.Contains(ErrorGuide.Once, text, StringComparison.Ordinal);
    }

    [GeneratedRegex("\"\\$ref\":\"#/([^\"]+)\"")]
    private static partial Regex References();

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex PathParameters();
}
