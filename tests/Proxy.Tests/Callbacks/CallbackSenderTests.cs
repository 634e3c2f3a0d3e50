using Framegate.Proxy.Edge.Webhooks;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Tests.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Callbacks;

/// <summary>The loop that delivers what is due.</summary>
public sealed class CallbackSenderTests(TestEngine engine) : EngineTest(engine)
{
    [Fact]
    public async Task Execute_TheStoreWasAwayForAMoment_GoesOnWithinSeconds()
    {
        var time = new JumpingTime();
        var (store, began) = (new AwayStore(time, failures: 3), time.GetUtcNow());
        using var sender = ActivatorUtilities.CreateInstance<CallbackSender>(Engine.Get<IServiceProvider>(), store, time);

        await sender.StartAsync(default);
        var back = await store.Back.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await sender.StopAsync(default);

        Assert.True(back - began < TimeSpan.FromSeconds(10), $"{back - began}");
    }

    private sealed class AwayStore(TimeProvider time, int failures) : ICallbackStore
    {
        private int _failures = failures;

        public TaskCompletionSource<DateTimeOffset> Back { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<IReadOnlyList<Callback>> ClaimDueAsync(DateTimeOffset now, DateTimeOffset until, CallbackRoom room, CancellationToken cancellationToken)
        {
            if (_failures-- > 0)
            {
                throw new StoreUnavailableException(StoreProblem.Failing, new IOException("The line is cut."));
            }

            Back.TrySetResult(time.GetUtcNow());
            return new([]);
        }

        public async ValueTask<DateTimeOffset?> NextDueAsync(CallbackRoom room, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return null;
        }

        public ValueTask SettleAsync(Callback callback, CallbackTry last, CallbackStatus status, DateTimeOffset? due, CancellationToken cancellationToken) => default;

        public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => default;

        public ValueTask<IReadOnlyList<CallbackRecord>> ListAsync(string generation, CancellationToken cancellationToken) => new([]);

        public ValueTask<int> RedeliverAsync(string generation, string? id, DateTimeOffset now, CancellationToken cancellationToken) => new(0);
    }
}
