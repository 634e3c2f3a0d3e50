using System.Reflection;
using Framegate.Proxy.Edge.Webhooks;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Tests.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

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

    /// <remarks>Nothing is due here, and what another replica leaves when it dies makes no sound.</remarks>
    [Fact]
    public async Task Execute_OthersMayLeaveCallbacks_LooksForThemWithinALease()
    {
        var time = new NotedTimers();
        var fleet = DispatchProxy.Create<IFleet, TenSeconds>();
        using var sender = ActivatorUtilities.CreateInstance<CallbackSender>(Engine.Get<IServiceProvider>(), new AwayStore(time, failures: 0, isQuiet: true), fleet, time);

        await sender.StartAsync(default);
        var sleep = await time.First.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await sender.StopAsync(default);

        Assert.InRange(sleep, TimeSpan.FromSeconds(1), fleet.Lease);
    }

    private sealed class NotedTimers : FakeTimeProvider
    {
        public TaskCompletionSource<TimeSpan> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            First.TrySetResult(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>A fleet with a lease of ten seconds.</summary>
    public class TenSeconds : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            $"get_{nameof(IFleet.IsShared)}" => true,
            $"get_{nameof(IFleet.Lease)}" => TimeSpan.FromSeconds(10),
            _ => throw new NotSupportedException(targetMethod.Name),
        };
    }

    private sealed class AwayStore(TimeProvider time, int failures, bool isQuiet = false) : ICallbackStore
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
            await Task.Delay(isQuiet ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return null;
        }

        public ValueTask SettleAsync(Callback callback, CallbackTry last, CallbackStatus status, DateTimeOffset? due, CancellationToken cancellationToken) => default;

        public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => default;

        public ValueTask<IReadOnlyList<CallbackRecord>> ListAsync(string generation, CancellationToken cancellationToken) => new([]);

        public ValueTask<int> RedeliverAsync(string generation, string? id, DateTimeOffset now, CancellationToken cancellationToken) => new(0);
    }
}
