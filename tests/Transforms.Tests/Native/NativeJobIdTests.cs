using System.Text;
using Framegate.Transforms.Native;

namespace Framegate.Transforms.Tests.Native;

public class NativeJobIdTests
{
    [Theory]
    [InlineData("""{"object":"video","id":"video_1","error":{"id":"no"}}""", "video_1")]
    [InlineData("""{"meta":{"id":"inner"},"request_id":"r-1"}""", "r-1")]
    [InlineData("""{"name":"projects/p/operations/op-1"}""", "op-1")]
    [InlineData("""{"id":7}""", null)]
    [InlineData("""[{"id":"x"}]""", null)]
    [InlineData("<html>", null)]
    [InlineData("", null)]
    public void Read_AnswerToASubmit_FindsTheJob(string json, string? expected) =>
        Assert.Equal(expected, NativeJobId.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\"}}\n\n", "resp_1")]
    [InlineData("data: {\"id\":\"chat_1\",\"choices\":[]}\r\n\r\n", "chat_1")]
    [InlineData(": hello\n\n", null)]
    [InlineData("data: [DONE]\n\n", null)]
    [InlineData("data: {\"id\":", null)]
    [InlineData("", null)]
    public void ReadEvent_TheFirstOfAStream_NamesTheJob(string events, string? id) => Assert.Equal(id, NativeJobId.ReadEvent(System.Text.Encoding.UTF8.GetBytes(events)));
}
