using System.IO.Compression;
using System.Text;
using Framegate.Proxy.Edge.Http;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.Http;

public class CacheableJsonTests
{
    private readonly CacheableJson _json = new();

    [Fact]
    public async Task AnswerAsync_Packed_IsTheSame_AndChangesWithIt()
    {
        var plain = await AnswerAsync("{\"a\":1}");
        var packed = await AnswerAsync("{\"a\":1}", ("Accept-Encoding", "gzip"));
        var other = await AnswerAsync("{\"a\":2}", ("Accept-Encoding", "gzip"));

        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(Bytes(plain)));
        Assert.Equal("{\"a\":1}", Unpacked(packed));
        Assert.Equal("{\"a\":2}", Unpacked(other));
        Assert.Equal(plain.Headers.ETag, packed.Headers.ETag);
        Assert.NotEqual(plain.Headers.ETag, other.Headers.ETag);
    }

    [Fact]
    public async Task AnswerAsync_WhoHasIt_GetsNothingAgain()
    {
        var tag = (await AnswerAsync("{}")).Headers.ETag.ToString();
        var again = await AnswerAsync("{}", ("If-None-Match", tag));
        Assert.Equal(304, again.StatusCode);
        Assert.Empty(Bytes(again));
        Assert.Equal(200, (await AnswerAsync("{\"b\":1}", ("If-None-Match", tag))).StatusCode);
    }

    private async Task<HttpResponse> AnswerAsync(string json, (string Name, string Value)? header = null)
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        if (header is var (name, value))
        {
            context.Request.Headers[name] = value;
        }

        await _json.AnswerAsync(context, Encoding.UTF8.GetBytes(json));
        return context.Response;
    }

    private static byte[] Bytes(HttpResponse answer) => ((MemoryStream)answer.Body).ToArray();

    private static string Unpacked(HttpResponse answer)
    {
        using var text = new StreamReader(new GZipStream(new MemoryStream(Bytes(answer)), CompressionMode.Decompress));
        return text.ReadToEnd();
    }
}
