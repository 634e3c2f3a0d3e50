namespace Framegate.Proxy.Store.Sqlite;

/// <summary>How the tables came to be what they are, step by step. A file remembers how many steps it has taken; a step never changes once it is released.</summary>
internal static class SqliteMigrations
{
    /// <summary>The steps, in order.</summary>
    public static readonly string[] Steps =
    [
        // What builds had that did not count: a file of theirs has these tables, or all but the column that is added below.
        """
        CREATE TABLE IF NOT EXISTS generations (
          seq INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          client TEXT NOT NULL,
          created INTEGER NOT NULL,
          status TEXT NOT NULL,
          open INTEGER NOT NULL,
          provider TEXT NOT NULL,
          native_id TEXT,
          fingerprint BLOB NOT NULL,
          state BLOB NOT NULL,
          request BLOB,
          revision INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS idempotency_keys (
          client TEXT NOT NULL,
          key TEXT NOT NULL,
          generation TEXT NOT NULL,
          fingerprint BLOB NOT NULL,
          PRIMARY KEY (client, key)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS idempotency_keys_generation ON idempotency_keys (generation);
        CREATE TABLE IF NOT EXISTS media (
          id TEXT PRIMARY KEY,
          generation TEXT NOT NULL,
          content_type TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          sha256 TEXT NOT NULL,
          created INTEGER NOT NULL,
          expires INTEGER) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS media_expires ON media (expires) WHERE expires IS NOT NULL;
        CREATE TABLE IF NOT EXISTS native_jobs (
          provider TEXT NOT NULL,
          native_id TEXT NOT NULL,
          destination TEXT NOT NULL,
          created INTEGER NOT NULL,
          PRIMARY KEY (provider, native_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS openai_requests (
          generation TEXT PRIMARY KEY,
          client TEXT NOT NULL,
          fingerprint BLOB NOT NULL,
          created INTEGER NOT NULL,
          video BLOB,
          deleted INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS cancel_wishes (generation TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS callbacks (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          generation TEXT NOT NULL,
          url TEXT NOT NULL,
          attempts INTEGER NOT NULL,
          due INTEGER NOT NULL);
        """,

        // Ids in the place of row numbers; owners; what a dialect and a client keep with a generation stands in its row. Rows lie in the order they came
        // (seq, which nothing names), so that a burst of inserts touches a handful of pages.
        """
        DROP INDEX IF EXISTS generations_open;
        ALTER TABLE generations ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE generations ADD COLUMN owner TEXT;
        ALTER TABLE generations ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE generations ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE generations ADD COLUMN by_content INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE generations ADD COLUMN attachment BLOB;
        UPDATE generations SET hidden = r.deleted, by_content = length(r.fingerprint) > 0, attachment = r.video
          FROM openai_requests AS r WHERE r.generation = id;
        UPDATE generations SET cancelled = 1 WHERE id IN (SELECT generation FROM cancel_wishes);
        UPDATE generations SET native_id = NULL WHERE native_id IS NOT NULL AND seq NOT IN (
          SELECT min(seq) FROM generations WHERE native_id IS NOT NULL GROUP BY provider, native_id);
        CREATE TABLE owners (id TEXT PRIMARY KEY, lease_until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX generations_open ON generations (owner, created) WHERE open = 1;
        CREATE INDEX generations_list ON generations (client, created, id);
        CREATE INDEX generations_ended ON generations (created) WHERE open = 0;
        CREATE UNIQUE INDEX generations_job ON generations (provider, native_id) WHERE native_id IS NOT NULL;
        CREATE INDEX generations_content ON generations (client, fingerprint, created) WHERE by_content = 1;
        CREATE TABLE deliveries (
          id TEXT PRIMARY KEY,
          generation TEXT NOT NULL,
          url TEXT NOT NULL,
          attempts INTEGER NOT NULL,
          due INTEGER NOT NULL,
          held_until INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        INSERT INTO deliveries (id, generation, url, attempts, due) SELECT 'msg_' || id, generation, url, attempts, due FROM callbacks;
        CREATE INDEX deliveries_due ON deliveries (due);
        DROP TABLE callbacks;
        DROP TABLE openai_requests;
        DROP TABLE cancel_wishes;
        """,

        // Which answers have reached their callers: a narrow table, since nearly every generation is marked. Builds without it gave theirs before they ended.
        """
        CREATE TABLE answered (at INTEGER NOT NULL, generation TEXT NOT NULL, PRIMARY KEY (at, generation)) WITHOUT ROWID;
        INSERT INTO answered (at, generation) SELECT created, id FROM generations WHERE open = 0 AND created > (unixepoch() - 7200) * 1000;
        """,

        // Deliveries stay as long as their generation, with every try, and are found by their receiver, so that one who is dead holds up nobody else.
        """
        ALTER TABLE deliveries ADD COLUMN receiver TEXT NOT NULL DEFAULT '';
        ALTER TABLE deliveries ADD COLUMN status TEXT NOT NULL DEFAULT 'pending';
        ALTER TABLE deliveries ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN wake INTEGER;
        UPDATE deliveries SET wake = due, tries = attempts, receiver = substr(url, instr(url, '://') + 3);
        UPDATE deliveries SET receiver = substr(receiver, 1, instr(receiver || '/', '/') - 1);
        DROP INDEX deliveries_due;
        ALTER TABLE deliveries DROP COLUMN held_until;
        CREATE INDEX deliveries_wake ON deliveries (receiver, wake) WHERE wake IS NOT NULL;
        CREATE INDEX deliveries_generation ON deliveries (generation);
        CREATE TABLE delivery_tries (
          delivery TEXT NOT NULL,
          number INTEGER NOT NULL,
          at INTEGER NOT NULL,
          status INTEGER,
          error TEXT,
          took INTEGER NOT NULL,
          PRIMARY KEY (delivery, number)) WITHOUT ROWID;
        """,

        // Whose a job is that came in on a native route.
        "ALTER TABLE native_jobs ADD COLUMN client TEXT;",

        // A checksum in each row, and the number of commits, which the record beside the file knows too. Rows of earlier builds get theirs right after.
        """
        CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, commits INTEGER NOT NULL, sum INTEGER);
        INSERT INTO store (one, id, commits) VALUES (1, lower(hex(randomblob(16))), 0);
        ALTER TABLE generations ADD COLUMN sum INTEGER;
        ALTER TABLE idempotency_keys ADD COLUMN sum INTEGER;
        ALTER TABLE media ADD COLUMN sum INTEGER;
        ALTER TABLE native_jobs ADD COLUMN sum INTEGER;
        ALTER TABLE deliveries ADD COLUMN sum INTEGER;
        ALTER TABLE delivery_tries ADD COLUMN sum INTEGER;
        """,

        // What each generation counts against its client's budgets, in millionths of a dollar, and what those that are forgotten have cost; the clients that
        // are made while the program runs.
        """
        ALTER TABLE generations ADD COLUMN charge INTEGER NOT NULL DEFAULT 0;
        UPDATE generations SET charge = CAST(round(1000000 * coalesce(json_extract(CAST(state AS TEXT), '$.cost'), 0)) AS INTEGER)
          WHERE json_extract(CAST(state AS TEXT), '$.follows') IS NULL AND (status <> 'failed' OR open = 1 OR EXISTS (
            SELECT 1 FROM json_each(CAST(state AS TEXT), '$.attempts') AS a WHERE json_extract(a.value, '$.billed') <> 'no'));
        CREATE INDEX generations_charge ON generations (client, created, charge) WHERE charge > 0;
        CREATE TABLE spend (
          day TEXT NOT NULL,
          client TEXT NOT NULL,
          provider TEXT NOT NULL,
          model TEXT NOT NULL,
          generations INTEGER NOT NULL,
          cost INTEGER NOT NULL,
          estimated INTEGER NOT NULL,
          failed_cost INTEGER NOT NULL,
          failed INTEGER NOT NULL,
          saved INTEGER NOT NULL,
          charge INTEGER NOT NULL,
          sum INTEGER,
          PRIMARY KEY (day, client, provider, model)) WITHOUT ROWID;
        CREATE TABLE clients (
          name TEXT PRIMARY KEY COLLATE NOCASE,
          state TEXT NOT NULL,
          revision INTEGER NOT NULL,
          sum INTEGER) WITHOUT ROWID;
        """,

        // Native submits whose answers have not reached their callers.
        """
        CREATE TABLE native_orders (
          id TEXT PRIMARY KEY,
          owner TEXT NOT NULL,
          client TEXT NOT NULL,
          fingerprint BLOB NOT NULL,
          at INTEGER NOT NULL,
          answer BLOB,
          sum INTEGER) WITHOUT ROWID;
        CREATE INDEX native_orders_content ON native_orders (client, fingerprint);
        CREATE INDEX native_orders_at ON native_orders (at);
        """,

        // Lists of one status or one provider, however few there are of it among many.
        """
        CREATE INDEX generations_status ON generations (client, status, created, id);
        CREATE INDEX generations_provider ON generations (client, provider, created, id);
        """,

        // Lists of videos, however many others there are. What nobody knows the kind of may be one. Every row is written anew, so that each has all its columns.
        """
        ALTER TABLE generations ADD COLUMN video INTEGER NOT NULL DEFAULT 1;
        UPDATE generations SET video = coalesce(CASE WHEN json_valid(CAST(state AS TEXT)) THEN json_extract(CAST(state AS TEXT), '$.asked.media_type') END, 'video') = 'video';
        CREATE INDEX generations_videos ON generations (client, video, created, id) WHERE video = 1;
        """,
    ];
}
