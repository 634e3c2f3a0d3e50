using System.Buffers;
using System.Text;
using Framegate.Proxy.Edge.Native;

namespace Framegate.Proxy.Tests.Native;

/// <summary>Whatever form a body has, a job that its provider would find in it is found.</summary>
public sealed class NamedIdsTests
{
    private const string Json = "application/json";
    private const string Urlencoded = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=b";

    [Theory]
    [InlineData(Json, """{"prompt":"x","video":{"id":"job"}}""")]
    [InlineData(Json, """{"video":{"id":"job"},"video":{"id":"job"}}""")]
    [InlineData(Json, """{"video":[{"id":"job"}]}""")]
    [InlineData(Json, """[{"video":{"id":"job"}}]""")]
    [InlineData(Json, """{"v\u0069deo":{"\u0069d":"j\u006fb"}}""")]
    [InlineData(Json, """{"source":"job",}""")]
    [InlineData(Json, """/* c */{"source":"job"}""")]
    [InlineData(Json, """{"source":"https://host/v1/files/job:download?alt=media"}""")]
    [InlineData(Json, """{"source":"models/m/operations/job"}""")]
    [InlineData(null, """{"source":"job"}""")]
    [InlineData("text/plain", """{"source":"job"}""")]
    [InlineData(Urlencoded, "prompt=x&video%5Bid%5D=job")]
    [InlineData(Urlencoded, "video.id=job")]
    [InlineData(Urlencoded, "video={\"id\":\"job\"}")]
    [InlineData(Urlencoded, "video[0][id]=job")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=\"video[id]\"\r\n\r\njob\r\n--b--\r\n")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=video; filename=a\r\n\r\nbytes\r\n--b\r\nContent-Disposition: form-data; name=video.id\r\n\r\njob\r\n--b--\r\n")]
    public async Task ReadAsync_AJobIsNamed_IsFound(string? type, string body) => Assert.Equal(["job"], await ReadAsync(type, body));

    [Theory]
    [InlineData(Json, "")]
    [InlineData(Json, "{}")]
    [InlineData(Json, """{"id":"other","video":{"url":"https://host/job"},"source":null}""")]
    [InlineData(Json, "7")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=video; filename=a.mp4\r\n\r\nbytes\r\n--b--\r\n")]
    public async Task ReadAsync_NoJobIsNamed_IsNone(string type, string body) => Assert.Empty((await ReadAsync(type, body))!);

    [Theory]
    [InlineData(Json, "{")]
    [InlineData(Json, "\u001f\u008b packed")]
    [InlineData(Json, """{"source":"job"}{"source":"job"} x""")]
    [InlineData("multipart/form-data", "--b\r\n\r\nx")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=video.id\r\n\r\njob")]
    public async Task ReadAsync_NobodyCanTell_IsNull(string type, string body) => Assert.Null(await ReadAsync(type, body));

    [Fact]
    public async Task ReadAsync_BehindMoreThanAMegabyte_IsFoundAllTheSame() =>
        Assert.Equal(["job"], await ReadAsync(Json, $$"""{"prompt":"{{new string('x', 2 * 1024 * 1024)}}","source":"job"}"""));

    private static async Task<IEnumerable<string>?> ReadAsync(string? type, string body) =>
        await new NamedIds("video.id,source").ReadAsync(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), type);
}
