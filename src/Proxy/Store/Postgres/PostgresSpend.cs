namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// What was spent, by who has billed it. A generation counts for the provider that had it last. What was billed before it went there is taken from that one, and is the earlier
/// one's.
/// </summary>
internal static class PostgresSpend
{
    /// <summary>Sums of generations by day; each amount counts in millionths. What a step of the tables sums is written out there, since a step never changes.</summary>
    /// <param name="where">Which of them, <c>g</c>.</param>
    public static string ByDay(string where) => $"""
        SELECT {Day} AS day, provider, model, client, count(*) AS generations, sum(round(spent, 6)) AS cost,
          coalesce(sum(round(spent, 6)) FILTER (WHERE estimated), 0) AS estimated,
          coalesce(sum(round(spent, 6)) FILTER (WHERE status = 'failed'), 0) AS failed_cost, count(*) FILTER (WHERE status = 'failed') AS failed,
          sum(round(saved, 6)) AS saved, sum(charge) AS charge
        FROM generations AS g WHERE {where} GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT {Day}, t.provider, t.model, client, 0, sum(t.cost),
          coalesce(sum(t.cost) FILTER (WHERE t.estimated), 0), coalesce(sum(t.cost) FILTER (WHERE status = 'failed'), 0), 0, 0, 0
        FROM generations AS g, jsonb_to_recordset(g.bills) AS b (provider text, model text, cost numeric, estimated boolean),
          LATERAL (VALUES (b.provider, b.model, round(b.cost, 6), b.estimated), (g.provider, g.model, -round(b.cost, 6), g.estimated)) AS t (provider, model, cost, estimated)
        WHERE g.bills IS NOT NULL AND {where} GROUP BY 1, 2, 3, 4
        """;

    /// <summary>
    /// Saves one of the few that were billed before; and keeps what those have cost that are forgotten.
    /// </summary>
    public const string Functions = """
        CREATE FUNCTION save_billed_generation_1(
          p_id text, p_status text, p_open boolean, p_provider text, p_native text, p_state bytea, p_keep_request boolean, p_revision integer, p_version integer, p_owner text,
          p_model text, p_code text, p_spent numeric, p_estimated boolean, p_saved numeric, p_charge numeric, p_follows text, p_left boolean, p_joinable boolean, p_stands_on integer,
          p_media text[], p_types text[], p_bytes bigint[], p_sums text[], p_media_created bigint[], p_expires bigint[],
          p_callback text, p_url text, p_receiver text, p_attempts integer, p_due bigint, p_bills text) RETURNS integer LANGUAGE plpgsql AS $body$
        DECLARE
          outcome integer := save_generation_2(p_id, p_status, p_open, p_provider, p_native, p_state, p_keep_request, p_revision, p_version, p_owner,
            p_model, p_code, p_spent, p_estimated, p_saved, p_charge, p_follows, p_left, p_joinable, p_stands_on,
            p_media, p_types, p_bytes, p_sums, p_media_created, p_expires, p_callback, p_url, p_receiver, p_attempts, p_due);
        BEGIN
          IF outcome = 0 THEN
            UPDATE generations SET bills = p_bills::jsonb WHERE id = p_id AND revision = p_revision;
          END IF;
          RETURN outcome;
        END $body$;

        CREATE FUNCTION forget_generations_2(p_before bigint, p_limit integer) RETURNS SETOF text LANGUAGE plpgsql AS $body$
        DECLARE
          old bigint[] := ARRAY(SELECT seq FROM generations WHERE NOT open AND created < p_before ORDER BY created, seq LIMIT p_limit FOR UPDATE SKIP LOCKED);
        BEGIN
          INSERT INTO spend AS s (day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge)
            SELECT day, client, provider, model, sum(generations), sum(cost), sum(estimated), sum(failed_cost), sum(failed), sum(saved), sum(charge)
            FROM (
              SELECT to_char(to_timestamp(g.created / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') COLLATE "C" AS day, provider, model, client, count(*) AS generations, sum(round(spent, 6)) AS cost,
                coalesce(sum(round(spent, 6)) FILTER (WHERE estimated), 0) AS estimated,
                coalesce(sum(round(spent, 6)) FILTER (WHERE status = 'failed'), 0) AS failed_cost, count(*) FILTER (WHERE status = 'failed') AS failed,
                sum(round(saved, 6)) AS saved, sum(charge) AS charge
              FROM generations AS g WHERE seq = ANY(old) GROUP BY 1, 2, 3, 4
              UNION ALL
              SELECT to_char(to_timestamp(g.created / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') COLLATE "C", t.provider, t.model, client, 0, sum(t.cost),
                coalesce(sum(t.cost) FILTER (WHERE t.estimated), 0), coalesce(sum(t.cost) FILTER (WHERE status = 'failed'), 0), 0, 0, 0
              FROM generations AS g, jsonb_to_recordset(g.bills) AS b (provider text, model text, cost numeric, estimated boolean),
                LATERAL (VALUES (b.provider, b.model, round(b.cost, 6), b.estimated), (g.provider, g.model, -round(b.cost, 6), g.estimated)) AS t (provider, model, cost, estimated)
              WHERE g.bills IS NOT NULL AND seq = ANY(old) GROUP BY 1, 2, 3, 4) AS sums GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (day, client, provider, model) DO UPDATE SET generations = s.generations + excluded.generations, cost = s.cost + excluded.cost,
              estimated = s.estimated + excluded.estimated, failed_cost = s.failed_cost + excluded.failed_cost, failed = s.failed + excluded.failed,
              saved = s.saved + excluded.saved, charge = s.charge + excluded.charge;
          RETURN QUERY DELETE FROM generations WHERE seq = ANY(old) RETURNING id;
        END $body$;
        """;

    private const string Day = "to_char(to_timestamp(g.created / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') COLLATE \"C\"";
}
