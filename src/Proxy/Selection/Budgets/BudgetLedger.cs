using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Selection.Budgets;

/// <summary>
/// The ledger of a process. It is filled from the store at start, and each client has one lock: a check and the reservation that follows are one. Where other processes use the
/// same store it is filled anew every now and then, and never with less than what this one has reserved meanwhile; it refuses fast then, and the store decides.
/// </summary>
internal sealed class BudgetLedger(ClientKeys clients, TimeProvider time, ISharedBudgets? shared = null) : IBudgetLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Raised, outside of any lock, when a budget has been used up to its mark; once for each budget and period.</summary>
    public event Action<BudgetAlert>? Alerted;

    /// <summary>Begins an account with what the store knows.</summary>
    public void Open(string client, decimal today, decimal month, decimal total)
    {
        var day = Today();
        var account = AccountOf(client);
        lock (account)
        {
            (account.Day, account.Today, account.Month, account.Total) = (day, today, month, total);
        }
    }

    /// <summary>Takes note of what the store had at some moment. What was reserved here since is not among it, so that nothing becomes less; a reading does that.</summary>
    private void Learn(string client, decimal today, decimal month, decimal total)
    {
        var account = AccountOf(client);
        lock (account)
        {
            account.TurnTo(Today());
            (account.Today, account.Month, account.Total) = (Math.Max(account.Today, today), Math.Max(account.Month, month), Math.Max(account.Total, total));
        }
    }

    public async ValueTask<BudgetRoom?> TryReserveAsync(BudgetHold hold, decimal amount, CancellationToken cancellationToken, BudgetHold? from = null)
    {
        var budget = clients.SettingsOf(hold.Client).Budget;
        amount = Money.Rounded(amount);
        if (shared is null || amount <= hold.Amount || !IsLimit(budget))
        {
            return Reserve(hold, amount, budget, from);
        }

        // Of the day that it counts on, also where that is over by now: what came later then counts too, which refuses rather too much than too little.
        var (today, day) = (Today(), hold.Day);
        var (isReserved, before) = await shared.TryReserveAsync(hold, amount - hold.Counted, budget, day, from, cancellationToken);
        if (isReserved)
        {
            hold.IsShared = true;
            return Reserve(hold, amount, null, from);
        }

        if (day == today)
        {
            // What others have spent is known now. What was to be replaced, and what was to be used first, is not among it, and stays reserved.
            var own = hold.Amount - hold.Counted + Math.Min(from?.Amount ?? 0, amount - hold.Amount);
            Learn(hold.Client, before.Today + own, before.Month + own, before.Total + own);
            Raise(Marked(hold.Client));
        }

        return Least(new Account { Day = day, Today = before.Today, Month = before.Month, Total = before.Total }, budget, day);
    }

    public async ValueTask<BudgetRoom?> RenewAsync(BudgetHold hold, CancellationToken cancellationToken)
    {
        if (shared is null || clients.SettingsOf(hold.Client).Budget is not { } budget || !IsLimit(budget))
        {
            hold.IsShared = false;
            return null;
        }

        // This process counts it all the time.
        var (isReserved, before) = await shared.TryReserveAsync(hold, hold.Amount - hold.Counted, budget, hold.Day, null, cancellationToken);
        return isReserved ? null : Least(new Account { Day = hold.Day, Today = before.Today, Month = before.Month, Total = before.Total }, budget, hold.Day);
    }

    private static bool IsLimit([NotNullWhen(true)] ClientBudget? budget) => budget is { PerDay: not null } or { PerMonth: not null } or { Total: not null };

    private BudgetRoom? Reserve(BudgetHold hold, decimal amount, ClientBudget? budget, BudgetHold? from)
    {
        var account = AccountOf(hold.Client);
        BudgetRoom? refusing = null;
        List<BudgetAlert>? alerts;
        lock (account)
        {
            account.TurnTo(Today());
            var more = amount - hold.Amount;
            var share = Math.Max(Math.Min(from?.Amount ?? 0, more), 0);
            Move(account, from, -share);
            if (more > 0 && Least(account, budget, hold.Day) is { } least && least.Left < more)
            {
                refusing = least;
                Move(account, from, share);
            }
            else
            {
                account.Add(hold.Day, more);
                account.Unstored += hold.IsStored ? 0 : more;
                account.SinceReading += Math.Max(more - share, 0);
                hold.Amount = amount;
            }

            // Where it is used up by what was there at the start, nothing else would notify of it.
            alerts = Marks(account, hold.Client, clients.SettingsOf(hold.Client).Budget);
        }

        Raise(alerts);
        return refusing;
    }

    /// <summary>Changes what is reserved for parts, none of which is stored under that reservation.</summary>
    private static void Move(Account account, BudgetHold? parts, decimal amount)
    {
        if (parts is not null && amount != 0)
        {
            account.Add(parts.Day, amount);
            account.Unstored += amount;
            parts.Amount += amount;
        }
    }

    private List<BudgetAlert>? Marked(string client)
    {
        var account = AccountOf(client);
        lock (account)
        {
            return Marks(account, client, clients.SettingsOf(client).Budget);
        }
    }

    public void Settle(BudgetHold hold, decimal amount)
    {
        var account = AccountOf(hold.Client);
        List<BudgetAlert>? alerts;
        amount = Money.Rounded(amount);
        lock (account)
        {
            if (amount == hold.Amount)
            {
                return;
            }

            account.TurnTo(Today());
            account.Add(hold.Day, amount - hold.Amount);
            account.Unstored += hold.IsStored ? 0 : amount - hold.Amount;
            hold.Amount = amount;
            alerts = Marks(account, hold.Client, clients.SettingsOf(hold.Client).Budget);
        }

        if (amount == 0 && !hold.IsStored)
        {
            shared?.Release(hold);
        }

        Raise(alerts);
    }

    public BudgetHold Adopt(string client, DateTimeOffset at, decimal amount, string id = "", int revision = 0) =>
        new(client, at, id) { Amount = Money.Rounded(amount), Counted = Money.Rounded(amount), IsStored = true, Revision = revision };

    public void Stored(BudgetHold hold)
    {
        var account = AccountOf(hold.Client);
        lock (account)
        {
            account.Unstored -= hold.IsStored ? 0 : hold.Amount;
            (hold.IsStored, hold.Counted) = (true, hold.Amount);
        }
    }

    /// <summary>Begins to read what the store knows by now of all clients; <see cref="Refill"/> ends it.</summary>
    /// <returns>What is reserved here, and not in the store yet.</returns>
    public IReadOnlyDictionary<string, decimal> BeginReading()
    {
        List<KeyValuePair<string, Account>> accounts;
        lock (_lock)
        {
            accounts = [.. _accounts];
        }

        var unstored = new Dictionary<string, decimal>(StringComparer.OrdinalIgnoreCase);
        foreach (var (client, account) in accounts)
        {
            lock (account)
            {
                account.SinceReading = 0;
                unstored[client] = account.Unstored;
            }
        }

        return unstored;
    }

    /// <summary>Takes over what the store knows, with what others have spent. What was reserved here since the reading began may count twice until the next one.</summary>
    /// <param name="unstored">What <see cref="BeginReading"/> has returned.</param>
    /// <param name="client">The client.</param>
    /// <param name="known">What the store knows of it.</param>
    public void Refill(IReadOnlyDictionary<string, decimal> unstored, string client, ClientSpending known)
    {
        var account = AccountOf(client);
        lock (account)
        {
            account.TurnTo(Today());
            var own = unstored.GetValueOrDefault(client) + account.SinceReading;
            (account.Today, account.Month, account.Total) = (known.Today + own, known.Month + own, known.Total + own);
        }
    }

    public BudgetRoom? LeastOf(string client)
    {
        if (clients.SettingsOf(client).Budget is not { } budget)
        {
            return null;
        }

        var account = AccountOf(client);
        lock (account)
        {
            account.TurnTo(Today());
            return Least(account, budget, account.Day);
        }
    }

    public ClientSpending Of(string client)
    {
        var account = AccountOf(client);
        lock (account)
        {
            account.TurnTo(Today());
            return new ClientSpending(account.Today, account.Month, account.Total);
        }
    }

    /// <summary>The budget with least room for what counts on a day.</summary>
    private static BudgetRoom? Least(Account account, ClientBudget? budget, DateOnly day)
    {
        BudgetRoom? least = null;
        foreach (var (name, limit, used, renews) in BudgetsOf(account, budget, day))
        {
            // Nobody knows any more how much of it was used: nothing is left.
            var left = used is { } known ? Math.Max(limit - known, 0) : 0;
            if (least is null || left < least.Left)
            {
                least = new BudgetRoom(name, limit, left, renews);
            }
        }

        return least;
    }

    private static IEnumerable<(string Name, decimal Limit, decimal? Used, DateTimeOffset? Renews)> BudgetsOf(Account account, ClientBudget? budget, DateOnly day)
    {
        if (budget?.PerDay is { } perDay)
        {
            yield return ("per_day", perDay, account.OnDay(day), StartOf(day.AddDays(1)));
        }

        if (budget?.PerMonth is { } perMonth)
        {
            yield return ("per_month", perMonth, account.InMonthOf(day), StartOf(new DateOnly(day.Year, day.Month, 1).AddMonths(1)));
        }

        if (budget?.Total is { } total)
        {
            yield return ("total", total, account.Total, null);
        }
    }

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static List<BudgetAlert>? Marks(Account account, string client, ClientBudget? budget)
    {
        if (budget?.Alert is not { } percent)
        {
            return null;
        }

        List<BudgetAlert>? alerts = null;
        foreach (var (name, limit, known, _) in BudgetsOf(account, budget, account.Day))
        {
            var used = known ?? 0;
            var period = name switch
            {
                "per_day" => account.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "per_month" => account.Day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
                _ => "all",
            };
            if (used * 100 >= limit * percent && limit > 0 && account.Alerted.GetValueOrDefault(name) != $"{period}/{percent}/{limit}")
            {
                account.Alerted[name] = $"{period}/{percent}/{limit}";
                (alerts ??= []).Add(new BudgetAlert(client, name, period, percent, used, limit));
            }
        }

        return alerts;
    }

    private void Raise(List<BudgetAlert>? alerts)
    {
        foreach (var alert in alerts ?? [])
        {
            Alerted?.Invoke(alert);
        }
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private Account AccountOf(string client)
    {
        lock (_lock)
        {
            // As many as there are clients.
            return _accounts.TryGetValue(client, out var account) ? account : _accounts[client] = new Account();
        }
    }

    private sealed class Account
    {
        public DateOnly Day { get; set; }

        public decimal Today { get; set; }

        public decimal Month { get; set; }

        public decimal Total { get; set; }

        /// <summary>What is reserved for generations that the store does not have yet.</summary>
        public decimal Unstored { get; set; }

        /// <summary>What was reserved since the last reading began.</summary>
        public decimal SinceReading { get; set; }

        public Dictionary<string, string> Alerted { get; } = new(StringComparer.Ordinal);

        /// <summary>The last day before this one that anything was looked at, with what was spent on it and in its month. A request of before midnight may be reserved after it.</summary>
        private DateOnly EarlierDay { get; set; }

        private decimal EarlierDayUsed { get; set; }

        private decimal EarlierMonthUsed { get; set; }

        /// <summary>What was spent on a day; null where that is not known any more.</summary>
        public decimal? OnDay(DateOnly day) => day >= Day ? Today : day == EarlierDay ? EarlierDayUsed : IsKnownFree(day) ? 0 : null;

        /// <summary>What was spent in the month of a day; null where that is not known any more.</summary>
        public decimal? InMonthOf(DateOnly day) => day >= Day || IsInMonthOf(day, Day) ? Month : IsInMonthOf(day, EarlierDay) ? EarlierMonthUsed : IsKnownFree(day) ? 0 : null;

        /// <summary>Nothing was spent on a day between the last two that were looked at, nor by who has never spent anything.</summary>
        private bool IsKnownFree(DateOnly day) => Total == 0 || (EarlierDay != default && day > EarlierDay);

        /// <summary>A new day or month begins at 0; a clock that goes back changes nothing.</summary>
        public void TurnTo(DateOnly day)
        {
            if (day <= Day)
            {
                return;
            }

            if (Day != default)
            {
                (EarlierDay, EarlierDayUsed, EarlierMonthUsed) = (Day, Today, Month);
            }

            Month = IsInMonthOf(day, Day) ? Month : 0;
            (Day, Today) = (day, 0);
        }

        public void Add(DateOnly day, decimal amount)
        {
            Total += amount;
            Today += day == Day ? amount : 0;
            Month += IsInMonthOf(day, Day) ? amount : 0;
            EarlierDayUsed += day == EarlierDay ? amount : 0;
            EarlierMonthUsed += IsInMonthOf(day, EarlierDay) ? amount : 0;
        }

        private static bool IsInMonthOf(DateOnly day, DateOnly other) => (day.Year, day.Month) == (other.Year, other.Month);
    }
}
