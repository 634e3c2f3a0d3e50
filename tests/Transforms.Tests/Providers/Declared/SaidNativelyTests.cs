using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>
/// What is paid for is what is sent, however it was said. Each model of each provider is asked for everything that it can do in neutral words; the same body, said in the provider's own words, has the
/// same price, or none.
/// </summary>
public sealed class SaidNativelyTests
{
    /// <summary>Where providers take native parameters.</summary>
    private static readonly string[][] s_roots = [[], ["parameters"], ["input"], ["video"]];

    private static readonly string[] s_inputs =
    [
        "{}", """{"image":"PIXEL"}""", """{"image":"PIXEL","last_image":"PIXEL"}""", """{"reference_images":["PIXEL","PIXEL"]}""", """{"video":"https://media.example.com/a.mp4"}""",
    ];

    public static TheoryData<string> Providers => [.. ShippedProviders.Names, .. AdapterRegistry.BuiltIn().Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Providers))]
    public void TheSameBody_HasTheSamePriceOrNone(string provider)
    {
        var adapter = AdapterRegistry.BuiltIn().FirstOrDefault(a => a.Name == provider) ?? ShippedProviders.Of(provider);
        var compared = 0;
        List<string> wrong = [];
        foreach (var model in adapter.Models.Where(m => m.Price is not null))
        {
            foreach (var (less, more) in Pairs(model))
            {
                if (Map(adapter, model, less) is not var (_, without, _) || Map(adapter, model, more) is not var (target, with, price) || Added(without, with) is not { Count: > 0 } added)
                {
                    continue;
                }

                foreach (var root in s_roots)
                {
                    if (Below(added, root) is not { } native)
                    {
                        continue;
                    }

                    var said = JsonNode.Parse(less)!.AsObject();
                    said["native"] = native.DeepClone();
                    if (Map(adapter, model, said.ToJsonString()) is var (way, same, other) && way == target && JsonNode.DeepEquals(with, same))
                    {
                        compared++;
                        if (other is { } told && told != price)
                        {
                            wrong.Add($"{model.Id}: {more} costs {price}, {said.ToJsonString()} costs {told}");
                        }

                        break;
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(40)));
        Assert.True(compared > 0 || provider is "dream-machine", "Nothing was compared.");
    }

    /// <summary>A request, and the same with one thing more that is paid for.</summary>
    private static IEnumerable<(string Less, string More)> Pairs(ModelInfo model)
    {
        var l = model.Limits;
        List<string> asked = ["\"audio\":true", "\"audio\":false", "\"enhance_prompt\":false", "\"aspect_ratio\":\"16:9\"", "\"prompt\":\"A red paper boat on a lake\""];
        asked.AddRange(l.Resolutions.Select(r => $"\"resolution\":\"{r}\""));
        asked.AddRange((l.Durations.Count > 0 ? l.Durations : [l.MinDuration ?? 4, 5, 8, l.MaxDuration ?? 10]).Select(d => $"\"duration\":{d.ToString(System.Globalization.CultureInfo.InvariantCulture)}"));
        asked.AddRange(new[] { 2, l.MaxResults ?? 4 }.Where(n => n > 1).Select(n => $"\"n\":{n}"));
        asked.AddRange((l.Sizes.Count > 0 ? l.Sizes : ["1024x1024", "2048x2048", "512x512"]).Select(s => s.Split('x', ':')).Where(s => s.Length == 2).Select(s => $"\"width\":{s[0]},\"height\":{s[1]}"));
        asked.AddRange(s_inputs[1..].Select(i => i[1..^1]));
        foreach (var input in s_inputs)
        {
            foreach (var one in asked)
            {
                var less = input == "{}" ? "" : input[1..^1];
                var more = less.Length == 0 ? one : $"{less},{one}";
                if (one.StartsWith("\"prompt\"", StringComparison.Ordinal))
                {
                    yield return ($"{{{less}}}", $"{{{more}}}");
                }
                else if (!less.Contains(one.Split(':')[0], StringComparison.Ordinal))
                {
                    yield return ($"{{\"prompt\":\"x\"{(less.Length == 0 ? "" : ",")}{less}}}", $"{{\"prompt\":\"x\",{more}}}");
                }
            }
        }
    }

    private static (string Target, JsonObject Body, decimal? Cost)? Map(ProviderAdapter adapter, ModelInfo model, string parameters)
    {
        var issues = new MappingIssues();
        var request = adapter.BuildSubmit(RequestJson.Read(adapter, model.Id, parameters), adapter.FindModel(model.Id)!, issues);
        return issues.Refusals.Count > 0 || request.Body is not { ContentType: "application/json" } body ? null : (request.Target, JsonNode.Parse(body.Bytes.Span)!.AsObject(), issues.EstimatedCost);
    }

    /// <summary>The members that one body has and another lacks.</summary>
    /// <returns>Null where something else differs, which cannot be said natively.</returns>
    private static JsonObject? Added(JsonObject without, JsonObject with)
    {
        var added = new JsonObject();
        foreach (var (name, value) in with)
        {
            if (!without.TryGetPropertyValue(name, out var there))
            {
                added[name] = value?.DeepClone();
            }
            else if (there is JsonObject inner && value is JsonObject other)
            {
                if (Added(inner, other) is not { } deeper)
                {
                    return null;
                }

                if (deeper.Count > 0)
                {
                    added[name] = deeper;
                }
            }
            else if (!JsonNode.DeepEquals(there, value))
            {
                return null;
            }
        }

        return without.Any(m => !with.ContainsKey(m.Key)) ? null : added;
    }

    private static JsonObject? Below(JsonObject added, string[] root)
    {
        JsonNode? at = added;
        foreach (var name in root)
        {
            at = at is JsonObject { Count: 1 } only ? only[name] : null;
        }

        return at as JsonObject;
    }
}
