using System.IO.Compression;
using System.Net;
using System.Text;
using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Edge.Native;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Tests.Native;

public sealed class MaskedAnswerTests : IDisposable
{
    private const string Key = "AIzaSyD-9tSrke72PouQMnMX";
    private static readonly string _stars = new('*', Key.Length);
    private readonly SecretVault _vault = new();
    private readonly DefaultHttpContext _context = new();
    private readonly HttpResponseMessage _native = new(HttpStatusCode.BadRequest);

    public MaskedAnswerTests() => _vault.Configure([Key]);

    public void Dispose() => _native.Dispose();

    [Theory]
    [InlineData(400, "application/json")]
    [InlineData(500, "image/png")]
    [InlineData(502, "text/html")]
    [InlineData(404, null)]
    [InlineData(200, "application/json")]
    [InlineData(200, "text/event-stream")]
    [InlineData(200, null)]
    public async Task Apply_TextOrError_IsMasked(int status, string? type)
    {
        var (body, _) = await ApplyAsync(status, type, Encoding.UTF8.GetBytes($"{{\"error\":\"{Key}\"}}"));

        Assert.Equal($"{{\"error\":\"{_stars}\"}}", Encoding.UTF8.GetString(body));
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("video/mp4")]
    [InlineData("application/octet-stream")]
    public async Task Apply_Media_PassesByteForByte(string type)
    {
        var bytes = Encoding.UTF8.GetBytes("\u0001\u0002" + Key);

        Assert.Equal(bytes, (await ApplyAsync(200, type, bytes)).Body);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Apply_PackedUnasked_IsUnpackedAndMasked(string coding)
    {
        using var packed = new MemoryStream();
        await using (Stream packing = coding == "br" ? new BrotliStream(packed, CompressionMode.Compress, true) : new GZipStream(packed, CompressionMode.Compress, true))
        {
            await packing.WriteAsync(Encoding.UTF8.GetBytes("bad " + Key));
        }

        var (body, _) = await ApplyAsync(401, "text/plain", packed.ToArray(), coding);

        Assert.Equal("bad " + _stars, Encoding.UTF8.GetString(body));
        Assert.False(_context.Response.Headers.ContainsKey("Content-Encoding"));
        Assert.Null(_context.Response.ContentLength);
    }

    [Fact]
    public async Task Apply_UnknownCoding_LosesItsBody()
    {
        var (_, suppressed) = await ApplyAsync(401, "text/plain", [1, 2, 3], "compress");

        Assert.True(suppressed);
        Assert.Equal(0, _context.Response.ContentLength);
    }

    [Fact]
    public async Task Apply_StatusTextAndHeaders_AreMasked()
    {
        var feature = _context.Features.Get<IHttpResponseFeature>()!;
        feature.ReasonPhrase = "Bad key " + Key;
        _context.Response.Headers["x-error"] = new[] { "a", "key " + Key };
        _context.Response.Headers["x-fine"] = "b";

        await ApplyAsync(403, "application/json", "{}"u8.ToArray());

        Assert.Null(feature.ReasonPhrase);
        Assert.Equal("a|key " + _stars, string.Join("|", _context.Response.Headers["x-error"].AsEnumerable()));
        Assert.Equal("b", _context.Response.Headers["x-fine"]);
    }

    private async Task<(byte[] Body, bool Suppressed)> ApplyAsync(int status, string? type, byte[] bytes, string? coding = null)
    {
        _native.StatusCode = (HttpStatusCode)status;
        _native.Content = new ByteArrayContent(bytes);
        _context.Response.ContentLength = bytes.Length;
        if (type is not null)
        {
            _native.Content.Headers.ContentType = new(type);
        }

        if (coding is not null)
        {
            _native.Content.Headers.ContentEncoding.Add(coding);
            _context.Response.Headers.ContentEncoding = coding;
        }

        var response = new ResponseTransformContext { HttpContext = _context, ProxyResponse = _native, HeadersCopied = true };
        await MaskedAnswer.ApplyAsync(response, _vault);
        using var body = new MemoryStream();
        await (await _native.Content.ReadAsStreamAsync()).CopyToAsync(body);
        return (body.ToArray(), response.SuppressResponseBody);
    }
}
