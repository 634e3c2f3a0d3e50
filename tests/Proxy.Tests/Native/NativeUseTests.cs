using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Framegate.Proxy.Engine.Repetitions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Native;

/// <summary>A POST that is no submit costs nothing, so that nothing of it is kept, and it may be sent again.</summary>
public sealed class NativeUseTests
{
    private const string Model = "/veo/v1/projects/p/locations/l/publishers/google/models/veo-3.1-generate-001";

    [Theory]
    [InlineData(Model + ":fetchPredictOperation", """{"operationName":"projects/p/operations/op-12345"}""", 500)]
    [InlineData(Model + ":fetchPredictOperation", """{"operationName":"projects/p/operations/op-12345"}""", 0)]
    [InlineData("/replicate/v1/files", """{"content":"x"}""", 500)]
    [InlineData("/replicate/v1/predictions/job-12345/cancel", "{}", 0)]
    public async Task Post_NoSubmit_IsFailedAsItIsAndAskedAgain(string path, string body, int status)
    {
        await using var native = await NativeApp.StartAsync(context => FailAsync(context, status), ["veo", "replicate"]);

        using var failed = await native.SendAsync("POST", path, body);
        native.Answer = context => context.Response.WriteAsJsonAsync(new { done = true });
        using var again = await native.SendAsync("POST", path, body);

        Assert.Equal((status == 0 ? HttpStatusCode.BadGateway : HttpStatusCode.InternalServerError, false), (failed.StatusCode, failed.Headers.Contains("x-should-retry")));
        Assert.Equal((HttpStatusCode.OK, """{"done":true}"""), (again.StatusCode, await again.Content.ReadAsStringAsync()));
        Assert.Equal(2, native.Calls.Count);
    }

    /// <summary>The caller of the first has gone, and the provider has not answered it yet.</summary>
    [Fact]
    public async Task Post_NoSubmit_DoesNotWaitForAnEarlierOne()
    {
        var (arrived, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var native = await NativeApp.StartAsync(
            async context =>
            {
                arrived.TrySetResult();
                await go.Task;
                await context.Response.WriteAsJsonAsync(new { done = false });
            },
            ["veo"]);
        using var http = new HttpClient { BaseAddress = native.Http.BaseAddress };
        using var gone = new CancellationTokenSource();
        using var content = new StringContent("""{"operationName":"projects/p/operations/op-12345"}""");
        var first = http.PostAsync(Model + ":fetchPredictOperation", content, gone.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        native.Answer = context => context.Response.WriteAsJsonAsync(new { done = true });

        using var again = await native.SendAsync("POST", Model + ":fetchPredictOperation", """{"operationName":"projects/p/operations/op-12345"}""").WaitAsync(TimeSpan.FromSeconds(20));
        go.SetResult();

        Assert.Equal("""{"done":true}""", await again.Content.ReadAsStringAsync());
    }

    /// <summary>The provider may bill a call of which nobody says what it does; it is not kept, since it may be a question.</summary>
    [Fact]
    public async Task Post_OnlyTheConfigurationNamesIt_IsNotToBeSentAgainAndIsNotKept()
    {
        await using var native = await NativeApp.StartAsync(
            context => FailAsync(context, 500), ["replicate"], configure: c => c["Framegate"]!["Native"] = JsonNode.Parse("""{"replicate":{"Allow":["POST /v1/trainings"]}}"""));

        using var failed = await native.SendAsync("POST", "/replicate/v1/trainings", "{}");
        native.Answer = context => context.Response.WriteAsJsonAsync(new { done = true });
        using var again = await native.SendAsync("POST", "/replicate/v1/trainings", "{}");

        Assert.Equal((424, 200), ((int)failed.StatusCode, (int)again.StatusCode));
    }

    /// <summary>The order of a process that is gone is taken once: a caller that leaves at that moment leaves it to whoever asks again.</summary>
    [Fact]
    public async Task Submit_ItsCallerLeavesWhileALostOrderIsTaken_TheOrderStays()
    {
        var orders = new LostOrders();
        await using var native = await NativeApp.StartAsync(
            context => context.Response.WriteAsJsonAsync(new { id = "job-12345" }), ["replicate"], services: s => s.AddSingleton<INativeOrders>(orders));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", native.Http.BaseAddress!.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /replicate/v1/predictions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
            await orders.Taking.Task.WaitAsync(TimeSpan.FromSeconds(30));

            // Closed at once, it is reset.
            client.LingerState = new LingerOption(true, 0);
        }

        await Task.WhenAny(orders.Gone.Task, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, CancellationToken.None));
        orders.Go.SetResult();

        using var again = await native.SendAsync("POST", "/replicate/v1/predictions", "{}");

        Assert.Equal((424, 0), ((int)again.StatusCode, native.Calls.Count));
    }

    /// <summary>Nobody knows whether it was accepted, and that is what another replica answers too, as often as somebody asks.</summary>
    [Fact]
    public async Task Submit_NobodyKnowsWhetherItWasAccepted_IsSoAtAnotherReplicaToo()
    {
        var orders = new LostOrders();
        orders.Go.SetResult();
        await using (var first = await NativeApp.StartAsync(context => FailAsync(context, 500), ["replicate"], services: s => s.AddSingleton<INativeOrders>(new LostOrders { Kept = orders, IsTaken = true })))
        {
            using var failed = await first.SendAsync("POST", "/replicate/v1/predictions", "{}");
            Assert.Equal(424, (int)failed.StatusCode);
        }

        Assert.NotNull(orders.Answer);
        await using var second = await NativeApp.StartAsync(
            context => context.Response.WriteAsJsonAsync(new { id = "job-12345" }), ["replicate"], services: s => s.AddSingleton<INativeOrders>(orders));
        for (var i = 0; i < 3; i++)
        {
            using var again = await second.SendAsync("POST", "/replicate/v1/predictions", "{}");
            Assert.Equal((424, 0), ((int)again.StatusCode, second.Calls.Count));
        }
    }

    /// <summary>A store with one lost order.</summary>
    private sealed class LostOrders : INativeOrders
    {
        private int _taken;

        /// <summary>Where its answers are written down.</summary>
        public LostOrders? Kept { get; init; }

        public bool IsTaken { get; init; }

        public byte[]? Answer { get; private set; }

        public TaskCompletionSource Taking { get; } = new();

        public TaskCompletionSource Gone { get; } = new();

        public TaskCompletionSource Go { get; } = new();

        public ValueTask BeginAsync(string id, string owner, string client, byte[] fingerprint, DateTimeOffset now, CancellationToken cancellationToken) => default;

        public ValueTask AnswerAsync(string id, byte[] answer, DateTimeOffset now, CancellationToken cancellationToken)
        {
            (Kept ?? this).Answer = answer;
            return default;
        }

        public async ValueTask<LostNativeOrder?> TakeAsync(string owner, string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken)
        {
            if (IsTaken || Interlocked.Increment(ref _taken) > 1)
            {
                return null;
            }

            Taking.SetResult();
            await using var registration = cancellationToken.Register(Gone.SetResult);
            await Go.Task;
            cancellationToken.ThrowIfCancellationRequested();
            return new LostNativeOrder("lost-1", Answer) { IsOver = Answer is not null };
        }

        public ValueTask ForgetAsync(IReadOnlyCollection<string> ids, DateTimeOffset before, CancellationToken cancellationToken) => default;
    }

    private static async Task FailAsync(HttpContext context, int status)
    {
        if (status == 0)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new { error = "we broke" });
    }
}
