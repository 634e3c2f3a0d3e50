using Framegate.Proxy.Clients;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>What several processes keep their clients in; it notifies nobody.</summary>
internal sealed class Shelf : IClientStore
{
    private readonly TaskCompletionSource _looking = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _followedAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ClientRecord> _clients = [];
    private TaskCompletionSource? _slow;
    private int _looks;

    public int Looks => Volatile.Read(ref _looks);

    public bool IsShared { get; set; } = true;

    /// <summary>What each look throws.</summary>
    public Exception? Fails { get; set; }

    /// <summary>What the first wait for a change throws.</summary>
    public Exception? FailsToFollow { get; set; }

    /// <summary>Ends with the first look of a slow store.</summary>
    public Task Looking => _looking.Task;

    /// <summary>Ends when somebody waits for a change after a wait that has failed.</summary>
    public Task FollowedAgain => _followedAgain.Task;

    /// <summary>Lets looks wait from now on.</summary>
    public TaskCompletionSource Slow() => _slow = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask<IReadOnlyList<ClientRecord>> ListAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        if (_slow is not null)
        {
            _looking.TrySetResult();
            await _slow.Task.WaitAsync(cancellationToken);
        }

        return Fails is null ? [.. _clients] : throw Fails;
    }

    public ValueTask<bool> TryPutAsync(ClientRecord client, CancellationToken cancellationToken)
    {
        _clients.Add(client);
        return new(true);
    }

    public Task NextChangeAsync(IReadOnlyList<ClientRecord> known, CancellationToken cancellationToken)
    {
        if (FailsToFollow is { } failure)
        {
            FailsToFollow = null;
            return Task.FromException(failure);
        }

        _followedAgain.TrySetResult();
        return new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }
}
