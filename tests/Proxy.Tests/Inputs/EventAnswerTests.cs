using System.Text;
using CsCheck;
using Framegate.Plugins;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Tests.Inputs;

public sealed class EventAnswerTests : IDisposable
{
    private static readonly AnswerEvents s_events = new(["image.partial"], ["image.completed"], "data", "b64_json", "number");
    private readonly TempFolder _data = new();
    private readonly InputFolder _folder;
    private readonly List<HeldFile> _kept = [];
    private readonly List<Preview> _shown = [];

    public EventAnswerTests() => _folder = InputCalls.FolderIn(_data);

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void Feed_AnyPicturesInAnyPieces_ShowsAndKeepsThemAsTheyCame() => Gen.Select(Gen.Int[1, 200_000], Gen.Int[1, 200_000], Gen.Int[1, 70_000], Gen.Bool).Sample(
        (early, late, piece, isWindows) =>
        {
            var (first, second) = (Noise(early), Noise(late));
            var body = Fed(
                piece,
                (isWindows ? "\r\n" : "\n") switch
                {
                    var end => $": hello{end}{end}{Event("image.partial", first, "\"number\":1", end)}{Event("image.completed", second, "\"usage\":{\"total_tokens\":7}", end)}",
                });

            var preview = Assert.Single(_shown);
            Assert.Equal(1, preview.Index);
            Assert.Equal(first, preview.File?.Read() ?? Convert.FromBase64String(preview.Base64!));
            Assert.Equal(7, body.GetProperty("usage").GetProperty("total_tokens").GetInt32());
            var text = body.GetProperty("data")[0].GetProperty("b64_json").GetString()!;
            Assert.Equal(second, _kept.Count == 0 ? Convert.FromBase64String(text) : Assert.Single(_kept).Read());
            Assert.True(_kept.Count == 0 || text == _kept[0].Base64);

            // Nothing large is left in memory, nor on the disk once it is let go.
            Assert.True(text.Length <= Base64Splitter.Threshold);
            LetGo();
            Assert.Empty(InputCalls.FilesIn(_data));
            Assert.Equal(0, _folder.Bytes);
        },
        iter: 60, threads: 1);

    [Fact]
    public void Finish_SeveralResults_AreOneList()
    {
        var body = Fed(1000, Event("image.completed", [1], "\"usage\":1", "\n") + Event("image.completed", [2], "\"usage\":2", "\n"));
        Assert.Equal(["AQ==", "Ag=="], body.GetProperty("data").EnumerateArray().Select(r => r.GetProperty("b64_json").GetString()));
        Assert.Equal(2, body.GetProperty("usage").GetInt32());
    }

    [Fact]
    public void Finish_AnErrorInTheStream_IsTheAnswer()
    {
        var body = Fed(1000, Event("image.partial", Noise(100_000), "\"number\":0", "\n") + "event: error\ndata: {\"type\":\"error\",\"error\":{\"code\":\"server_error\"}}\n\n");
        Assert.Equal("server_error", body.GetProperty("error").GetProperty("code").GetString());
        LetGo();
        Assert.Empty(InputCalls.FilesIn(_data));
    }

    /// <summary>No result came: nobody may take that for an answer.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(": hello\n\n")]
    [InlineData("event: image.completed\ndata: {\"type\":\"image.completed\",\"b64_json\":\"AAAA")]
    [InlineData("data: no JSON\n\n")]
    [InlineData("data: [1]\n\ndata: {\"type\":7}\n\ndata: {\"type\":\"image.partial\"}\n\n")]
    public void Finish_NoResult_IsNothing(string text)
    {
        using var answer = Sink();
        answer.Feed(Encoding.UTF8.GetBytes(text));
        Assert.Empty(answer.Finish());
        Assert.Empty(_shown);
    }

    /// <summary>An answer that is cut in the middle of a large picture leaves no file.</summary>
    [Fact]
    public void Dispose_InTheMiddle_LeavesNothing()
    {
        using (var answer = Sink())
        {
            answer.Feed(Encoding.UTF8.GetBytes(Event("image.completed", Noise(150_000), "\"usage\":1", "\n")).AsSpan(0, 150_000));
        }

        Assert.Empty(InputCalls.FilesIn(_data));
    }

    private EventAnswer Sink() => new(_folder, s_events, _kept.Add, _shown.Add);

    private System.Text.Json.JsonElement Fed(int piece, string text)
    {
        using var answer = Sink();
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(piece))
        {
            answer.Feed(part);
        }

        return System.Text.Json.JsonElement.Parse(answer.Finish());
    }

    private void LetGo()
    {
        _kept.ForEach(f => f.LetGo());
        _shown.ForEach(p => p.File?.LetGo());
        _kept.Clear();
        _shown.Clear();
    }

    private static string Event(string type, byte[] picture, string more, string end) =>
        $"event: {type}{end}data: {{\"type\":\"{type}\",\"b64_json\":\"{Convert.ToBase64String(picture)}\",{more}}}{end}{end}";

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
