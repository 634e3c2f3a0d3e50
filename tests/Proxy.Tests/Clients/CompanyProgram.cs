using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Framegate.Proxy.Tests.Isolation;
using Framegate.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>The whole program with stand-in providers and an operator's key; each test makes clients of its own through <c>/admin/clients</c>.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "DisposeAsync disposes of them.")]
public class CompanyProgram : IAsyncLifetime
{
    public const string AdminKey = "company-admin-key-5c1d";
    public const string Model = "flux-pro-1.1";

    private SandboxServer _sandbox = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private int _names;

    internal TempFolder Folder { get; } = new();

    internal IServiceProvider Services => _app.Services;

    internal SandboxServer Sandbox => _sandbox;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { ImageTime = TimeSpan.Zero, VideoTime = TimeSpan.FromSeconds(2) }, default);
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        await _app.DisposeAsync();
        await _sandbox.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>Ends the program and starts it anew on the same data.</summary>
    internal async Task RestartAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
        await StartAsync();
    }

    /// <summary>Changes the configuration file, and waits until it is in force.</summary>
    internal async Task ReloadAsync(Action<JsonObject> change)
    {
        var file = Path.Combine(Folder.Path, "routes.json");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        change((JsonObject)config["Framegate"]!);
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = _app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<Framegate.Proxy.Selection.Candidates.ModelsOptions>>().OnChange((_, _) => reloaded.TrySetResult());
        await File.WriteAllTextAsync(file, config.ToJsonString());
        await reloaded.Task;
    }

    /// <summary>A client with a name of its own.</summary>
    /// <param name="settings">Its settings as JSON members, without the braces.</param>
    internal async Task<(string Name, string Key)> NewClientAsync(string settings = "")
    {
        var name = $"c{Interlocked.Increment(ref _names)}-{Guid.NewGuid():n}"[..20];
        var (status, body, _) = await CallAsync(AdminKey, HttpMethod.Post, "/admin/clients", $$"""{"name":"{{name}}"{{(settings.Length == 0 ? "" : "," + settings)}}}""");
        Assert.True(status == 201, $"{status} {body}");
        return (name, body.GetProperty("key").GetString()!);
    }

    /// <summary>What a client has spent and reserved.</summary>
    internal async Task<decimal> SpentAsync(string client) =>
        (await CallAsync(AdminKey, HttpMethod.Get, $"/admin/clients/{client}")).Body.GetProperty("spent").GetProperty("total").GetDecimal();

    internal Task<Answer> OrderAsync(string key, string prompt, string more = "", params (string Name, string Value)[] headers) => CallAsync(
        key, HttpMethod.Post, "/generations", $$"""{"provider":"flux","model":"{{Model}}","media_type":"image","prompt":"{{prompt}}"{{more}}}""", headers);

    internal async Task<EventStream> StreamAsync(string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Accept.Add(new("text/event-stream"));
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)answer.StatusCode);
        return new EventStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    internal async Task<Answer> CallAsync(string? key, HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new Answer((int)answer.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default, answer.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase)) { Text = text };
    }

    /// <summary>What else the configuration says.</summary>
    private protected virtual void Change(JsonObject framegate)
    {
    }

    /// <summary>Parts of the program that are others here.</summary>
    private protected virtual void Replace(IServiceCollection services)
    {
    }

    private async Task StartAsync()
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "config", "routes.json")))!;
        config["Framegate"] ??= new JsonObject();
        config["Framegate"]!["Clients"] = new JsonObject
        {
            ["configured"] = new JsonObject { [nameof(KeyFile)] = KeyFile, ["Tags"] = new JsonObject { ["team"] = "shop" } },
        };
        config["Framegate"]!["Cache"] = JsonNode.Parse("""{"Enabled":false}""");
        config["Framegate"]!["Limits"] = JsonNode.Parse("""{"flux":{"RequestsPerMinute":100000}}""");
        Change((JsonObject)config["Framegate"]!);
        var file = Path.Combine(Folder.Path, "routes.json");
        await File.WriteAllTextAsync(file, config.ToJsonString());
        if (!File.Exists(KeyFile))
        {
            await File.WriteAllTextAsync(KeyFile, "the-key-of-the-file-1\n");
        }

        _app = FramegateHost.Build(
            new HostArguments(true, null, "http://127.0.0.1:0", file, Folder.Path),
            new HostSettings(_sandbox.Providers, null) { AdminKey = new Secret(AdminKey) },
            new DataFolder(Folder.Path),
            Replace);
        await _app.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
        {
            BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
    }

    internal string KeyFile => Path.Combine(Folder.Path, "client.key");
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, JsonElement Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Text { get; init; } = "";

    public JsonElement Error => Body.GetProperty("error");
}
