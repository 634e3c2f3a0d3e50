using System.Net;
using System.Text;
using Framegate.Client;

namespace Framegate.EndToEnd.Tests.DotnetClient;

/// <summary><c>clients/dotnet</c> while Framegate cannot be reached for a while.</summary>
public sealed class OutageTests
{
    private const string Running = """{"schema_version":"2.0","request_id":"gen_1","status":"processing","metadata":{"phase":"running"}}""";
    private const string Made = """{"schema_version":"2.0","request_id":"gen_1","status":"success","metadata":{"phase":"succeeded"}}""";
    private readonly PassingTime _time = new();

    [Fact]
    public async Task GenerateAsync_OutageOfAMinute_IsWaitedOut()
    {
        var looks = 0;
        using var framegate = Client((message, _) => message.Method == HttpMethod.Post ? Answer(Running)
            : _time.Elapsed > TimeSpan.FromMinutes(1) ? Answer(Made)
            : (looks++ % 3) switch { 0 => throw new HttpRequestException("It is away."), 1 => Answer("<html>", HttpStatusCode.BadGateway), _ => Answer(Running[..20]) });

        Assert.Equal("success", (await framegate.GenerateAsync(new() { Model = "m" })).Status);
        Assert.InRange(looks, 10, 200);
    }

    [Fact]
    public async Task GenerateAsync_LongerOutage_EndsAfterTwoMinutesWithTheId()
    {
        using var away = Client((message, _) => message.Method == HttpMethod.Post ? Answer(Running) : throw new HttpRequestException("It is away."));
        using var busy = Client((message, _) => message.Method == HttpMethod.Post ? Answer(Running) : Answer("{}", HttpStatusCode.ServiceUnavailable));
        using var closed = Client((message, _) => message.Method == HttpMethod.Post ? Answer(Running) : Answer("{}", HttpStatusCode.Unauthorized));

        var lost = await Assert.ThrowsAsync<HttpRequestException>(() => away.GenerateAsync(new() { Model = "m" }));
        Assert.InRange(_time.Elapsed, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2.1));
        Assert.Equal("gen_1", lost.Data["RequestId"]);
        Assert.Equal("gen_1", (await Assert.ThrowsAsync<FramegateException>(() => busy.GenerateAsync(new() { Model = "m" }))).RequestId);
        var until = _time.Elapsed;
        Assert.Equal("gen_1", (await Assert.ThrowsAsync<FramegateException>(() => closed.GenerateAsync(new() { Model = "m" }))).RequestId);
        Assert.InRange(_time.Elapsed - until, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task StartAsync_AnswerIsCutAfterItsHeaders_IsAskedForAgainByItsKey()
    {
        var keys = new List<string>();
        using var framegate = Client((message, _) =>
        {
            keys.AddRange(message.Headers.GetValues("Idempotency-Key"));
            return Answer(keys.Count == 1 ? Running[..20] : Running);
        });

        Assert.Equal("gen_1", (await framegate.StartAsync(new() { Model = "m" })).RequestId);
        Assert.Equal(2, keys.Count);
        Assert.Equal(keys[0], keys[1]);
    }

    private static HttpResponseMessage Answer(string body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private FramegateClient Client(Func<HttpRequestMessage, CancellationToken, HttpResponseMessage> answer) =>
        new(new HttpClient(new Answering(answer)), new FramegateClientOptions { BaseAddress = new("http://framegate.test"), Time = _time });

    private sealed class Answering(Func<HttpRequestMessage, CancellationToken, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.Run(() => answer(request, cancellationToken), cancellationToken);
    }

    /// <summary>A clock on which each pause is over at once.</summary>
    private sealed class PassingTime : TimeProvider
    {
        private long _ticks;

        public TimeSpan Elapsed => new(Interlocked.Read(ref _ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.FromMilliseconds(0.1), period);
        }
    }
}
