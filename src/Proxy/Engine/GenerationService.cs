using Framegate.Proxy.Clients;
using Framegate.Proxy.Engine.Coalescing;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine;

/// <summary>What a client can do with generations that are there.</summary>
internal sealed class GenerationService(
    IGenerationStore store, OpenGenerations open, CacheLookup lookup, Coalescer coalescer, ClientKeys clients, UnansweredOrders unanswered, IFleet fleet, TimeProvider time)
{
    /// <summary>True when the program stops and a caller that is let go may send the same request again: it joins its own order, after the next start too.
    /// Where repetitions are not recognised it would pay twice.</summary>
    public bool IsStoppingForRepetition => open.Stopping.IsCancellationRequested && unanswered.Window > TimeSpan.Zero;

    /// <summary>A generation as it stands.</summary>
    /// <returns>Null when this client has none with this id.</returns>
    public async ValueTask<(GenerationState State, Generation? Running)?> FindAsync(string id, string client, CancellationToken cancellationToken) =>
        await FindStoredAsync(id, client, cancellationToken)
        ?? (clients.Required && !GivenId.Is(id) ? await FindStoredAsync(GivenId.Of(id, client), client, cancellationToken) : null);

    private async ValueTask<(GenerationState State, Generation? Running)?> FindStoredAsync(string id, string client, CancellationToken cancellationToken)
    {
        var running = open.Find(id);
        var state = running?.State ?? await store.FindAsync(id, cancellationToken) ?? await lookup.FindHitAsync(id, client, cancellationToken);
        return state?.Client == client ? (state, running ?? (fleet.IsShared && state.IsOpen ? RemoteOf(state) : null)) : null;
    }

    /// <summary>A generation that another replica drives, as it is shown here.</summary>
    private Generation RemoteOf(GenerationState state) => new(state, time) { Remote = open.FollowAsync };

    /// <summary>A page of generations; those that run show what is known now.</summary>
    /// <returns>Null when the filter's cursor is none of the client's generations.</returns>
    public async ValueTask<IReadOnlyList<GenerationState>?> ListAsync(GenerationFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(filter, cancellationToken);
        if (page is null && clients.Required && filter.Cursor is { } cursor && !GivenId.Is(cursor))
        {
            page = await store.ListAsync(filter with { Cursor = GivenId.Of(cursor, filter.Client) }, cancellationToken);
        }

        return page is null ? null : [.. page.Select(s => open.Find(s.Id)?.State ?? s)];
    }

    /// <summary>The client does not want to see a finished or running generation any more.</summary>
    public async ValueTask HideAsync(string id, CancellationToken cancellationToken)
    {
        await store.HideAsync(id, cancellationToken);
        open.Find(id)?.Update(static s => s with { Hidden = true, Attachment = null });
    }

    /// <summary>Waits until a generation is finished for its caller.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="aborted">The client has gone; the generation goes on.</param>
    /// <returns>The state then, also when the program is asked to stop; the generation is on the disk.</returns>
    /// <exception cref="Exception">It could not be stored, and nothing was sent.</exception>
    public async Task<GenerationState> WaitAsync(Generation generation, TimeSpan atMost, CancellationToken aborted)
    {
        Interlocked.Increment(ref generation.Waiting);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(aborted, open.Stopping);
        using var left = new CancellationTokenSource();
        Task? following = null;
        try
        {
            var until = time.GetUtcNow() + atMost;
            while (true)
            {
                var (state, settled) = generation.Follow();
                var rest = until - time.GetUtcNow();

                // Another replica may have taken it while this waits.
                following ??= generation.FollowAsync(left.Token);
                if (state.Status != GenerationStatus.Processing)
                {
                    return state;
                }

                if (rest <= TimeSpan.Zero || gone.IsCancellationRequested)
                {
                    if (generation.Unstored is not null)
                    {
                        await generation.Admitted.Task.WaitAsync(aborted);
                    }

                    return generation.State;
                }

                await settled.WaitAsync(rest, time, gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (settled.IsFaulted)
                {
                    await settled;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref generation.Waiting);
            if (following is not null)
            {
                await left.CancelAsync();
                await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Asks a generation to end, and waits a moment for it. The wish outlives <c>kill -9</c>.</summary>
    public async Task<GenerationState> CancelAsync(Generation generation, CancellationToken aborted)
    {
        if (await coalescer.TryDetachAsync(generation, time.GetUtcNow()))
        {
            return generation.State;
        }

        await store.RequestCancelAsync(generation.State.Id, CancellationToken.None);
        generation.Update(s => s with { CancelRequested = true });
        await generation.Cancelled.CancelAsync();
        return await WaitAsync(generation, TimeSpan.FromSeconds(10), aborted);
    }
}
