using Framegate.Proxy.Common;

namespace Framegate.Proxy.Clients;

/// <summary>
/// The clients that are made while the program runs: makes, changes and revokes them. A change is at work here when its call returns, and in another process
/// of the same store as soon as that is notified.
/// </summary>
internal sealed class ClientRegistry(IClientStore store, ClientKeys keys, HostSettings settings, TimeProvider time, ILogger<ClientRegistry> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task _following = Task.CompletedTask;
    private Task? _nextLook;
    private long? _lookedAt;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var first = await store.ListAsync(cancellationToken);
        keys.Follow(first);
        _following = FollowAsync(first, _stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _changing.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The stored client of a name.</summary>
    /// <returns>Null when there is none, or it is revoked.</returns>
    public async ValueTask<ClientRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
        await RecordAsync(name, cancellationToken) is { Revoked: null } record ? record : null;

    /// <summary>Makes a client, with one key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="can">What it may do.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The client and its key, which is kept nowhere.</returns>
    public Task<ClientChange> CreateAsync(string name, ClientSettings can, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (settings.AdminKey is null)
            {
                // With the first client's key, /admin asks for one too.
                return ClientChange.Refused("Set FRAMEGATE_ADMIN_KEY first: with clients that have keys, nothing else opens /admin.");
            }

            if (keys.Configured(name) is not null || name.Equals(ClientKeys.Default, StringComparison.OrdinalIgnoreCase))
            {
                return ClientChange.Refused($"The client {name} is one of the configuration.");
            }

            if (await RecordAsync(name, cancellationToken) is { } taken)
            {
                return ClientChange.Refused(taken.Revoked is null
                    ? $"There is a client {name} already."
                    : $"There was a client {name}; its generations are kept under its name, which nobody else gets.");
            }

            var (key, record) = Keyed(new ClientRecord { Name = name, Settings = can, Created = time.GetUtcNow(), Revision = 1 }, null);
            return await PutAsync(record, key);
        },
        cancellationToken);

    /// <summary>Changes what a client may do.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">From what it may do, as it is stored when the turn of this change has come, to what it may do from then on; null when that cannot be.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<ClientChange> UpdateAsync(string name, Func<ClientSettings, ClientSettings?> change, CancellationToken cancellationToken) =>
        ChangeAsync(name, record => (change(record.Settings) is { } can ? record with { Settings = can } : null, null), cancellationToken);

    /// <summary>Gives a client another key; the others end after a while.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="keepFor">How long the keys that it has go on working.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<ClientChange> RotateAsync(string name, TimeSpan keepFor, CancellationToken cancellationToken) => ChangeAsync(
        name,
        record =>
        {
            var (key, keyed) = Keyed(record, time.GetUtcNow() + keepFor);
            return (keyed, key);
        },
        cancellationToken);

    /// <summary>Takes all keys from a client, for good.</summary>
    public Task<ClientChange> RevokeAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(name, record => (record with { Keys = [], Revoked = time.GetUtcNow() }, null), cancellationToken);

    /// <summary>
    /// Looks once more what is stored, for whoever presents a key that is nobody's here: another process may have made it a moment ago, and its owner use it at once.
    /// However many do, there are no more than ten looks a second, and none waits but the next.
    /// </summary>
    /// <returns>False when the look has failed, or takes longer than a second.</returns>
    public async ValueTask<bool> LookAgainAsync(CancellationToken cancellationToken)
    {
        if (!store.IsShared)
        {
            return true;
        }

        Task look;
        lock (_lock)
        {
            // One that has not begun yet sees what was stored before now.
            look = _nextLook ??= Task.Run(LookInTurnAsync, CancellationToken.None);
        }

        try
        {
            await look.WaitAsync(s_patience, time, cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It is as it was: whoever follows the store finds out as well, and reports it.
            return false;
        }
    }

    private (string Key, ClientRecord Record) Keyed(ClientRecord record, DateTimeOffset? othersEnd)
    {
        var (key, now) = (ClientKey.New(), time.GetUtcNow());
        var others = record.Keys.Where(k => k.Expires is not { } end || end > now).Select(k => k.Expires <= othersEnd ? k : k with { Expires = othersEnd });
        return (key, record with { Keys = [new ClientKeyRecord(KeyDigest.Of(key).ToText(), now, null), .. others.Where(k => k.Expires > now).Take(ClientRecord.MostKeys - 1)] });
    }

    private Task<ClientChange> ChangeAsync(string name, Func<ClientRecord, (ClientRecord? Record, string? Key)> change, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (await FindAsync(name, cancellationToken) is not { } record)
            {
                return keys.Configured(name) is null ? ClientChange.Unknown : ClientChange.Refused($"The client {name} is one of the configuration; change it there.");
            }

            var (changed, key) = change(record);
            return changed is null ? ClientChange.Unknown : await PutAsync(changed with { Revision = record.Revision + 1 }, key);
        },
        cancellationToken);

    private async Task<ClientChange> ChangeAsync(Func<Task<ClientChange>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Stores a change and puts it into force, also where its caller is gone by then: a key that is revoked in the store must not open anything here.</summary>
    private async Task<ClientChange> PutAsync(ClientRecord record, string? key)
    {
        if (!await store.TryPutAsync(record, CancellationToken.None))
        {
            return ClientChange.Refused($"Somebody else has changed the client {record.Name} at the same time.");
        }

        keys.Follow(await store.ListAsync(CancellationToken.None));
        return new ClientChange(record, key, null);
    }

    private async ValueTask<ClientRecord?> RecordAsync(string name, CancellationToken cancellationToken) =>
        (await store.ListAsync(cancellationToken)).FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Puts into force what is stored. Not while something is changed here: what was read before that change would take it back.</summary>
    private async Task<IReadOnlyList<ClientRecord>> LookAsync(bool isForAKey, CancellationToken stopping)
    {
        await _changing.WaitAsync(stopping);
        try
        {
            if (isForAKey)
            {
                // Not before its turn: while it waits, whoever asks waits for it, and not for one more behind it.
                lock (_lock)
                {
                    (_nextLook, _lookedAt) = (null, time.GetTimestamp());
                }
            }

            var stored = await store.ListAsync(stopping);
            keys.Follow(stored);
            return stored;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task LookInTurnAsync()
    {
        if (_lookedAt is { } last)
        {
            await Pause.ForAsync(s_betweenLooks - time.GetElapsedTime(last), time, _stopping.Token);
        }

        await LookAsync(isForAKey: true, _stopping.Token);
    }

    private async Task FollowAsync(IReadOnlyList<ClientRecord> known, CancellationToken stopping)
    {
        var isLogged = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await store.NextChangeAsync(known, stopping);
                known = await LookAsync(isForAKey: false, stopping);
                isLogged = false;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (!isLogged)
                {
                    Common.Telemetry.Log.ClientsNotRead(logger, e);
                }

                isLogged = true;
                await Pause.ForAsync(PauseAfterFailure, time, stopping);
            }
        }
    }
}

/// <summary>What came of a change.</summary>
/// <param name="Client">The client as it is now; null when nothing was changed.</param>
/// <param name="Key">Its new key; null when there is none.</param>
/// <param name="WhyNot">Why nothing was changed; null when it was, and when there is no such client.</param>
internal sealed record ClientChange(ClientRecord? Client, string? Key, string? WhyNot)
{
    /// <summary>There is no such client.</summary>
    public static ClientChange Unknown { get; } = new(null, null, null);

    /// <summary>Nothing was changed.</summary>
    public static ClientChange Refused(string whyNot) => new(null, null, whyNot);
}
