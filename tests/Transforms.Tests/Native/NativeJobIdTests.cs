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
}
