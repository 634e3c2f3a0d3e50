using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Framegate.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>A node's data folder moves into what replicas share, with all that is in it.</summary>
public sealed class MigrateTests
{
    private const string AdminKey = "the-key-of-the-operator";

    [Fact]
    public async Task Migrate_FolderOfARunningLife_IsGoneOnWithByReplicasAndPaidOnce()
    {
        using var postgres = PostgresProcess.Start();
        var starting = SwiftProcess.StartAsync();
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var swift = await starting;
        await swift.MakeBucketAsync("media");
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data, Variables = new Dictionary<string, string> { ["FRAMEGATE_ADMIN_KEY"] = AdminKey } };
        string done, running, key, mediaPath, sha256;
        var native = $$"""{"prompt":"{{Bodies.Unique("sandbox:late=600 native")}}"}""";
        var body = Bodies.Of("flux", Bodies.Unique("sandbox:ok kept"));
        await using (var node = await FramegateProcess.StartAsync(settings))
        {
            var made = await node.Client.PostToAsync("/admin/clients", """{"name":"Studio"}""", ("Authorization", "Bearer " + AdminKey));
            Assert.True(made.Status == 201, made.ToString());
            key = made.Json.Text("key");

            // A result, with a key, whose callback nobody takes; and a job that runs.
            var first = await PostAsync(node, key, body, ("Idempotency-Key", "moved-1"));
            Assert.True(first.Status == 200, first.ToString());
            (done, mediaPath, sha256) = (first.Json.Text("request_id"), new Uri(first.Json.Text("result.media[0].url")).AbsolutePath, first.Json.Text("result.media[0].sha256"));
            var told = await PostAsync(node, key, Bodies.Of("flux", Bodies.Unique("sandbox:ok told"), ("callback_url", "https://hooks.example.com/nobody")));
            Assert.True(told.Status == 202, told.ToString());
            await Eventually.GetAsync(() => GetAsync(node, key, "/generations/" + told.Json.Text("request_id")), a => a.Json.Text("status") == "success");
            running = (await PostAsync(node, key, Bodies.Of("sora", Bodies.Unique("sandbox:slow=8 runs on")), ("Prefer", "respond-async"))).Json.Text("request_id");
            await Eventually.GetAsync(() => GetAsync(node, key, "/generations/" + running), a => a.Json.Text("metadata.phase") == "running");

            // In use: refused, and nothing is touched.
            var (refused, why) = await MigrateAsync(folder, data, postgres, swift);
            Assert.True(refused == 1 && why.Contains("another Framegate", StringComparison.Ordinal), why);

            // A native submit is on its way when the node dies: nobody knows what became of it.
            _ = node.Client.PostToAsync("/flux/v1/flux-pro-1.1", native, ("x-key", key)).ContinueWith(static t => t.Exception, TaskScheduler.Default);
            await Eventually.GetAsync(() => OrdersAsync(data), orders => orders == 1);
            await node.KillAsync();
        }

        var (code, output) = await MigrateAsync(folder, data, postgres, swift);
        Assert.True(code == 0, output);
        Assert.Contains("generations: 3 moved", output, StringComparison.Ordinal);
        Assert.Contains("media: 2 moved", output, StringComparison.Ordinal);
        Assert.Contains("clients: 1 moved", output, StringComparison.Ordinal);
        Assert.Contains("callbacks: 1 moved", output, StringComparison.Ordinal);
        Assert.Contains("idempotency keys: 1 moved", output, StringComparison.Ordinal);
        Assert.Contains("native orders: 1 moved", output, StringComparison.Ordinal);

        // Again: all of it is there.
        var counts = await CountsAsync(postgres);
        (code, output) = await MigrateAsync(folder, data, postgres, swift);
        Assert.True(code == 0 && output.Contains("generations: 0 moved, 3 there already", StringComparison.Ordinal), output);
        Assert.Equal(counts, await CountsAsync(postgres));

        // The node does not start on it any more: both would drive the same job.
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => FramegateProcess.StartAsync(settings));
        Assert.Contains("was moved to the database", refusal.Message, StringComparison.Ordinal);

        await using var replica = await FramegateProcess.StartAsync(settings with
        {
            Data = null,
            Variables = new Dictionary<string, string>(settings.Variables)
            {
                ["Framegate__Store__Postgres"] = postgres.Address,
                ["Framegate__Media__Bucket__Endpoint"] = swift.Address.AbsoluteUri,
                ["Framegate__Media__Bucket__Name"] = "media",
                ["Framegate__Media__Bucket__Redirect"] = "true",
                ["AWS_ACCESS_KEY_ID"] = SwiftProcess.Key,
                ["AWS_SECRET_ACCESS_KEY"] = SwiftProcess.Secret,
            },
        });
        var ended = await Eventually.GetAsync(() => GetAsync(replica, key, "/generations/" + running), a => a.Json.Text("status") != "processing");
        Assert.True(ended.Json.Text("status") == "success", ended.ToString());
        Assert.Equal(done, (await PostAsync(replica, key, body, ("Idempotency-Key", "moved-1"))).Json.Text("request_id"));
        var file = await GetAsync(replica, key, mediaPath);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(file.Body)));
        Assert.Equal(424, (await replica.Client.PostToAsync("/flux/v1/flux-pro-1.1", native, ("x-key", key))).Status);
        Assert.Equal(3, (await sandbox.LedgerAsync()).Count);

        // Who asks for a file is sent to the bucket, which serves parts too, and gives nothing without the address.
        using var plain = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var asking = new HttpRequestMessage(HttpMethod.Get, new Uri(replica.Address, mediaPath));
        asking.Headers.Authorization = new("Bearer", key);
        var sent = await plain.SendAsync(asking);
        Assert.Equal((302, swift.Address.Port), ((int)sent.StatusCode, sent.Headers.Location!.Port));
        using var part = new HttpRequestMessage(HttpMethod.Get, sent.Headers.Location);
        part.Headers.Range = new(0, 99);
        Assert.Equal(206, (int)(await plain.SendAsync(part)).StatusCode);
        Assert.InRange((int)(await plain.GetAsync(new Uri(sent.Headers.Location.GetLeftPart(UriPartial.Path)))).StatusCode, 400, 403);

        // The console may load from its own origin alone.
        using var page = new HttpRequestMessage(HttpMethod.Get, new Uri(replica.Address, mediaPath));
        page.Headers.Authorization = new("Bearer", key);
        page.Headers.Add("Sec-Fetch-Site", "same-origin");
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(await (await plain.SendAsync(page)).Content.ReadAsByteArrayAsync())));

        // A move is run once more while the replica lives, and changes nothing of what it has made.
        (code, _) = await MigrateAsync(folder, data, postgres, swift);
        Assert.Equal(0, code);
        Assert.Equal("success", (await GetAsync(replica, key, "/generations/" + running)).Json.Text("status"));
    }

    /// <summary>How many native submits the folder knows of.</summary>
    private static async Task<long> OrdersAsync(string data)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "sandbox", "framegate.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM native_orders";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static Task<(int ExitCode, string Output)> MigrateAsync(TempFolder folder, string data, PostgresProcess postgres, SwiftProcess swift)
    {
        folder.Write(".env", $"""
            Framegate__Store__Postgres={postgres.Address}
            Framegate__Media__Bucket__Endpoint={swift.Address}
            Framegate__Media__Bucket__Name=media
            AWS_ACCESS_KEY_ID={SwiftProcess.Key}
            AWS_SECRET_ACCESS_KEY={SwiftProcess.Secret}
            """);
        return FramegateCommand.RunAsync(folder.Path, "migrate", "--from", data, "--to", "postgres", "--sandbox", "--config", Repository.RoutesFile);
    }

    private static async Task<string> CountsAsync(PostgresProcess postgres)
    {
        await using var source = NpgsqlDataSource.Create(postgres.Address + ";Search Path=framegate_sandbox");
        var counts = new StringBuilder();
        foreach (var table in new[] { "generations", "media", "clients", "deliveries", "delivery_tries", "idempotency_keys", "answered", "native_jobs", "spend" })
        {
            await using var command = source.CreateCommand($"SELECT count(*) FROM {table}");
            counts.Append(CultureInfo.InvariantCulture, $"{table} {await command.ExecuteScalarAsync()}\n");
        }

        return counts.ToString();
    }

    private static Task<HttpAnswer> PostAsync(FramegateProcess node, string key, string body, params (string Name, string Value)[] headers) =>
        node.Client.PostAsync(body, [("Authorization", "Bearer " + key), .. headers]);

    private static Task<HttpAnswer> GetAsync(FramegateProcess node, string key, string path) => node.Client.GetAsync(path, ("Authorization", "Bearer " + key));
}
