using System.Text.Json.Nodes;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>A provider that speaks Flux's and Sora's protocol well, until a test says otherwise.</summary>
public sealed class ChaosProvider : IAsyncDisposable
{
    private static readonly byte[] _image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "still.png"));
    private static readonly byte[] _clip = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "clip.mp4"));
    private int _jobs;

    public ChaosProvider()
    {
        Server = new ScriptedServer(React);
        Behave();
    }

    public ScriptedServer Server { get; }

    /// <summary>What is done about submits, polls, downloads and lists.</summary>
    public Func<ScriptedRequest, Reaction> Submit { get; set; } = null!;

    public Func<ScriptedRequest, Reaction> Poll { get; set; } = null!;

    public Func<ScriptedRequest, Reaction> Download { get; set; } = null!;

    public Func<ScriptedRequest, Reaction> List { get; set; } = null!;

    /// <summary>Requests by what they ask.</summary>
    public IReadOnlyList<ScriptedRequest> Submits => [.. Server.Requests.Where(r => r.Method == "POST")];

    public IReadOnlyList<ScriptedRequest> Downloads => [.. Server.Requests.Where(IsDownload)];

    public IReadOnlyList<ScriptedRequest> Polls => [.. Server.Requests.Where(r => r.Method == "GET" && !IsDownload(r))];

    /// <summary>From now on everything is fine, and nothing has happened.</summary>
    public void Behave()
    {
        Submit = r => Reaction.Answer(200, SubmitAnswer(r));
        Poll = r => Reaction.Answer(200, PollAnswer(r));
        Download = GoodDownload;
        List = _ => Reaction.Answer(200, """{"object":"list","data":[],"has_more":false}""");
        Server.ResetConnections(0);
        Server.Forget();
    }

    /// <summary>The bytes that were asked for.</summary>
    public static Reaction GoodDownload(ScriptedRequest request) =>
        request.Path.EndsWith(".png", StringComparison.Ordinal) ? Reaction.Answer(200, _image, "image/png") : Reaction.Answer(200, _clip, "video/mp4");

    /// <summary>Half of the bytes that were asked for.</summary>
    public static Reaction HalfDownload(ScriptedRequest request) =>
        request.Path.EndsWith(".png", StringComparison.Ordinal)
            ? Reaction.Cut(200, _image[..(_image.Length / 2)], "image/png")
            : Reaction.Cut(200, _clip[..(_clip.Length / 2)], "video/mp4");

    /// <summary>A good answer to a poll of this provider.</summary>
    public static Reaction PollAnswerOf(ChaosProvider provider, ScriptedRequest request) => Reaction.Answer(200, provider.PollAnswer(request));

    /// <summary>The list that a search for this submit finds its video in.</summary>
    public static string ListOf(string id, string prompt) => new JsonObject
    {
        ["object"] = "list",
        ["has_more"] = false,
        ["data"] = new JsonArray(Video(id, "in_progress", prompt)),
    }.ToJsonString();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private Reaction React(ScriptedRequest request) => request switch
    {
        { Method: "POST" } => Submit(request),
        { Path: "/v1/videos" } => List(request),
        _ when IsDownload(request) => Download(request),
        _ => Poll(request),
    };

    private static bool IsDownload(ScriptedRequest request) =>
        request.Path.StartsWith("/delivery/", StringComparison.Ordinal) || request.Path.EndsWith("/content", StringComparison.Ordinal);

    private string SubmitAnswer(ScriptedRequest request)
    {
        var id = $"job-{Interlocked.Increment(ref _jobs)}";
        return request.Path == "/v1/videos"
            ? Video(id, "queued", "").ToJsonString()
            : new JsonObject { ["id"] = id, ["polling_url"] = $"{Server.Address}/v1/get_result?id={id}" }.ToJsonString();
    }

    private string PollAnswer(ScriptedRequest request) => request.Path == "/v1/get_result"
        ? new JsonObject
        {
            ["id"] = request.Target.Split("id=")[^1],
            ["status"] = "Ready",
            ["result"] = new JsonObject { ["sample"] = $"{Server.Address}/delivery/{request.Target.Split("id=")[^1]}.png?sig=SIGNATURE", ["seed"] = 42 },
        }.ToJsonString()
        : Video(request.Path.Split('/')[^1], "completed", "").ToJsonString();

    private static JsonObject Video(string id, string status, string prompt) => new()
    {
        ["id"] = id,
        ["object"] = "video",
        ["model"] = "sora-2",
        ["status"] = status,
        ["progress"] = 0,
        ["created_at"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        ["size"] = "720x1280",
        ["seconds"] = "4",
        ["prompt"] = prompt,
    };
}
