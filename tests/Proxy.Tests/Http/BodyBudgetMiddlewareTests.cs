using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Http;

public sealed class BodyBudgetMiddlewareTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BodyBudget _budget;
    private readonly Shape _shape = new();

    public BodyBudgetMiddlewareTests() => _budget = new BodyBudget(Options.Create(new MediaOptions { MaxBytesInFlight = 1024 * 1024 }), _time);

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public async Task InvokeAsync_UnknownLengthLookedAtThroughItsReader_IsThereForItsStream(int length)
    {
        var body = Encoding.ASCII.GetBytes(new string('x', length));
        var streamed = new MemoryStream();
        var context = ContextOf(body);

        await InvokeAsync(context, async c =>
        {
            var looked = await RequestBody.WaitAsync(c.Request.BodyReader, default);
            Assert.Equal(length, looked.Length);
            c.Request.BodyReader.AdvanceTo(looked.Start);
            await c.Request.Body.CopyToAsync(streamed);
        });

        Assert.Equal(body, streamed.ToArray());
        Assert.Equal(0, _budget.Held);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InvokeAsync_UnknownLengthOutgrowsTheRoom_Is503AndMayBeTriedAgain(bool wrapped)
    {
        var other = await _budget.EnterAsync("other", 1_000_000, default);
        var context = ContextOf(new byte[300_000]);

        await InvokeAsync(context, async c =>
        {
            try
            {
                await RequestBody.ReadAsync(c.Request, default);
            }
            catch (Exception e) when (wrapped)
            {
                Assert.True(NoRoomForBodyException.IsCauseOf(new AggregateException(new HttpRequestException("sending", new IOException("copying", e)))));
                throw;
            }
        });

        var (error, status) = _shape.Written!.Value;
        Assert.Equal((503, ErrorCode.UnknownError, true, "overloaded"), (status, error.Code, error.Retryable, error.Details?.Reason));
        Assert.Equal("2", context.Response.Headers.RetryAfter);
        other!.Answered();
        Assert.Equal(0, _budget.Held);
    }

    /// <remarks>Hundreds of refused uploads that are all read at once take the processor from everybody else.</remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InvokeAsync_ManyAreRefused_AFewAreThrownAwayAtOnceAndAllAreAnswered(bool comeToAnEnd)
    {
        const int Refused = 20;
        using var other = new Held(await _budget.EnterAsync("other", 1_000_000, default));
        var middleware = new BodyBudgetMiddleware(_ => throw new InvalidOperationException("There is no room."), _budget, new ErrorAnswers([_shape]), _time);
        var bodies = new SlowBodies();
        var contexts = Enumerable.Range(0, Refused).Select(_ => new DefaultHttpContext { Request = { Body = bodies.New(), ContentLength = 300_000 } }).ToList();
        var calls = contexts.Select(middleware.InvokeAsync).ToList();

        _time.Advance(BodyBudget.Patience);
        while (bodies.Reading == 0)
        {
            await Task.Yield();
        }

        for (var i = 0; i < 1_000; i++)
        {
            await Task.Yield();
        }

        Assert.InRange(bodies.Reading, 1, 4);
        if (comeToAnEnd)
        {
            bodies.End.SetResult();
        }

        var all = Task.WhenAll(calls);
        while (!comeToAnEnd && !all.IsCompleted)
        {
            // Whoever begins to wait later waits from then on.
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        await all;
        Assert.Equal(Refused, _shape.Count);
        Assert.InRange(bodies.Most, 1, 4);
        Assert.All(contexts, c => Assert.Equal("2", c.Response.Headers.RetryAfter));
    }

    /// <remarks>The streams of one connection share its window: those that wait unread would stop those that are read, and every other call.</remarks>
    [Fact]
    public async Task InvokeAsync_ManyAreRefusedOnOneConnection_AllAreThrownAwayAtOnce()
    {
        const int Refused = 20;
        using var other = new Held(await _budget.EnterAsync("other", 1_000_000, default));
        var middleware = new BodyBudgetMiddleware(_ => throw new InvalidOperationException("There is no room."), _budget, new ErrorAnswers([_shape]), _time);
        var bodies = new SlowBodies();
        var calls = Enumerable.Range(0, Refused)
            .Select(_ => middleware.InvokeAsync(new DefaultHttpContext { Request = { Body = bodies.New(), ContentLength = 300_000, Protocol = "HTTP/2" } }))
            .ToList();

        _time.Advance(BodyBudget.Patience);
        await ReadAsync(bodies, Refused);
        bodies.End.SetResult();

        await Task.WhenAll(calls);
        Assert.Equal(Refused, _shape.Count);
    }

    [Fact]
    public async Task InvokeAsync_OthersDrip_IsAnsweredBeforeTheyEnd()
    {
        using var other = new Held(await _budget.EnterAsync("other", 1_000_000, default));
        var middleware = new BodyBudgetMiddleware(_ => throw new InvalidOperationException("There is no room."), _budget, new ErrorAnswers([_shape]), _time);
        var (bodies, last) = (new SlowBodies(), new SlowBodies());
        var calls = Enumerable.Range(0, 4).Select(_ => middleware.InvokeAsync(new DefaultHttpContext { Request = { Body = bodies.New(), ContentLength = 300_000 } })).ToList();
        _time.Advance(BodyBudget.Patience);
        await ReadAsync(bodies, 4);

        var answered = middleware.InvokeAsync(new DefaultHttpContext { Request = { Body = last.New(), ContentLength = 300_000 } });
        for (var waited = TimeSpan.Zero; !answered.IsCompleted && waited < TimeSpan.FromSeconds(20); waited += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            for (var i = 0; i < 100_000 && !answered.IsCompleted; i++)
            {
                await Task.Yield();
            }
        }

        Assert.True(answered.IsCompletedSuccessfully);
        Assert.Equal((4, 0, 1), (bodies.Reading, last.Most, _shape.Count));
        bodies.End.SetResult();
        await Task.WhenAll(calls);
    }

    /// <remarks>The room that it gives back is taken by others: what was read of it must not lie in memory meanwhile.</remarks>
    [Fact]
    public async Task InvokeAsync_UnknownLengthIsRefused_NothingOfItIsHeldWhileItIsThrownAway()
    {
        using var other = new Held(await _budget.EnterAsync("other", 1_000_000, default));
        var bodies = new SlowBodies();
        var context = new DefaultHttpContext { Request = { Body = new Joined(new byte[300_000], bodies.New()) } };
        var call = InvokeAsync(context, async c => await RequestBody.WaitAsync(c.Request.BodyReader, default));

        await ReadAsync(bodies, 1);
        Assert.Throws<InvalidOperationException>(() => context.Request.BodyReader.TryRead(out _));

        bodies.End.SetResult();
        await call;
        Assert.Equal(503, _shape.Written?.Status);
    }

    private static async Task ReadAsync(SlowBodies bodies, int count)
    {
        for (var i = 0; i < 10_000_000 && bodies.Reading != count; i++)
        {
            await Task.Yield();
        }

        Assert.Equal(count, bodies.Reading);
    }

    private static DefaultHttpContext ContextOf(byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        return context;
    }

    private Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        new BodyBudgetMiddleware(next, _budget, new ErrorAnswers([_shape]), _time).InvokeAsync(context);

    private sealed class Held(BodyLease? lease) : IDisposable
    {
        public void Dispose() => lease!.Answered();
    }

    /// <summary>Bodies of which nothing comes before they end.</summary>
    private sealed class SlowBodies
    {
        private int _reading;
        private int _most;

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Reading => Volatile.Read(ref _reading);

        public int Most => Volatile.Read(ref _most);

        public Stream New() => new SlowBody(this);

        private sealed class SlowBody(SlowBodies bodies) : ReadOnlyBody
        {
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var now = Interlocked.Increment(ref bodies._reading);
                for (var seen = bodies.Most; now > seen; seen = bodies.Most)
                {
                    Interlocked.CompareExchange(ref bodies._most, now, seen);
                }

                try
                {
                    await bodies.End.Task.WaitAsync(cancellationToken);
                    return 0;
                }
                finally
                {
                    Interlocked.Decrement(ref bodies._reading);
                }
            }
        }
    }

    /// <summary>A body that goes on with another one.</summary>
    private sealed class Joined(byte[] first, Stream second) : ReadOnlyBody
    {
        private readonly MemoryStream _first = new(first);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _first.Read(buffer.Span) is > 0 and var read ? read : await second.ReadAsync(buffer, cancellationToken);
    }

    private sealed class Shape : IErrorShape
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public (GenerationError Error, int Status)? Written { get; private set; }

        public bool Owns(PathString path) => true;

        public Task WriteAsync(HttpContext context, GenerationError error, int status)
        {
            Written = (error, status);
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }
    }
}
