namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// What takes several statements, all of which count or none, in one round trip. A function is never replaced, since builds of before and after may run side by side:
/// a changed one gets the next number.
/// </summary>
internal static class PostgresFunctions
{
    /// <summary>
    /// Each may run again when the answer to the first run was lost on the way: the second finds what was done, and returns that. Within a function each statement sees what
    /// others have committed before it, so that a job which another replica began a moment ago is seen after the wait for its commit.
    /// </summary>
    public const string First = """
        CREATE FUNCTION add_parts_1(
          p_generation text, p_media text[], p_types text[], p_bytes bigint[], p_sums text[], p_created bigint[], p_expires bigint[],
          p_callback text, p_url text, p_receiver text, p_attempts integer, p_due bigint) RETURNS void LANGUAGE plpgsql AS $body$
        BEGIN
          IF p_media IS NOT NULL THEN
            INSERT INTO media (id, generation, content_type, bytes, sha256, created, expires)
              SELECT i, p_generation, t, b, s, c, e FROM unnest(p_media, p_types, p_bytes, p_sums, p_created, p_expires) AS m (i, t, b, s, c, e)
              ON CONFLICT DO NOTHING;
          END IF;
          IF p_callback IS NOT NULL THEN
            INSERT INTO deliveries (id, generation, url, receiver, attempts, due, wake)
              SELECT p_callback, p_generation, p_url, p_receiver, p_attempts, p_due, p_due
              WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE generation = p_generation AND url = p_url AND status = 'gone')
              ON CONFLICT DO NOTHING;
          END IF;
        END $body$;

        -- 0: stored; 1: the id is taken; 2: the key is taken; 3: another generation drives such a job.
        CREATE FUNCTION insert_generation_1(
          p_id text, p_client text, p_created bigint, p_status text, p_open boolean, p_provider text, p_fingerprint bytea, p_state bytea, p_request bytea,
          p_revision integer, p_version integer, p_owner text, p_by_content boolean, p_attachment bytea, p_follows text, p_model text, p_alias text, p_code text, p_kind text,
          p_prompt text, p_spent numeric, p_estimated boolean, p_saved numeric, p_charge numeric, p_key text, p_flight bytea, p_grace interval,
          p_media text[], p_types text[], p_bytes bigint[], p_sums text[], p_media_created bigint[], p_expires bigint[],
          p_callback text, p_url text, p_receiver text, p_attempts integer, p_due bigint) RETURNS integer LANGUAGE plpgsql AS $body$
        BEGIN
          INSERT INTO generations (id, client, created, status, open, provider, fingerprint, state, request, revision, version, owner, by_content, attachment, follows,
            model, alias, code, kind, prompt, spent, estimated, saved, charge)
          VALUES (p_id, p_client, p_created, p_status, p_open, p_provider, p_fingerprint, p_state, p_request, p_revision, p_version, p_owner, p_by_content, p_attachment,
            p_follows, p_model, p_alias, p_code, p_kind, p_prompt, p_spent, p_estimated, p_saved, p_charge)
          ON CONFLICT DO NOTHING;
          IF NOT FOUND THEN
            RETURN CASE WHEN EXISTS (
              SELECT 1 FROM generations WHERE id = p_id AND client = p_client AND owner = p_owner AND revision = p_revision AND state = p_state AND fingerprint = p_fingerprint)
              THEN 0 ELSE 1 END;
          END IF;
          IF p_key IS NOT NULL THEN
            INSERT INTO idempotency_keys (client, key, generation, fingerprint) VALUES (p_client, p_key, p_id, p_fingerprint) ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
              DELETE FROM generations WHERE id = p_id;
              RETURN 2;
            END IF;
          END IF;
          IF p_flight IS NOT NULL THEN
            DELETE FROM flights WHERE key = p_flight AND ended < clock_timestamp() - p_grace;
            INSERT INTO flights (key, leader) VALUES (p_flight, p_id) ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
              DELETE FROM generations WHERE id = p_id;
              RETURN 3;
            END IF;
          END IF;
          PERFORM add_parts_1(p_id, p_media, p_types, p_bytes, p_sums, p_media_created, p_expires, p_callback, p_url, p_receiver, p_attempts, p_due);
          RETURN 0;
        END $body$;

        -- 0: saved; 1: stale; 2: somebody else's. p_joinable: what becomes of the job's flight; null when it has none.
        CREATE FUNCTION save_generation_1(
          p_id text, p_status text, p_open boolean, p_provider text, p_native text, p_state bytea, p_keep_request boolean, p_revision integer, p_version integer, p_owner text,
          p_model text, p_code text, p_spent numeric, p_estimated boolean, p_saved numeric, p_charge numeric, p_follows text, p_left boolean, p_joinable boolean,
          p_media text[], p_types text[], p_bytes bigint[], p_sums text[], p_media_created bigint[], p_expires bigint[],
          p_callback text, p_url text, p_receiver text, p_attempts integer, p_due bigint) RETURNS integer LANGUAGE plpgsql AS $body$
        DECLARE
          held record;
          native text := p_native;
        BEGIN
          IF native IS NOT NULL AND EXISTS (SELECT 1 FROM generations WHERE provider = p_provider AND native_id = native AND id <> p_id) THEN
            -- A provider that answers with a job that it has given to another generation before: the state is stored all the same.
            native := NULL;
          END IF;
          UPDATE generations SET status = p_status, open = p_open, provider = p_provider, native_id = native, state = p_state,
            request = CASE WHEN p_keep_request THEN request END, revision = p_revision, version = p_version, owner = CASE WHEN p_open THEN p_owner ELSE '' END,
            cancelled = cancelled AND NOT p_left, follows = p_follows, model = p_model, code = p_code, spent = p_spent, estimated = p_estimated, saved = p_saved, charge = p_charge
          WHERE id = p_id AND revision < p_revision AND version <= p_version AND owner IN ('', p_owner);
          IF NOT FOUND THEN
            SELECT revision, version, owner, state INTO held FROM generations WHERE id = p_id;
            RETURN CASE
              WHEN held.revision IS NULL OR held.version > p_version OR held.owner NOT IN ('', p_owner) THEN 2
              WHEN held.revision = p_revision AND held.state = p_state THEN 0
              ELSE 1 END;
          END IF;
          IF p_joinable IS NOT NULL THEN
            IF NOT p_joinable THEN
              DELETE FROM flights WHERE leader = p_id;
            ELSIF NOT p_open THEN
              UPDATE flights SET ended = clock_timestamp() WHERE leader = p_id;
            END IF;
          END IF;
          PERFORM add_parts_1(p_id, p_media, p_types, p_bytes, p_sums, p_media_created, p_expires, p_callback, p_url, p_receiver, p_attempts, p_due);
          RETURN 0;
        END $body$;

        -- What those have cost that are forgotten is kept by day.
        CREATE FUNCTION forget_generations_1(p_before bigint, p_limit integer) RETURNS SETOF text LANGUAGE plpgsql AS $body$
        DECLARE
          old bigint[] := ARRAY(SELECT seq FROM generations WHERE NOT open AND created < p_before ORDER BY created, seq LIMIT p_limit FOR UPDATE SKIP LOCKED);
        BEGIN
          INSERT INTO spend AS s (day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge)
            SELECT to_char(to_timestamp(created / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, client, provider, model, count(*), sum(spent),
              coalesce(sum(spent) FILTER (WHERE estimated), 0), coalesce(sum(spent) FILTER (WHERE status = 'failed'), 0), count(*) FILTER (WHERE status = 'failed'), sum(saved), sum(charge)
            FROM generations WHERE seq = ANY(old) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (day, client, provider, model) DO UPDATE SET generations = s.generations + excluded.generations, cost = s.cost + excluded.cost,
              estimated = s.estimated + excluded.estimated, failed_cost = s.failed_cost + excluded.failed_cost, failed = s.failed + excluded.failed,
              saved = s.saved + excluded.saved, charge = s.charge + excluded.charge;
          RETURN QUERY DELETE FROM generations WHERE seq = ANY(old) RETURNING id;
        END $body$;

        -- A replica that has missed its own lease may have found the database away, as all others have: it waits one lease before it takes from them.
        CREATE FUNCTION renew_replica_1(p_id text, p_lease interval) RETURNS boolean LANGUAGE plpgsql AS $body$
        DECLARE
          steady timestamptz;
        BEGIN
          INSERT INTO replicas AS r (id, lease_until, steady_since) VALUES (p_id, clock_timestamp() + p_lease, clock_timestamp())
            ON CONFLICT (id) DO UPDATE SET lease_until = clock_timestamp() + p_lease,
              steady_since = CASE WHEN r.lease_until >= clock_timestamp() THEN r.steady_since ELSE clock_timestamp() END
            RETURNING steady_since INTO steady;
          RETURN steady <= clock_timestamp() - p_lease;
        END $body$;

        CREATE FUNCTION claim_generations_1(p_id text, p_lease interval, p_version integer, p_limit integer)
          RETURNS TABLE (o_state bytea, o_cancelled boolean, o_hidden boolean, o_attachment bytea, o_request bytea) LANGUAGE plpgsql AS $body$
        DECLARE
          steady boolean := renew_replica_1(p_id, p_lease);
          gone text[];
        BEGIN
          -- The index is entered once for each owner, however many generations it holds. One without a lease has let go of it, or is forgotten.
          WITH RECURSIVE holders (name) AS (
            SELECT min(owner) FROM generations WHERE open
            UNION ALL
            SELECT (SELECT min(owner) FROM generations WHERE open AND owner > name) FROM holders WHERE name IS NOT NULL)
          SELECT array_agg(name) INTO gone FROM holders LEFT JOIN replicas ON id = name
            WHERE name IS NOT NULL AND name <> p_id AND (id IS NULL OR (steady AND lease_until < clock_timestamp()));
          IF gone IS NULL THEN
            RETURN;
          END IF;
          RETURN QUERY
            WITH free AS MATERIALIZED (
              SELECT seq FROM generations WHERE open AND owner = ANY(gone) AND version <= p_version ORDER BY created, id LIMIT p_limit FOR UPDATE SKIP LOCKED),
            taken AS (
              UPDATE generations AS g SET owner = p_id FROM free WHERE g.seq = free.seq
              RETURNING g.created, g.id, g.state, g.cancelled, g.hidden, g.attachment, g.request)
            SELECT state, cancelled, hidden, attachment, request FROM taken ORDER BY created, id;
        END $body$;
        """;

    /// <summary>
    /// A replica that was cut off counts its tries, so that its revision can be above that of its successor, who has ended the generation meanwhile: what nobody holds is changed
    /// only from what is stored.
    /// </summary>
    public const string Save = """
        -- 0: saved; 1: stale; 2: somebody else's. p_joinable: what becomes of the job's flight; null when it has none.
        CREATE FUNCTION save_generation_2(
          p_id text, p_status text, p_open boolean, p_provider text, p_native text, p_state bytea, p_keep_request boolean, p_revision integer, p_version integer, p_owner text,
          p_model text, p_code text, p_spent numeric, p_estimated boolean, p_saved numeric, p_charge numeric, p_follows text, p_left boolean, p_joinable boolean, p_stands_on integer,
          p_media text[], p_types text[], p_bytes bigint[], p_sums text[], p_media_created bigint[], p_expires bigint[],
          p_callback text, p_url text, p_receiver text, p_attempts integer, p_due bigint) RETURNS integer LANGUAGE plpgsql AS $body$
        DECLARE
          held record;
          native text := p_native;
        BEGIN
          IF native IS NOT NULL AND EXISTS (SELECT 1 FROM generations WHERE provider = p_provider AND native_id = native AND id <> p_id) THEN
            -- A provider that answers with a job that it has given to another generation before: the state is stored all the same.
            native := NULL;
          END IF;
          UPDATE generations SET status = p_status, open = p_open, provider = p_provider, native_id = native, state = p_state,
            request = CASE WHEN p_keep_request THEN request END, revision = p_revision, version = p_version, owner = CASE WHEN p_open THEN p_owner ELSE '' END,
            cancelled = cancelled AND NOT p_left, follows = p_follows, model = p_model, code = p_code, spent = p_spent, estimated = p_estimated, saved = p_saved, charge = p_charge
          WHERE id = p_id AND revision < p_revision AND version <= p_version AND (owner = p_owner OR (owner = '' AND (p_stands_on IS NULL OR revision = p_stands_on)));
          IF NOT FOUND THEN
            SELECT revision, version, owner, state INTO held FROM generations WHERE id = p_id;
            RETURN CASE
              WHEN held.revision IS NULL OR held.version > p_version OR held.owner NOT IN ('', p_owner) THEN 2
              WHEN held.revision = p_revision AND held.state = p_state THEN 0
              ELSE 1 END;
          END IF;
          IF p_joinable IS NOT NULL THEN
            IF NOT p_joinable THEN
              DELETE FROM flights WHERE leader = p_id;
            ELSIF NOT p_open THEN
              UPDATE flights SET ended = clock_timestamp() WHERE leader = p_id;
            END IF;
          END IF;
          PERFORM add_parts_1(p_id, p_media, p_types, p_bytes, p_sums, p_media_created, p_expires, p_callback, p_url, p_receiver, p_attempts, p_due);
          RETURN 0;
        END $body$;
        """;
}
