using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Generations;

/// <summary>Every magic prompt put to every provider, all at once: the slow ones poll every few seconds.</summary>
public sealed class EveryProvider : IAsyncLifetime
{
    public static IReadOnlyList<string> Magic { get; } = ["ok", "moderated", "rate-limited", "error", "credits", "drop", "flaky=1"];

    /// <summary>The least that each provider can be asked for.</summary>
    public static IReadOnlyDictionary<string, (string Model, string MediaType)> Providers { get; } = new Dictionary<string, (string, string)>
    {
        ["flux"] = ("flux-pro-1.1", "image"),
        ["veo"] = ("veo-3.1-fast-generate-001", "video"),
        ["veo-gemini"] = ("veo-3.1-fast-generate-preview", "video"),
        ["runway"] = ("gen4.5", "video"),
        ["sora"] = ("sora-2", "video"),
        ["pika"] = ("v2.2/text-to-video", "video"),
    };

    private readonly Gateway _gateway = new();
    private readonly Dictionary<(string Provider, string Magic), (HttpAnswer Answer, int Paid)> _outcomes = [];

    public GatewayClient Client => _gateway.Client;

    /// <summary>What the caller heard, and how many submits the provider counts.</summary>
    public (HttpAnswer Answer, int Paid) Of(string provider, string magic) => _outcomes[(provider, magic)];

    public async Task InitializeAsync()
    {
        await _gateway.InitializeAsync();
        var asked = (from provider in Providers.Keys from magic in Magic select (Provider: provider, Magic: magic, Prompt: Bodies.Unique("sandbox:" + magic))).ToList();
        var answers = await Task.WhenAll(asked.Select(a => Client.PostAsync(Body(a.Provider, a.Prompt))));
        var ledger = await _gateway.Sandbox.LedgerAsync();
        foreach (var ((provider, magic, prompt), answer) in asked.Zip(answers))
        {
            _outcomes.Add((provider, magic), (answer, ledger.Count(e => e.Prompt == prompt)));
        }
    }

    public Task DisposeAsync() => _gateway.DisposeAsync();

    private static string Body(string provider, string prompt) => new JsonObject
    {
        ["provider"] = provider,
        ["model"] = Providers[provider].Model,
        ["media_type"] = Providers[provider].MediaType,
        ["prompt"] = prompt,
        ["timeout"] = 90,
    }.ToJsonString();
}
