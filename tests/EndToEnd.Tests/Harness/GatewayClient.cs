using System.Text;
using System.Text.Json;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>What apps do with Framegate.</summary>
public sealed class GatewayClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(120) };

    public void Dispose() => _http.Dispose();

    /// <summary>Waits until the gateway says that it is ready.</summary>
    public async Task ReadyAsync() => await Eventually.GetAsync(() => GetAsync("/health/ready"), a => a.Status == 200);

    /// <summary><c>POST /generations</c>.</summary>
    /// <param name="body">The request.</param>
    /// <param name="headers">More headers.</param>
    public Task<HttpAnswer> PostAsync(string body, params (string Name, string Value)[] headers) => PostAsync(Encoding.UTF8.GetBytes(body), headers);

    /// <inheritdoc cref="PostAsync(string, ValueTuple{string, string}[])"/>
    public async Task<HttpAnswer> PostAsync(byte[] body, params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        return await SendAsync(HttpMethod.Post, "/generations", content, headers);
    }

    /// <summary><c>POST /generations</c> with <c>Prefer: respond-async</c>.</summary>
    /// <returns>The generation's id.</returns>
    public async Task<string> StartAsync(string body)
    {
        var answer = await PostAsync(body, ("Prefer", "respond-async"));
        Assert.True(answer.Status == 202, answer.ToString());
        return answer.Json.Text("request_id");
    }

    public Task<HttpAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<HttpAnswer> SendAsync(HttpMethod method, string path) => SendAsync(method, path, null, []);

    /// <summary>A generation as it is now.</summary>
    public Task<HttpAnswer> FindAsync(string id) => GetAsync("/generations/" + id);

    /// <summary>A generation once it is not processing any more.</summary>
    public async Task<JsonElement> EndOfAsync(string id, int seconds = 120) =>
        (await Eventually.GetAsync(() => FindAsync(id), a => a.Status == 200 && a.Json.Text("status") != "processing", seconds)).Json;

    /// <summary>All generations.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync()
    {
        var all = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await GetAsync("/generations?limit=100" + cursor)).Json;
            all.AddRange(page.At("data").EnumerateArray());
            cursor = page.At("next_cursor").GetString() is { } next ? "&cursor=" + next : null;
        }

        return all;
    }

    /// <summary>A <c>POST</c> of JSON.</summary>
    public async Task<HttpAnswer> PostToAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await SendAsync(HttpMethod.Post, path, content, headers);
    }

    /// <summary>Any call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, or an absolute URL.</param>
    /// <param name="content">The body; null for none.</param>
    /// <param name="headers">More headers, sent as they are.</param>
    public async Task<HttpAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.RelativeOrAbsolute)) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await HttpAnswer.ReadAsync(await _http.SendAsync(request));
    }
}
