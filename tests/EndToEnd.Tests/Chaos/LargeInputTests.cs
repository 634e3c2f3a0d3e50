using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>Inputs that become files at the door reach the provider as they came, for each attempt, and after a kill; then they are gone.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "DisposeAsync disposes of them.")]
public sealed class LargeInputTests : IAsyncLifetime
{
    private static readonly byte[] s_picture = [.. File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "still.png")), .. Noise(300_001)];
    private readonly ChaosProvider _provider = new();
    private readonly TempFolder _data = new();
    private FramegateProcess _framegate = null!;

    public async Task InitializeAsync() => await StartAsync();

    public async Task DisposeAsync()
    {
        await _framegate.DisposeAsync();
        await _provider.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Post_DataUri_GoesOutAsItCameWithEachAttempt()
    {
        var refusals = 1;
        var good = _provider.Submit;
        _provider.Submit = r => Interlocked.Decrement(ref refusals) >= 0 ? Reaction.Answer(429, "{}", "application/json", "Retry-After: 0") : good(r);
        var answer = await _framegate.Client.PostAsync(Body("two attempts"));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(2, _provider.Submits.Count);
        Assert.All(_provider.Submits, s => Assert.Equal(s_picture, PictureIn(s)));
        await Eventually.GetAsync(() => Task.FromResult(Inputs().Length == 0), done => done);
    }

    [Fact]
    public async Task Edit_Upload_GoesOutAsItCame()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("flux/flux-kontext-pro"), "model" }, { new StringContent("url"), "response_format" }, { new StringContent(Bodies.Unique("an edit")), "prompt" },
            { new ByteArrayContent(s_picture), "image", "a.png" },
        };
        var answer = await _framegate.Client.SendAsync(HttpMethod.Post, "/v1/images/edits", form);

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(s_picture, PictureIn(Assert.Single(_provider.Submits)));
        await Eventually.GetAsync(() => Task.FromResult(Inputs().Length == 0), done => done);
    }

    [Fact]
    public async Task Post_DataUriTwice_IsAHitTheSecondTime()
    {
        var body = Body("the same twice");
        var first = await _framegate.Client.PostAsync(body);
        var second = await _framegate.Client.PostAsync(body);

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal("hit", second.Json.Text("metadata.cache"));
        Assert.Single(_provider.Submits);
        await Eventually.GetAsync(() => Task.FromResult(Inputs().Length == 0), done => done);
    }

    [Fact]
    public async Task Kill_WhileItWaits_TheInputIsSentAfterTheNextStart()
    {
        var good = _provider.Submit;
        _provider.Submit = _ => Reaction.Answer(429, "{}", "application/json", "Retry-After: 5");
        var accepted = await _framegate.Client.SendAsync(
            HttpMethod.Post, "/generations", new StringContent(Body("after a kill"), System.Text.Encoding.UTF8, "application/json"), ("Prefer", "respond-async"));
        Assert.Equal(202, accepted.Status);
        await Eventually.GetAsync(
            () => _framegate.Client.FindAsync(accepted.Json.Text("request_id")!), found => ChaosGateway.Attempts(found.Json) is [{ } first] && first.EndsWith("/no", StringComparison.Ordinal));
        await _framegate.KillAsync();
        Assert.Single(Inputs());
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(Inputs()[0])!, new string('0', 32)), "a leftover");

        _provider.Submit = good;
        _provider.Server.Forget();
        await _framegate.DisposeAsync();
        await StartAsync();
        await Eventually.GetAsync(() => Task.FromResult(_provider.Submits.Count > 0 && Inputs().Length == 0), done => done);

        Assert.Equal(s_picture, PictureIn(_provider.Submits[0]));
    }

    private async Task StartAsync() => _framegate = await FramegateProcess.StartAsync(new FramegateSettings
    {
        Routes = ChaosGateway.Routes(_provider.Server.Address, new Uri(_provider.Server.Address).Authority),
        Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = ChaosGateway.FluxKey, ["OPENAI_API_KEY"] = ChaosGateway.SoraKey },
        Data = _data.Path,
    });

    private string[] Inputs() => Directory.GetFiles(Path.Combine(_data.Path, "inputs"));

    private static string Body(string prompt) =>
        $$$"""{"provider":"flux","model":"flux-kontext-pro","media_type":"image","prompt":"{{{Bodies.Unique(prompt)}}}","parameters":{"image":"data:image/png;base64,{{{Convert.ToBase64String(s_picture)}}}"}}""";

    private static byte[] PictureIn(ScriptedRequest submit)
    {
        using var json = JsonDocument.Parse(submit.Body);
        return json.RootElement.GetProperty("input_image").GetBytesFromBase64();
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
