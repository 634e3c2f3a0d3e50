using System.Text.Json.Nodes;
using Framegate.Proxy.Host;

namespace Framegate.Proxy.Tests.Host;

/// <summary><c>providers test</c> on recorded answers: what the author of a file is told.</summary>
public sealed class ProviderTrialTests : IDisposable
{
    private const string File = """
        {
          "name": "speaker", "address": "https://api.speaker.example/", "auth": { "keys": ["SPEAKER_KEY"] }, "probe": { "path": "/me" },
          "models": [{ "id": "voice", "type": "audio", "capabilities": ["text-to-audio"], "price": [{ "per_request": 0.01 }] }],
          "operations": [{ "name": "speak", "submit": { "path": "/speak", "needs": ["prompt"], "body": { "text": "{prompt}" } }, "read": { "results": [{ "at": "*" }], "cost": [{ "header": "x-cents", "times": 0.01 }] } }],
          "errors": {}
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1", false)]
    [InlineData("3", true)]
    public async Task Bytes_AreReadFromARecording_AndABillAbovePriceIsTold(string cents, bool isTold)
    {
        var answers = $$"""[{ "status": 200, "headers": { "Content-Type": "audio/mpeg", "X-Cents": "{{cents}}" }, "body_base64": "{{Convert.ToBase64String([0xff, 0xfb, 0x90, 0, 0, 0, 1, 2])}}" }]""";

        var (code, output) = await RunAsync(File, answers);

        Assert.True(code == 0, output);
        Assert.Contains("audio/mpeg, 8 bytes", output, StringComparison.Ordinal);
        Assert.Equal(isTold, output.Contains("would be reserved", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/models", "[]", "the file lists no models")]
    [InlineData("/operations/0/when", "\"\"", "Names no variable;")]
    [InlineData("/operations/0/submit/body/id", "\"{attempt_id}\"", "{uuid} is an id of its own")]
    [InlineData("/operations/0/submit/body", "[{},{}]", "Must be an object; in JSON also a list of one.")]
    public async Task WhatIsWrong_IsNamed(string at, string value, string told)
    {
        var file = JsonNode.Parse(File)!;
        var names = at.Split('/')[1..];
        var place = names.SkipLast(1).Aggregate(file, (node, name) => node is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : node[name]!);
        place[names[^1]] = JsonNode.Parse(value);

        var (code, output) = await RunAsync(file.ToJsonString(), "[]");

        Assert.Equal(2, code);
        Assert.Contains(told, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABodyThatIsAListOfOne_IsSentAsOne()
    {
        var file = JsonNode.Parse(File)!;
        file["operations"]![0]!["submit"]!["body"] = JsonNode.Parse("""[{ "task": "speak", "id": "{uuid}", "text": "{prompt}" }]""");

        var (_, output) = await RunAsync(file.ToJsonString(), "[]");

        Assert.Matches(@"\[\{""task"":""speak"",""id"":""[0-9a-f-]{36}"",""text"":""[^""]+""\}\]", output);
    }

    [Fact]
    public async Task WhatWasLeftOutOfAResult_IsPrinted()
    {
        var file = JsonNode.Parse(File)!;
        file["operations"]![0]!["read"] = JsonNode.Parse("""{ "without_status": "succeeded", "results": [{ "at": "/data/*", "url": "/url", "skip_if": [{ "at": "/safe", "is": "false" }] }] }""");

        var (code, output) = await RunAsync(file.ToJsonString(), """[{ "status": 200, "body": { "data": [{ "url": "https://a.example/1.mp3" }, { "safe": false }] } }]""");

        Assert.True(code == 0, output);
        Assert.Contains("warning: 1 of 2 results were left out by speaker.", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output)> RunAsync(string file, string answers)
    {
        var (path, recording) = (Path.Combine(_folder.Path, "speaker.json"), Path.Combine(_folder.Path, "answers.json"));
        await System.IO.File.WriteAllTextAsync(path, file);
        await System.IO.File.WriteAllTextAsync(recording, answers);
        using var output = new StringWriter();
        var code = await ProviderTrial.RunAsync(path, recording, null, "A boat", null, output, CancellationToken.None);
        return (code, output.ToString());
    }
}
