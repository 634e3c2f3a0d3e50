using System.Text.Json;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Running stand-in providers, apart from the gateway, so that they outlive it.</summary>
public sealed class SandboxProcess : ChildProcess
{
    private const string LedgerPath = "/sandbox/ledger";
    private static readonly HttpClient _http = new();

    private SandboxProcess(string? keys)
        : base(
            "Framegate.Sandbox.dll",
            ["--urls", "http://127.0.0.1:0", .. keys is null ? Array.Empty<string>() : ["--keys", keys]],
            AppContext.BaseDirectory,
            new Dictionary<string, string>(),
            line => line.Contains(LedgerPath, StringComparison.Ordinal) ? line[line.IndexOf("http", StringComparison.Ordinal)..].Trim() : null)
    {
    }

    /// <summary>Its address; each provider is under its own path.</summary>
    public string Address { get; private set; } = null!;

    /// <summary>Starts it on a free port.</summary>
    /// <param name="keys">Required keys, as in <c>flux=K,sora=K</c>; null to take any.</param>
    public static async Task<SandboxProcess> StartAsync(string? keys = null)
    {
        var process = new SandboxProcess(keys);
        process.Address = (await process.ReadyAsync())[..^LedgerPath.Length];
        return process;
    }

    /// <summary>Every submit that would have been paid for.</summary>
    public async Task<IReadOnlyList<(string Provider, string Prompt)>> LedgerAsync()
    {
        using var document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Address + LedgerPath)));
        return [.. document.RootElement.At("data").EnumerateArray().Select(e => (e.Text("provider"), e.Text("prompt")))];
    }

    /// <summary>How many submits with this prompt would have been paid for.</summary>
    public async Task<int> PaidAsync(string prompt) => (await LedgerAsync()).Count(e => e.Prompt == prompt);
}
