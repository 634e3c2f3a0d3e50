using System.Buffers;
using System.Text;
using Framegate.Proxy.Edge.Native;

namespace Framegate.Proxy.Tests.Native;

/// <summary>Whatever form a body has, a job that its provider would find in it is found.</summary>
public sealed class NamedIdsTests
{
    private const string Members = "video.id,source,address@/files/,uri@vendor/files/,**@vendor://,input.**@vendor/files/,items[reference|picture].id";
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
    [InlineData(Json, """{"source":"https://host/v1/files/job/?alt=media"}""")]
    [InlineData(Json, """{"SOURCE":"job"}""")]
    [InlineData(Json, """{"s_o-urce":"job","Vi_deo":{"ID":"job"}}""")]
    [InlineData(Json, """{"address":"https://host/v1beta/Files/job:download?alt=media"}""")]
    [InlineData(Json, """{"address":"files/job"}""")]
    [InlineData(Json, """{"address":"https://host/v1beta%2Ffiles%2Fjob"}""")]
    [InlineData(Json, """{"a":[{"b":{"uri":"vendor://job"}}]}""")]
    [InlineData(Json, """["vendor://job"]""")]
    [InlineData(Json, """{"input":{"image":" https://api.vendor.com/v1/files/job"}}""")]
    [InlineData(Json, """{"input":{"a":{"b":["https://api.vendor.com/v1/files/job"]}}}""")]
    [InlineData(Urlencoded, "a[b]=vendor://job")]
    [InlineData(Json, """{"uri":"files/job"}""")]
    [InlineData(Json, """{"uri":"/files/job"}""")]
    [InlineData(Json, """{"uri":"https://VENDOR.example.com/v1beta/files/job:download"}""")]
    [InlineData(Json, """{"uri":"https://eu-vendor.example.com:443/v1beta/files/job"}""")]
    [InlineData(Json, """{"uri":"https://example.com@vendor.example.com/files/job"}""")]
    [InlineData(Json, """{"uri":"https://example.com:80@vendor.example.com/files/job"}""")]
    [InlineData(Json, """{"uri":"https://example.com\\@vendor.example.com/files/job"}""")]
    [InlineData(Json, """{"uri":" https://vendor.example.com/files/job"}""")]
    [InlineData(Json, """{"uri":"https://ven\tdor.example.com/files/job"}""")]
    [InlineData(Json, """{"uri":"https://v%65ndor.example.com/files/job"}""")]
    [InlineData(Json, """{"uri":"//vendor.example.com/files/job"}""")]
    [InlineData(Json, """{"uri":"gs://bucket/files/job"}""")]
    [InlineData(Json, """{"uri":"http://127.0.0.1:5000/v1beta/files/job"}""")]
    [InlineData(Json, """{"items":[{"id":"job","type":"reference"},{"type":"message","id":"other"}]}""")]
    [InlineData(Json, """{"items":[{"id":"job"}]}""")]
    [InlineData(Json, """{"items":{"type":"message","type":"reference","id":"job"}}""")]
    [InlineData(Urlencoded, """{"source":"job"}""")]
    [InlineData(Urlencoded, " \n[{\"source\":\"job\"}]")]
    [InlineData(Urlencoded, "Video[ID]=job")]
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
    [InlineData("""{"source":8312345}""", "8312345")]
    [InlineData("""{"source":"own","source":123}""", "own,123")]
    [InlineData("""{"video":{"id":[1,"x"]}}""", "1,x")]
    [InlineData("""{"source":"/"}""", "/")]
    [InlineData("""{"source":"https://host/job:/"}""", "job")]
    [InlineData("""{"address":"https://host/files/own/../files/other"}""", "own,..,files,other")]
    [InlineData("""{"address":"https://host/files/"}""", "https://host/files/")]
    public async Task ReadAsync_WhateverAProviderMayTakeForAnId_Counts(string body, string ids) => Assert.Equal(ids.Split(','), await ReadAsync(Json, body));

    [Theory]
    [InlineData(Json, "")]
    [InlineData(Json, """{"address":"https://example.com/cat.png"}""")]
    [InlineData(Json, """{"prompt":"a sign that says vendor://job"}""")]
    [InlineData(Json, """{"input":{"prompt":"the folder /files/job of vendor"}}""")]
    [InlineData(Json, """{"input":{"image":"https://example.com/files/job"},"other":"https://api.vendor.com/files/job"}""")]
    [InlineData(Json, """{"uri":"https://example.com/files/cat.png"}""")]
    [InlineData(Json, """{"uri":"http://cdn.example.com:8080/a/files/own/files/cat.png?x=vendor"}""")]
    [InlineData(Json, """{"address":"data:image/png;base64,/files/AAAA"}""")]
    [InlineData(Json, """{"items":[{"type":"message","id":"other"}]}""")]
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
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=video[id]\r\n\r\njob\r\n--b--\r\n")]
    [InlineData(Multipart, "{\"source\":\"job\"}\r\n--b\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n--b--\r\n")]
    public async Task ReadAsync_NobodyCanTell_IsNull(string type, string body) => Assert.Null(await ReadAsync(type, body));

    [Fact]
    public async Task ReadAsync_BehindMoreThanAMegabyte_IsFoundAllTheSame() =>
        Assert.Equal(["job"], await ReadAsync(Json, $$"""{"prompt":"{{new string('x', 2 * 1024 * 1024)}}","source":"job"}"""));

    [Theory]
    [InlineData(129)]
    [InlineData(5000)]
    public async Task ReadAsync_ABoundaryWithoutEnd_IsNull(int length) => Assert.Null(await ReadAsync("multipart/form-data; boundary=" + new string('b', length), "x"));

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public async Task ReadAsync_AFormOfManyParts_HasABound(int parts, bool isRead)
    {
        var body = string.Concat(Enumerable.Range(0, parts).Select(i => $"--b\r\nContent-Disposition: form-data; name=n{i}\r\n\r\nx\r\n")) + "--b--\r\n";

        Assert.Equal(isRead, await ReadAsync(Multipart, body) is not null);
    }

    [Fact]
    public async Task ReadLargeAsync_BehindAFileOrALongText_IsFound()
    {
        var large = new string('A', 18 * 1024 * 1024);

        Assert.Equal(["job"], await ReadLargeAsync(
            Multipart, $"--b\r\nContent-Disposition: form-data; name=video; filename=a.mp4\r\n\r\n{large}\r\n--b\r\nContent-Disposition: form-data; name=\"video[id]\"\r\n\r\njob\r\n--b--\r\n"));
        Assert.Equal(["job"], await ReadLargeAsync(Json, $$"""{"image":"data:;base64,{{large}}","address":"data:;base64,{{large}}","source":"job"}"""));
    }

    [Theory]
    [InlineData("\\\"")]
    [InlineData("\\u00e9")]
    [InlineData("é")]
    [InlineData("\\\\")]
    public async Task ReadLargeAsync_WhereverALongTextIsCut_TheRestIsRead(string piece)
    {
        for (var before = 0; before < 8; before++)
        {
            var body = $$"""{"x":"{{new string('x', (64 * 1024) - before)}}{{piece}}{{piece}}tail","video":{"id":"job"},"source":"{{new string('y', (64 * 1024) - before)}}{{piece}}{{piece}}"}""";
            var found = await ReadLargeAsync(Json, body);

            Assert.NotNull(found);
            Assert.Equal(2, found.Count());
            Assert.Contains("job", found);
        }
    }

    [Theory]
    [InlineData(Json, "/*\"*/{\"source\":\"job\"}")]
    [InlineData(Json, "{\"source\":\"job\"")]
    [InlineData(Urlencoded, "source=job")]
    [InlineData(Multipart, "{\"source\":\"job\"}")]
    public async Task ReadLargeAsync_NobodyCanTell_IsNull(string type, string body) => Assert.Null(await ReadLargeAsync(type, body));

    [Fact]
    public async Task ReadLargeAsync_MoreThanMemoryIsFor_IsNull() =>
        Assert.Null(await ReadLargeAsync(Json, "[" + string.Join(',', Enumerable.Repeat($"\"{new string('x', 60_000)}\"", 300)) + "]"));

    private static async Task<IEnumerable<string>?> ReadLargeAsync(string type, string body)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return await new NamedIds(Members).ReadLargeAsync(stream, type, default);
    }

    private static async Task<IEnumerable<string>?> ReadAsync(string? type, string body) =>
        await new NamedIds(Members).ReadAsync(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), type);
}
