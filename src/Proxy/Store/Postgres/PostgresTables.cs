namespace Framegate.Proxy.Store.Postgres;

/// <summary>The tables. Times are milliseconds since 1970 by the clocks of replicas; leases alone go by the database's clock.</summary>
internal static class PostgresTables
{
    /// <summary>
    /// The first tables. What lists and sums look into stands in columns of its own, so that no query reads JSON. An empty owner is nobody: a generation that was let go of.
    /// A row of flights is a job that identical requests may join (coalescing); what belongs to a generation goes with it.
    /// </summary>
    public const string First = """
        CREATE TABLE generations (
          seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          id text COLLATE "C" NOT NULL UNIQUE,
          client text COLLATE "C" NOT NULL,
          created bigint NOT NULL,
          status text COLLATE "C" NOT NULL,
          open boolean NOT NULL,
          provider text COLLATE "C" NOT NULL,
          native_id text COLLATE "C",
          fingerprint bytea NOT NULL,
          state bytea NOT NULL,
          request bytea,
          revision integer NOT NULL,
          version integer NOT NULL,
          owner text COLLATE "C" NOT NULL,
          cancelled boolean NOT NULL DEFAULT false,
          called bytea,
          hidden boolean NOT NULL DEFAULT false,
          by_content boolean NOT NULL,
          attachment bytea,
          follows text COLLATE "C",
          model text COLLATE "C" NOT NULL,
          alias text COLLATE "C",
          code text COLLATE "C",
          kind text COLLATE "C",
          prompt text,
          spent numeric NOT NULL,
          estimated boolean NOT NULL,
          saved numeric NOT NULL,
          charge numeric NOT NULL);
        CREATE INDEX generations_charge ON generations (client, created, charge) WHERE charge > 0;
        CREATE TABLE spend (
          day text COLLATE "C" NOT NULL,
          client text COLLATE "C" NOT NULL,
          provider text COLLATE "C" NOT NULL,
          model text COLLATE "C" NOT NULL,
          generations bigint NOT NULL,
          cost numeric NOT NULL,
          estimated numeric NOT NULL,
          failed_cost numeric NOT NULL,
          failed bigint NOT NULL,
          saved numeric NOT NULL,
          charge numeric NOT NULL,
          PRIMARY KEY (day, client, provider, model));
        CREATE TABLE clients (name text COLLATE "C" PRIMARY KEY, state text NOT NULL, revision integer NOT NULL);
        CREATE INDEX generations_open ON generations (owner, created, id) WHERE open;
        CREATE INDEX generations_wishes ON generations (owner) WHERE open AND (cancelled OR called IS NOT NULL);
        CREATE INDEX generations_followers ON generations (follows) WHERE open AND follows IS NOT NULL;
        CREATE INDEX generations_list ON generations (client, created, id);
        CREATE INDEX generations_created ON generations (created, id);
        CREATE UNIQUE INDEX generations_job ON generations (provider, native_id) WHERE native_id IS NOT NULL;
        CREATE INDEX generations_content ON generations (client, fingerprint, created) WHERE by_content;
        CREATE TABLE replicas (
          id text COLLATE "C" PRIMARY KEY,
          lease_until timestamptz NOT NULL,
          steady_since timestamptz NOT NULL,
          about bytea);
        CREATE TABLE idempotency_keys (
          client text COLLATE "C" NOT NULL,
          key text COLLATE "C" NOT NULL,
          generation text COLLATE "C" NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
          fingerprint bytea NOT NULL,
          PRIMARY KEY (client, key));
        CREATE INDEX idempotency_keys_generation ON idempotency_keys (generation);
        CREATE TABLE flights (
          key bytea PRIMARY KEY,
          leader text COLLATE "C" NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
          ended timestamptz);
        CREATE INDEX flights_leader ON flights (leader);
        CREATE TABLE media (
          id text COLLATE "C" PRIMARY KEY,
          generation text COLLATE "C" NOT NULL,
          content_type text COLLATE "C" NOT NULL,
          bytes bigint NOT NULL,
          sha256 text COLLATE "C" NOT NULL,
          created bigint NOT NULL,
          expires bigint);
        CREATE INDEX media_expires ON media (expires) WHERE expires IS NOT NULL;
        CREATE TABLE native_jobs (
          provider text COLLATE "C" NOT NULL,
          native_id text COLLATE "C" NOT NULL,
          destination text COLLATE "C" NOT NULL,
          client text COLLATE "C",
          created bigint NOT NULL,
          PRIMARY KEY (provider, native_id));
        CREATE INDEX native_jobs_created ON native_jobs (created);
        CREATE TABLE answered (generation text COLLATE "C" PRIMARY KEY, at bigint NOT NULL);
        CREATE INDEX answered_at ON answered (at);
        CREATE TABLE deliveries (
          id text COLLATE "C" PRIMARY KEY,
          generation text COLLATE "C" NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
          url text COLLATE "C" NOT NULL,
          receiver text COLLATE "C" NOT NULL,
          attempts integer NOT NULL,
          due bigint NOT NULL,
          wake bigint,
          status text COLLATE "C" NOT NULL DEFAULT 'pending',
          tries integer NOT NULL DEFAULT 0);
        CREATE INDEX deliveries_wake ON deliveries (receiver, wake) WHERE wake IS NOT NULL;
        CREATE INDEX deliveries_generation ON deliveries (generation);
        CREATE TABLE delivery_tries (
          delivery text COLLATE "C" NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
          number integer NOT NULL,
          at bigint NOT NULL,
          status integer,
          error text,
          took bigint NOT NULL,
          PRIMARY KEY (delivery, number));
        """;

    /// <summary>Native submits whose answers have not reached their callers.</summary>
    public const string NativeOrders = """
        CREATE TABLE native_orders (
          id text COLLATE "C" PRIMARY KEY,
          owner text COLLATE "C" NOT NULL,
          client text COLLATE "C" NOT NULL,
          fingerprint bytea NOT NULL,
          at bigint NOT NULL,
          answer bytea,
          taking text COLLATE "C");
        CREATE INDEX native_orders_content ON native_orders (client, fingerprint);
        CREATE INDEX native_orders_at ON native_orders (at);
        """;

    /// <summary>Lists of one status or one provider, however few there are of it among many.</summary>
    public const string Lists = """
        CREATE INDEX generations_status ON generations (client, status, created, id);
        CREATE INDEX generations_provider ON generations (client, provider, created, id);
        """;

    /// <summary>Lists of videos, however many others there are. What nobody knows the kind of may be one.</summary>
    public const string Videos = $"CREATE INDEX generations_videos ON generations (client, created, id) WHERE {MayBeVideo};";

    /// <summary>What is known of a submit, for the driver of its generation. <c>called</c> has the job of it alone, for builds that look there.</summary>
    public const string News = "ALTER TABLE generations ADD COLUMN news bytea;";

    /// <summary>Where it is looked for. A step of its own: a new column takes the table from everybody until its step is over, and an index reads all of it.</summary>
    public const string NewsIndex = "CREATE INDEX generations_news ON generations (owner) WHERE open AND news IS NOT NULL;";

    /// <summary>What was billed before a generation went on to another provider. Nearly none has any.</summary>
    public const string Bills = "ALTER TABLE generations ADD COLUMN bills jsonb;";

    /// <summary>The condition of the index of videos.</summary>
    public const string MayBeVideo = "(kind = 'video' OR kind IS NULL) AND NOT hidden";
}
