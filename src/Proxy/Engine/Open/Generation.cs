using System.Threading.RateLimiting;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Open;

/// <summary>
/// A generation that is in memory because something is still to be done for it. Its driver alone changes the state; anyone may read it
/// and wait for it to change.
/// </summary>
internal sealed class Generation(GenerationState state, TimeProvider time)
{
    private readonly Lock _lock = new();
    private volatile GenerationState _state = state;
    private TaskCompletionSource? _changed;
    private CancellationTokenSource? _called;
    private TaskCompletionSource? _settled;
    private Exception? _failure;
    private volatile Func<Generation, CancellationToken, Task>? _remote;
    private int _followers;
    private Task _following = Task.CompletedTask;
    private Func<Task>? _unfollow;
    private int _revision = state.Revision;
    private GenerationRequest? _request;
    private NativeRequest? _native;
    private readonly List<(int Number, Preview Preview)> _previews = [];
    private int _shown;
    private volatile SubmitFindings? _refused;
    private Dictionary<GenerationStatus, Callback>? _deliveries;
    private volatile SentSubmit? _sent;

    /// <summary>The state now.</summary>
    public GenerationState State => _state;

    /// <summary>What to send; null once a provider has accepted the job. Its large inputs are held as long as it is here.</summary>
    public GenerationRequest? Request
    {
        get => _request;
        set
        {
            // First the new ones, which may be the old ones.
            foreach (var file in FilesOf(value))
            {
                file.Hold();
            }

            foreach (var file in FilesOf(Interlocked.Exchange(ref _request, value)))
            {
                file.LetGo();
            }

            if (value is null)
            {
                Inputs.Forget();
            }
        }
    }

    /// <summary>What was read of its inputs for <see cref="Native"/>.</summary>
    public ReadInputs Inputs { get; init; } = new();

    /// <summary>The native submit; null once it is not needed any more, or before it is built again after a restart. What was read for it goes with it.</summary>
    public NativeRequest? Native
    {
        get => _native;
        set
        {
            _native = value;
            if (value is null)
            {
                Inputs.Forget();
            }
        }
    }

    /// <summary>True once another replica has taken it: nothing of it is written here any more.</summary>
    public bool IsLost => Lost.IsCancellationRequested;

    /// <summary>Cancelled once it is lost, so that its driver here waits for nothing any more.</summary>
    public CancellationTokenSource Lost { get; } = new();

    /// <summary>Follows what another replica does with it, as long as somebody waits here; null for one that is driven here.</summary>
    public Func<Generation, CancellationToken, Task>? Remote
    {
        get => _remote;
        init => _remote = value;
    }

    /// <summary>Its place at a provider whose jobs are limited; null when it has none.</summary>
    public RateLimitLease? Lease { get; set; }

    /// <summary>The turn at the provider's limit that was reserved for it after a restart; null when none was, and once it is waited for.</summary>
    public QueueTurn? Turn { get; set; }

    /// <summary>Where it was counted as a job when its candidate was picked; null once the job itself is counted.</summary>
    public LoadCounter? Reservation { get; set; }

    /// <summary>Its place among the open generations of its client; null where these are not limited.</summary>
    public ISharedPlace? Place { get; set; }

    /// <summary>What it counts against its client's budgets; null before that is reserved.</summary>
    public BudgetHold? BudgetHold { get; set; }

    /// <summary>The job it drives, or has joined; null when identical requests cannot join it.</summary>
    public SharedJob? SharedJob { get; set; }

    /// <summary>What its deadline is measured by, from when it was admitted, or taken up again, here: setting the machine's clock ends nothing, and prolongs nothing.</summary>
    public SteadyClock Clock { get; } = new(time);

    /// <summary>Its last submit; null where another process has sent it, or nobody.</summary>
    public SentSubmit? Sent => _sent is { } sent && sent.SubmittedAt == State.SubmittedAt ? sent : null;

    /// <summary>A submit is about to be sent.</summary>
    /// <param name="submittedAt">The time that its state will hold.</param>
    public void BeginSubmit(DateTimeOffset submittedAt) => _sent = new SentSubmit(submittedAt, time.GetTimestamp(), time.GetTimestamp());

    /// <summary>The last bytes of the submit are about to leave.</summary>
    public void LeaveSubmit() => _sent = _sent is { } sent ? sent with { LeftAt = time.GetTimestamp() } : null;

    /// <summary>When the job stops to be worth waiting for: when the last of all who wait for it does.</summary>
    public DateTimeOffset Deadline => SharedJob?.Deadline ?? State.Deadline;

    /// <summary>What to store with the first change; null once the generation is stored.</summary>
    public StoredRequest? Unstored { get; set; }

    /// <summary>Ends when the generation is on the disk, or when it turns out that its id or its key is taken. Continued on the driver's
    /// thread: what a caller does next is to wait, or to write a short answer.</summary>
    public TaskCompletionSource<InsertOutcome?> Admitted { get; } = new();

    /// <summary>Held while a change is stored: its driver, and a client that leaves a shared job, must not write past each other.</summary>
    public SemaphoreSlim Writing { get; } = new(1, 1);

    /// <summary>Clients that wait for the answer on an open connection right now.</summary>
    public int Waiting;

    /// <summary>Cancelled when the client cancels, so that a pause between two polls ends at once.</summary>
    public CancellationTokenSource Cancelled { get; } = new();

    /// <summary>The job that its provider has called about; null before.</summary>
    public JobHandle? Called { get; private set; } = state.CalledJob;

    /// <summary>How its last submit was refused, where another replica has received that. Null while nobody has, and once the submit may have been repeated with its key.</summary>
    public SubmitRefusal? Refused => _refused is { } findings && State is var state && findings.IsOf(state) && !SubmitRefusal.MayHaveBeenRepeated(state) ? findings.Refusal : null;

    /// <summary>Time that went by at the provider or while waiting for it; the rest is Framegate's own.</summary>
    public TimeSpan ProviderTime { get; set; }

    /// <summary>True when it was taken up after a restart, so that its time cannot be accounted for.</summary>
    public bool Resumed { get; init; }

    /// <summary>Framegate's own share of the time so far, milliseconds; null when it cannot be determined.</summary>
    public long? OverheadMs(DateTimeOffset now) =>
        Resumed ? null : Math.Max((long)(now - State.CreatedAt - ProviderTime).TotalMilliseconds, 0);

    /// <summary>The number of a change that is about to be stored. One that could not be stored does not give its number back: it may be on the disk all the same.</summary>
    public int NextRevision() => Interlocked.Increment(ref _revision);

    /// <summary>
    /// The delivery of an outcome. Where the answer to a write was lost, the change is stored again and may be on the disk twice. Its receiver is notified once.
    /// </summary>
    /// <param name="status">The outcome.</param>
    /// <param name="delivery">The callback about it; null for none.</param>
    /// <returns>The first one of this outcome.</returns>
    public Callback? DeliveryOf(GenerationStatus status, Callback? delivery)
    {
        lock (_lock)
        {
            return delivery is null ? null : (_deliveries ??= []).TryGetValue(status, out var first) ? first : _deliveries[status] = delivery;
        }
    }

    /// <summary>Goes on from what is stored: somebody else has written it.</summary>
    public void Adopt(GenerationState stored)
    {
        if (Remote is not null && !IsNewer(_state, stored))
        {
            // What is known already is no change to whoever waits for one.
            return;
        }

        _revision = Math.Max(_revision, stored.Revision);
        Update(s => Remote is null || IsNewer(s, stored) ? stored : s);
    }

    /// <summary>A look that was begun before another one may end after it.</summary>
    private static bool IsNewer(GenerationState known, GenerationState stored) => stored.Revision > known.Revision
        || (stored.Revision == known.Revision && ((stored.CancelRequested && !known.CancelRequested) || (stored.Hidden && !known.Hidden)));

    /// <summary>Replaces the state and wakes whoever waits for a change.</summary>
    /// <param name="change">From the old state to the new one; may run more than once.</param>
    /// <returns>The new state.</returns>
    public GenerationState Update(Func<GenerationState, GenerationState> change) => Replace(null, null, change);

    /// <summary>Replaces the state and wakes whoever waits for it.</summary>
    /// <param name="before">A state.</param>
    /// <param name="next">What it changes to, when it is still the state; null when that is to be found out.</param>
    /// <param name="change">From any other state to the new one; may run more than once.</param>
    /// <returns>The new state.</returns>
    public GenerationState Replace(GenerationState? before, GenerationState? next, Func<GenerationState, GenerationState> change)
    {
        TaskCompletionSource? waiters;
        TaskCompletionSource? settled = null;
        GenerationState state;
        lock (_lock)
        {
            _state = state = next is not null && ReferenceEquals(before, _state) ? next : change(_state);
            (waiters, _changed) = (_changed, null);
            if (state.Status != GenerationStatus.Processing)
            {
                (settled, _settled) = (_settled, null);
            }
        }

        waiters?.TrySetResult();
        settled?.TrySetResult();
        return state;
    }

    /// <summary>Another replica drives it from now on. Whoever waits here wakes up, and then follows what that one does; where nobody waits nothing is followed.</summary>
    /// <param name="follow">Becomes <see cref="Remote"/>.</param>
    public void LeaveTo(Func<Generation, CancellationToken, Task> follow)
    {
        TaskCompletionSource? waiters, settled;
        lock (_lock)
        {
            _remote = follow;
            (waiters, settled, _changed, _settled) = (_changed, _settled, null, null);
        }

        waiters?.TrySetResult();
        settled?.TrySetResult();
    }

    /// <summary>The state now, and a task that ends when it is no longer <see cref="GenerationStatus.Processing"/>, or is no longer driven here.</summary>
    public (GenerationState State, Task Settled) Follow()
    {
        lock (_lock)
        {
            // Continued on the driver's thread: the caller's answer is written without another hop.
            return (_state, _failure is not null ? Task.FromException(_failure)
                : _state.Status == GenerationStatus.Processing ? (_settled ??= new TaskCompletionSource()).Task : Task.CompletedTask);
        }
    }

    /// <summary>It could not be stored: nothing was sent, and whoever waits is answered with the reason.</summary>
    public void GiveUp(Exception failure)
    {
        TaskCompletionSource? settled;
        lock (_lock)
        {
            _failure = failure;
            settled = _settled;
        }

        Admitted.TrySetException(failure);
        settled?.TrySetException(failure);
    }

    /// <summary>The state now, and a task that ends when it is replaced.</summary>
    public (GenerationState State, Task Changed) Observe()
    {
        lock (_lock)
        {
            _changed ??= new TaskCompletionSource();
            return (_state, _changed.Task);
        }
    }

    /// <summary>Its provider shows what it works on; wakes whoever waits for a change. The file is held until <see cref="ForgetPreviews"/>.</summary>
    public void Show(Preview preview)
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            _previews.Add((++_shown, preview));
            (waiters, _changed) = (_changed, null);
        }

        if (waiters is not null)
        {
            // Not on the thread that reads the provider's answer: a client takes its time.
            ThreadPool.UnsafeQueueUserWorkItem(static w => w.TrySetResult(), waiters, preferLocal: false);
        }
    }

    /// <summary>The previews there are after one of them.</summary>
    /// <param name="number">The number of the last one that is known; 0 for none.</param>
    /// <returns>Each with its number; whoever gets them lets their files go.</returns>
    public IReadOnlyList<(int Number, Preview Preview)> PreviewsAfter(int number)
    {
        lock (_lock)
        {
            List<(int Number, Preview Preview)> found = [.. _previews.Where(p => p.Number > number)];
            found.ForEach(p => p.Preview.File?.Hold());
            return found;
        }
    }

    /// <summary>Nobody needs the previews any more.</summary>
    public void ForgetPreviews()
    {
        lock (_lock)
        {
            _previews.ForEach(p => p.Preview.File?.LetGo());
            _previews.Clear();
        }
    }

    /// <summary>Follows what another replica does with it. All who do so at once share one look at the store.</summary>
    /// <param name="until">Nobody waits any more.</param>
    /// <returns>Null when it is driven here.</returns>
    public Task? FollowAsync(CancellationToken until) => Remote is { } remote ? ShareAsync(remote, until) : null;

    private async Task ShareAsync(Func<Generation, CancellationToken, Task> remote, CancellationToken until)
    {
        Task following;
        lock (_lock)
        {
            if (_followers++ == 0 || _following.IsCompleted)
            {
                // Elsewhere: it wakes those who wait, which must not happen under the lock.
                var end = new CancellationTokenSource();
                _unfollow = end.CancelAsync;
                _following = Task.Run(() => remote(this, end.Token), CancellationToken.None);
            }

            following = _following;
        }

        try
        {
            await following.WaitAsync(until);
        }
        finally
        {
            Func<Task>? unfollow = null;
            lock (_lock)
            {
                if (--_followers == 0)
                {
                    unfollow = _unfollow;
                }
            }

            await (unfollow?.Invoke() ?? Task.CompletedTask);
        }
    }

    /// <summary>Waits for a change, wherever it is driven.</summary>
    /// <param name="changed">What <see cref="Observe"/> gave.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task ChangedAsync(Task changed, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = FollowAsync(ended.Token);
        try
        {
            await changed.WaitAsync(atMost, time, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            if (following is not null)
            {
                await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Ends when its request is not needed any more: a provider has the job, or it is over.</summary>
    public async Task WhenHandedOverAsync()
    {
        while (Remote is null)
        {
            var (state, changed) = Observe();
            var (_, settled) = Follow();
            if (state.Phase is not (GenerationPhase.Queued or GenerationPhase.Submitting) || settled.IsCompleted)
            {
                return;
            }

            await Task.WhenAny(changed, settled);
        }
    }

    /// <summary>Its provider has called: whoever waits to ask next wakes up.</summary>
    public void Call(JobHandle job)
    {
        CancellationTokenSource? waiter;
        lock (_lock)
        {
            Called = job;
            (waiter, _called) = (_called, null);
        }

        waiter?.Cancel();
    }

    /// <summary>Its lost submit was refused, as another replica has received: whoever looks for the job wakes up.</summary>
    public void Refuse(SubmitFindings findings)
    {
        CancellationTokenSource? waiter;
        lock (_lock)
        {
            _refused = findings;
            (waiter, _called) = (_called, null);
        }

        waiter?.Cancel();
    }

    /// <summary>Another submit goes out; what was called about the one before it does not count any more.</summary>
    public void ForgetCall()
    {
        lock (_lock)
        {
            Called = null;
        }
    }

    /// <summary>Ends at the provider's next call.</summary>
    public CancellationToken NextCall()
    {
        lock (_lock)
        {
            return (_called ??= new CancellationTokenSource()).Token;
        }
    }

    /// <summary>Gives back its place at the provider; one that another replica holds now is left to that one.</summary>
    public void ReleaseLease()
    {
        if (IsLost && Lease is ISharedPlace place)
        {
            place.Abandon();
        }
        else
        {
            Lease?.Dispose();
        }

        Lease = null;
    }

    /// <summary>Gives back its place among the open generations of its client; one that another replica holds now is left to that one.</summary>
    public void ReleasePlace()
    {
        if (IsLost)
        {
            Place?.Abandon();
        }
        else
        {
            Place?.Dispose();
        }

        Place = null;
    }

    /// <summary>Takes the reserved turn, to wait for it. One at another provider is given up.</summary>
    /// <returns>Null when none is reserved there.</returns>
    public QueueTurn? TakeTurn(ProviderLimiter limiter)
    {
        if (Turn?.Limiter != limiter)
        {
            LeaveTurn();
        }

        var turn = Turn;
        Turn = null;
        return turn;
    }

    /// <summary>Gives up the reserved turn.</summary>
    public void LeaveTurn()
    {
        Turn?.Limiter?.Leave(Turn);
        Turn = null;
    }

    private static IEnumerable<HeldFile> FilesOf(GenerationRequest? request) => request is { Held.Count: > 0 } ? request.Held.OfType<HeldFile>() : [];

    /// <summary>Takes the count off that stands for the picked candidate.</summary>
    public void ReleaseReservation()
    {
        Reservation?.Remove();
        Reservation = null;
    }
}
