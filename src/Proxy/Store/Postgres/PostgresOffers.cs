using System.Threading.Channels;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// Orders that this replica has offered to others. The database alone knows whether such a one has claimed it, so the order is nobody's here until it is read there: it is left again,
/// or gone. Keeping it changes what a claim compares with, so that one which comes later fails.
/// </summary>
/// <param name="keep">Keeps an order that nobody has claimed; false where somebody has.</param>
/// <param name="time">The clock.</param>
internal sealed class PostgresOffers(Func<string, ValueTask<bool>> keep, TimeProvider time)
{
    private const int Most = 4096;
    private static readonly TimeSpan s_open = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentKey, List<Offer>> _offers = [];
    private Func<ContentKey, GivenOrder> _give = static _ => default;
    private Action<ContentKey, string, bool> _settled = static (_, _, _) => { };
    private int _count;

    /// <summary>Answers others from now on.</summary>
    /// <param name="give">Takes an order whose caller has gone out of the table.</param>
    /// <param name="settled">Called when it is known whether it is to be put back.</param>
    public void Serve(Func<ContentKey, GivenOrder> give, Action<ContentKey, string, bool> settled) => (_give, _settled) = (give, settled);

    /// <summary>Offers an order; to one asker it is the same each time.</summary>
    public GivenOrder To(string asker, ContentKey key)
    {
        lock (_lock)
        {
            var offers = _offers.GetValueOrDefault(key);
            if (offers?.Find(o => o.Asker == asker) is { } known)
            {
                return new GivenOrder(known.Id, false);
            }

            if (_count == Most)
            {
                return new GivenOrder(null, true);
            }

            var given = _give(key);
            if (given.Id is not { } id)
            {
                return new GivenOrder(null, given.IsPending || offers is not null);
            }

            var offer = new Offer(key, id, asker);
            (_offers[key] = offers ?? new(1)).Add(offer);
            _count++;
            _ = SettleAsync(offer);
            return given;
        }
    }

    /// <summary>Waits until it is known what became of the offers of a key.</summary>
    /// <returns>One that is left here again; null for none.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be asked now.</exception>
    public async ValueTask<string?> SettledAsync(ContentKey key, CancellationToken cancellationToken)
    {
        List<Offer> offers;
        lock (_lock)
        {
            if (!_offers.TryGetValue(key, out var open))
            {
                return null;
            }

            offers = [.. open];
        }

        foreach (var offer in offers)
        {
            try
            {
                if (await offer.IsKept.Task.WaitAsync(s_patience, time, cancellationToken))
                {
                    return offer.Id;
                }
            }
            catch (TimeoutException e)
            {
                throw new StoreUnavailableException(StoreProblem.Busy, e);
            }
        }

        return null;
    }

    private async Task SettleAsync(Offer offer)
    {
        while (true)
        {
            await Pause.ForAsync(s_open, time, CancellationToken.None);
            try
            {
                Remove(offer, await keep(offer.Id));
                return;
            }
            catch (ChannelClosedException)
            {
                // The program ends.
                Remove(offer, isKept: false);
                return;
            }
            catch (Exception)
            {
                // Nobody knows whose it is before the database is back.
            }
        }
    }

    private void Remove(Offer offer, bool isKept)
    {
        lock (_lock)
        {
            _settled(offer.Key, offer.Id, isKept);
            var offers = _offers[offer.Key];
            offers.Remove(offer);
            _count--;
            if (offers.Count == 0)
            {
                _offers.Remove(offer.Key);
            }
        }

        offer.IsKept.SetResult(isKept);
    }

    private sealed class Offer(ContentKey key, string id, string asker)
    {
        public ContentKey Key => key;

        public string Id => id;

        public string Asker => asker;

        public TaskCompletionSource<bool> IsKept { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
