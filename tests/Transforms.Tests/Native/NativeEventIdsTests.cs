using System.Text;
using Framegate.Transforms.Native;

namespace Framegate.Transforms.Tests.Native;

public class NativeEventIdsTests
{
    private const string Response = "data: {\"response\":{\"id\":\"resp_1\"}}\n\n";

    [Theory]
    [InlineData(": hello\n\n" + Response, "resp_1")]
    [InlineData(": hello\r\n\r\nevent: ping\r\n\r\ndata: {\"type\":\"ping\"}\r\n\r\ndata: {\"id\":\"job\"}\r\n\r\n", "job")]
    [InlineData("data: [DONE]\n\n" + Response, "resp_1")]
    [InlineData("data: {\"id\":\"job\"}", "job")]
    [InlineData("data: {\"id\":\"job\"}\n\ndata: {\"id\":\"next\"}\n\n", "job")]
    [InlineData("data: {\"id\":\"job\"}\n\ndata: {\"output\":{\"uri\":\"https://host/files/f1:download\"}}\n\ndata: {\"uri\":\"files/f1\"}\n\ndata: {\"uri\":\"files/f2\"}\n\n", "job,f1,f2")]
    [InlineData(": hello\n\n", "")]
    [InlineData("", "")]
    public void Feed_HoweverTheStreamIsCut_FindsTheJobAndWhatItHasMade(string events, string ids)
    {
        var bytes = Encoding.UTF8.GetBytes(events);
        foreach (var size in new[] { 1, 7, 4096 })
        {
            var reader = new NativeEventIds(readsJob: true, "uri");

            var found = bytes.Chunk(size).SelectMany(p => reader.Feed(p)).ToList();

            Assert.Equal(ids, string.Join(',', found.Concat(reader.End())));
        }
    }

    [Fact]
    public void Feed_AfterALongLine_FindsTheNext()
    {
        var reader = new NativeEventIds(readsJob: true, null);

        Assert.Equal(["resp_1"], reader.Feed(Encoding.UTF8.GetBytes($"data: \"{new string('x', 200_000)}\"\n\n{Response}")));
    }

    [Fact]
    public void Feed_OfACallThatStartsNoJob_FindsWhatWasMadeOnly()
    {
        var reader = new NativeEventIds(readsJob: false, "uri");

        Assert.Equal(["f1"], reader.Feed("data: {\"id\":\"job\",\"uri\":\"files/f1\"}\n\n"u8));
    }
}
