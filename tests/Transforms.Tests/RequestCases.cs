using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests;

/// <summary>
/// Runs the cases of <c>Fixtures/*/requests.json</c>: a unified request and what must come of it. <c>expect</c> is the exact body (or the file
/// that holds it), <c>refuse</c> the exact fields refused, <c>warn</c> the exact fields warned about, <c>target</c> the path.
/// </summary>
internal static class RequestCases
{
    public static TheoryData<string> Names(string provider) => [.. All(provider).Select(c => c.GetProperty("name").GetString()!)];

    public static void Run(ProviderAdapter adapter, string name)
    {
        var test = All(adapter.Name).Single(c => c.GetProperty("name").GetString() == name);
        var model = adapter.FindModel(test.GetProperty("model").GetString()!)!;
        var request = Unified.Request(adapter.Name, test, model.MediaType);
        var issues = new MappingIssues();
        var native = adapter.BuildSubmit(request, model, issues);

        Assert.Equal(Strings(test, "refuse"), issues.Refusals.Select(r => r.Field));
        Assert.Equal(Strings(test, "warn"), issues.Warnings.Select(w => w[..w.IndexOf(':', StringComparison.Ordinal)]));
        if (test.TryGetProperty("says", out var says))
        {
            Assert.Contains(says.GetString()!, string.Join('\n', issues.Refusals), StringComparison.Ordinal);
        }

        if (test.TryGetProperty("cost", out var cost))
        {
            Assert.Equal(cost.ValueKind == JsonValueKind.Null ? null : cost.GetDecimal(), issues.EstimatedCost);
        }

        if (issues.Refusals.Count > 0)
        {
            return;
        }

        Assert.Equal("POST", native.Method);
        Assert.Equal(test.TryGetProperty("target", out var target) ? target.GetString() : DefaultTarget(adapter, model), native.Target);
        Assert.Equal("application/json", native.Body!.ContentType);
        var expected = test.GetProperty("expect");
        if (expected.ValueKind == JsonValueKind.String)
        {
            expected = Fixture.Json(adapter.Name, expected.GetString()!);
        }

        var actual = JsonElement.Parse(native.Body.Bytes.Span);
        Assert.True(JsonElement.DeepEquals(expected, actual), $"Expected {expected.GetRawText()}\nbut got {actual.GetRawText()}");
    }

    private static string DefaultTarget(ProviderAdapter adapter, ModelInfo model) => adapter.Name switch
    {
        "sora" => "/v1/videos",
        "runway" => model.MediaType == MediaType.Image ? "/v1/text_to_image" : "/v1/text_to_video",
        "veo" => $"/{model.Id}:predictLongRunning",
        "veo-gemini" => $"/v1beta/models/{model.Id}:predictLongRunning",
        "pika" => $"/{model.Id}",
        _ => $"/v1/{model.Id}",
    };

    private static JsonElement.ArrayEnumerator All(string provider) => Fixture.Json(provider, "requests.json").EnumerateArray();

    private static string[] Strings(JsonElement test, string name) =>
        test.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(i => i.GetString()!)] : [];
}
