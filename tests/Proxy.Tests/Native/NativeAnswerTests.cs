using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text;
using Framegate.Proxy.Edge.Native;
using Framegate.Proxy.Tests.Engine;
using Framegate.Transforms.Providers.Sora;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Tests.Native;

/// <summary>What is copied by hand is remembered, and watched as what the forwarder copies.</summary>
public sealed class NativeAnswerTests
{
    private readonly JumpingTime _time = new();
    private readonly Pipe _answer = new();
    private readonly List<string> _remembered = [];
    private readonly DefaultHttpContext _context = new() { Request = { Method = "POST" }, Response = { Body = new MemoryStream() } };

    [Theory]
    [InlineData("text/event-stream", "")]
    [InlineData("text/event-stream", ": hello\n\ndata: {\"id\":\"job\"}\n\n")]
    [InlineData("application/json", "{\"id\":")]
    public async Task Rewrite_AnAnswerThatGoesSilent_Ends(string type, string begun)
    {
        await _answer.Writer.WriteAsync(Encoding.UTF8.GetBytes(begun));
        var rewriting = RewriteAsync(type, null);
        Assert.False(rewriting.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(99));
        Assert.False(rewriting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<TimeoutException>(() => rewriting);
    }

    [Fact]
    public async Task Rewrite_AStream_RemembersWhatItNamesBeforeTheClientGetsIt()
    {
        var rewriting = RewriteAsync("text/event-stream", "uri");
        const string Begun = ": hello\n\ndata: {\"id\":\"job\"}\n\n";
        const string Ended = "data: {\"uri\":\"https://host/files/f1:download\"}\n\n";
        await _answer.Writer.WriteAsync(Encoding.UTF8.GetBytes(Begun));
        await _answer.Writer.WriteAsync(Encoding.UTF8.GetBytes(Ended));
        await _answer.Writer.CompleteAsync();
        await rewriting;

        Assert.Equal(["job", "f1"], _remembered);
        Assert.Equal(Begun + Ended, Encoding.UTF8.GetString(((MemoryStream)_context.Response.Body).ToArray()));
    }

    private async Task RewriteAsync(string type, string? made)
    {
        using var native = new HttpResponseMessage { Content = new StreamContent(_answer.Reader.AsStream()) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } } };
        var response = new ResponseTransformContext { HttpContext = _context, ProxyResponse = native };
        await NativeAnswer.RewriteAsync(response, new SoraAdapter(), null, false, id =>
        {
            _remembered.Add(id);
            return default;
        }, made, _time);
    }
}
