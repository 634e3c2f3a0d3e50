using Framegate.Proxy.Clients;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Budgets;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// What clients with a budget reserve before their generations are stored. Reservations of one client wait for each other; what a client has spent is summed up from its
/// generations each time, so there is no second book that could differ from them.
/// </summary>
internal sealed class PostgresBudgets(PostgresDatabase database, PostgresWriter writer, StoreOwner owner, IFleet fleet) : ISharedBudgets
{
    private const int MostTries = 3;

    /// <summary>
    /// A hold counts until the store has the revision that counts it, which is one statement's view, or until its time is over: its replica has died in between.
    /// </summary>
    public const string Tables = """
        CREATE TABLE budget_holds (
          id text COLLATE "C" PRIMARY KEY,
          client text COLLATE "C" NOT NULL,
          revision integer NOT NULL,
          created bigint NOT NULL,
          amount numeric NOT NULL,
          until timestamptz NOT NULL);
        CREATE INDEX budget_holds_client ON budget_holds (client);

        CREATE FUNCTION reserve_budget_1(
          p_id text, p_client text, p_revision integer, p_created bigint, p_amount numeric, p_day bigint, p_month bigint, p_day_name text, p_month_name text,
          p_per_day numeric, p_per_month numeric, p_total numeric)
          RETURNS TABLE (o_reserved boolean, o_today numeric, o_this_month numeric, o_all numeric) LANGUAGE plpgsql AS $body$
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('framegate budget ' || current_schema() || ' ' || p_client, 0));
          DELETE FROM budget_holds AS h WHERE client = p_client AND (id = p_id OR until < clock_timestamp()
            OR EXISTS (SELECT 1 FROM generations AS g WHERE g.id = h.id AND g.revision >= h.revision));
          SELECT coalesce(sum(charge) FILTER (WHERE of_today), 0), coalesce(sum(charge) FILTER (WHERE of_month), 0), coalesce(sum(charge), 0)
            INTO o_today, o_this_month, o_all FROM (
              SELECT charge, created >= p_day AS of_today, created >= p_month AS of_month FROM generations WHERE client = p_client AND charge > 0
              UNION ALL
              SELECT charge, day >= p_day_name, day >= p_month_name FROM spend WHERE client = p_client
              UNION ALL
              SELECT amount, created >= p_day, created >= p_month FROM budget_holds AS h WHERE client = p_client
                AND NOT EXISTS (SELECT 1 FROM generations AS g WHERE g.id = h.id AND g.revision >= h.revision)) AS charges;
          o_reserved := coalesce(o_today + p_amount <= p_per_day, true) AND coalesce(o_this_month + p_amount <= p_per_month, true) AND coalesce(o_all + p_amount <= p_total, true);
          IF o_reserved THEN
            INSERT INTO budget_holds (id, client, revision, created, amount, until)
              VALUES (p_id, p_client, p_revision, p_created, p_amount, clock_timestamp() + interval '2 minutes');
          END IF;
          RETURN NEXT;
        END $body$;
        """;

    /// <summary>
    /// Two things more than the first: it takes what was reserved for several before, and a refusal leaves alone what the generation holds already.
    /// </summary>
    public const string Parts = """
        CREATE FUNCTION reserve_budget_2(
          p_id text, p_client text, p_revision integer, p_created bigint, p_amount numeric, p_from text, p_day bigint, p_month bigint, p_day_name text, p_month_name text,
          p_per_day numeric, p_per_month numeric, p_total numeric)
          RETURNS TABLE (o_reserved boolean, o_today numeric, o_this_month numeric, o_all numeric) LANGUAGE plpgsql AS $body$
        DECLARE
          share numeric;
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('framegate budget ' || current_schema() || ' ' || p_client, 0));
          DELETE FROM budget_holds AS h WHERE client = p_client AND (until < clock_timestamp()
            OR EXISTS (SELECT 1 FROM generations AS g WHERE g.id = h.id AND g.revision >= h.revision));
          -- Less what it holds already: a call whose answer was lost runs again, and takes its share once.
          share := least(
            greatest(p_amount - coalesce((SELECT amount FROM budget_holds WHERE id = p_id), 0), 0), coalesce((SELECT amount FROM budget_holds WHERE id = p_from), 0));
          SELECT coalesce(sum(charge) FILTER (WHERE of_today), 0), coalesce(sum(charge) FILTER (WHERE of_month), 0), coalesce(sum(charge), 0)
            INTO o_today, o_this_month, o_all FROM (
              SELECT charge, created >= p_day AS of_today, created >= p_month AS of_month FROM generations WHERE client = p_client AND charge > 0
              UNION ALL
              SELECT charge, day >= p_day_name, day >= p_month_name FROM spend WHERE client = p_client
              UNION ALL
              SELECT CASE WHEN h.id = p_from THEN amount - share ELSE amount END, created >= p_day, created >= p_month FROM budget_holds AS h WHERE client = p_client AND id <> p_id
                AND NOT EXISTS (SELECT 1 FROM generations AS g WHERE g.id = h.id AND g.revision >= h.revision)) AS charges;
          o_reserved := coalesce(o_today + p_amount <= p_per_day, true) AND coalesce(o_this_month + p_amount <= p_per_month, true) AND coalesce(o_all + p_amount <= p_total, true);
          IF o_reserved THEN
            UPDATE budget_holds SET amount = amount - share WHERE id = p_from;
            INSERT INTO budget_holds (id, client, revision, created, amount, until)
              VALUES (p_id, p_client, p_revision, p_created, p_amount, clock_timestamp() + interval '2 minutes')
              ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, created = excluded.created, amount = excluded.amount, until = excluded.until;
          END IF;
          RETURN NEXT;
        END $body$;
        """;

    /// <summary>
    /// Stores a generation only with what is reserved for it. Whoever reserves deletes what has run out before it sums up: that waits for this transaction and then counts its
    /// generation, or comes first, and there is nothing to be found here. 4: nothing is reserved.
    /// </summary>
    public const string Insert = """
        CREATE FUNCTION insert_reserved_generation_1(
          p_id text, p_client text, p_created bigint, p_status text, p_open boolean, p_provider text, p_fingerprint bytea, p_state bytea, p_request bytea,
          p_revision integer, p_version integer, p_owner text, p_by_content boolean, p_attachment bytea, p_follows text, p_model text, p_alias text, p_code text, p_kind text,
          p_prompt text, p_spent numeric, p_estimated boolean, p_saved numeric, p_charge numeric, p_key text, p_flight bytea, p_grace interval,
          p_media text[], p_types text[], p_bytes bigint[], p_sums text[], p_media_created bigint[], p_expires bigint[],
          p_callback text, p_url text, p_receiver text, p_attempts integer, p_due bigint, p_held numeric) RETURNS integer LANGUAGE plpgsql AS $body$
        BEGIN
          PERFORM 1 FROM budget_holds WHERE id = p_id AND amount >= p_held FOR SHARE;
          -- A run whose answer was lost has stored it already, and others may have cleared its reservation since.
          IF NOT FOUND AND NOT EXISTS (SELECT 1 FROM generations WHERE id = p_id) THEN
            RETURN 4;
          END IF;
          RETURN insert_generation_1(p_id, p_client, p_created, p_status, p_open, p_provider, p_fingerprint, p_state, p_request,
            p_revision, p_version, p_owner, p_by_content, p_attachment, p_follows, p_model, p_alias, p_code, p_kind,
            p_prompt, p_spent, p_estimated, p_saved, p_charge, p_key, p_flight, p_grace,
            p_media, p_types, p_bytes, p_sums, p_media_created, p_expires, p_callback, p_url, p_receiver, p_attempts, p_due);
        END $body$;
        """;

    /// <summary>
    /// A hold names who has it: that of a replica that is dead ends long before its time. It lasts a lease longer than the replica's own, in which others take over what it drove.
    /// Only a replica that has been there for a lease may declare that, since after an outage of the database all have missed theirs.
    /// </summary>
    public const string Owners = """
        ALTER TABLE budget_holds ADD COLUMN owner text COLLATE "C";

        CREATE FUNCTION reserve_budget_3(
          p_id text, p_client text, p_revision integer, p_created bigint, p_amount numeric, p_from text, p_day bigint, p_month bigint, p_day_name text, p_month_name text,
          p_per_day numeric, p_per_month numeric, p_total numeric, p_owner text, p_lease interval)
          RETURNS TABLE (o_reserved boolean, o_today numeric, o_this_month numeric, o_all numeric) LANGUAGE plpgsql AS $body$
        DECLARE
          share numeric;
          gone text[];
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('framegate budget ' || current_schema() || ' ' || p_client, 0));
          IF EXISTS (SELECT 1 FROM replicas WHERE id = p_owner AND steady_since <= clock_timestamp() - p_lease) THEN
            gone := ARRAY(SELECT id FROM replicas WHERE id <> p_owner AND lease_until < clock_timestamp() - p_lease);
          END IF;
          DELETE FROM budget_holds AS h WHERE client = p_client AND (until < clock_timestamp() OR owner = ANY(gone)
            OR EXISTS (SELECT 1 FROM generations AS g WHERE g.id = h.id AND g.revision >= h.revision));
          -- Less what it holds already: a call whose answer was lost runs again, and takes its share once.
          share := least(
            greatest(p_amount - coalesce((SELECT amount FROM budget_holds WHERE id = p_id), 0), 0), coalesce((SELECT amount FROM budget_holds WHERE id = p_from), 0));
          SELECT coalesce(sum(charge) FILTER (WHERE of_today), 0), coalesce(sum(charge) FILTER (WHERE of_month), 0), coalesce(sum(charge), 0)
            INTO o_today, o_this_month, o_all FROM (
              SELECT charge, created >= p_day AS of_today, created >= p_month AS of_month FROM generations WHERE client = p_client AND charge > 0
              UNION ALL
              SELECT charge, day >= p_day_name, day >= p_month_name FROM spend WHERE client = p_client
              UNION ALL
              SELECT CASE WHEN h.id = p_from THEN amount - share ELSE amount END, created >= p_day, created >= p_month FROM budget_holds AS h WHERE client = p_client AND id <> p_id
                AND NOT EXISTS (SELECT 1 FROM generations AS g WHERE g.id = h.id AND g.revision >= h.revision)) AS charges;
          o_reserved := coalesce(o_today + p_amount <= p_per_day, true) AND coalesce(o_this_month + p_amount <= p_per_month, true) AND coalesce(o_all + p_amount <= p_total, true);
          IF o_reserved THEN
            UPDATE budget_holds SET amount = amount - share WHERE id = p_from;
            INSERT INTO budget_holds (id, client, revision, created, amount, until, owner)
              VALUES (p_id, p_client, p_revision, p_created, p_amount, clock_timestamp() + interval '2 minutes', p_owner)
              ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, created = excluded.created, amount = excluded.amount, until = excluded.until, owner = excluded.owner;
          END IF;
          RETURN NEXT;
        END $body$;
        """;

    public async ValueTask<(bool IsReserved, ClientSpending Before)> TryReserveAsync(
        BudgetHold hold, decimal more, ClientBudget budget, DateOnly today, BudgetHold? from, CancellationToken cancellationToken)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        var reservation = new Statement(
            "SELECT * FROM reserve_budget_3($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            hold.Id, hold.Client, hold.IsStored ? hold.Revision + 1 : 0, hold.At.ToUnixTimeMilliseconds(), more, from?.Id, PostgresReports.Start(today), PostgresReports.Start(month),
            PostgresReports.Name(today), PostgresReports.Name(month),
            budget.PerDay, budget.PerMonth, budget.Total, owner.Id, fleet.Lease);
        for (var tries = 1; ; tries++)
        {
            try
            {
                var rows = await database.ReadAsync(
                    reservation, static r => (r.GetBoolean(0), new ClientSpending(r.GetDecimal(1), r.GetDecimal(2), r.GetDecimal(3))), cancellationToken);
                return rows[0];
            }
            catch (StoreUnavailableException e) when (tries < MostTries && e.InnerException is { } reason && PostgresErrors.IsOfTheMoment(reason))
            {
                // After an outage it deletes many that have run out, while a batch of inserts looks at the same ones in another order.
            }
        }
    }

    public void Release(BudgetHold hold) => _ = ReleaseAsync(hold);

    private async Task ReleaseAsync(BudgetHold hold)
    {
        try
        {
            await writer.WriteAsync(new("DELETE FROM budget_holds WHERE id = $1", hold.Id), CancellationToken.None, hold.Id);
        }
        catch (Exception e) when (e is StoreUnavailableException or NpgsqlException or System.Threading.Channels.ChannelClosedException)
        {
            // Its time gives it back.
        }
    }
}
