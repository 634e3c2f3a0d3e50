using System.Diagnostics;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Postgres;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>The store behind PgBouncer in transaction mode, which gives each transaction another session and leaves out what a connection asks for.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresPoolerTests(PostgresServer server) : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _schema = server.NewSchema();
    private readonly int _port = FreePort.Next();
    private Process _pooler = null!;

    public async Task InitializeAsync()
    {
        var settings = Path.Combine(_folder.Path, "pgbouncer.ini");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "users"), "\"postgres\" \"\"\n");
        await File.WriteAllTextAsync(settings, $"""
            [databases]
            postgres = host=127.0.0.1 port={server.Process.Port} user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            unix_socket_dir =
            auth_type = any
            auth_file = {_folder.Path}/users
            pool_mode = transaction
            default_pool_size = 4
            ignore_startup_parameters = search_path
            """);
        var isRoot = Environment.UserName == "root";
        if (isRoot)
        {
            // It refuses to run as root.
            using var open = Process.Start("chmod", ["-R", "a+rX", _folder.Path]);
            await open.WaitForExitAsync();
        }

        _pooler = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {(isRoot ? "runuser -u postgres -- " : "")}pgbouncer '{settings}' >/dev/null 2>&1 </dev/null"]))!;
        await Eventually.GetAsync(IsThereAsync, there => there);
    }

    public async Task DisposeAsync()
    {
        await server.TellAsync(_schema, "ALTER ROLE postgres RESET search_path");
        _pooler.Kill(entireProcessTree: true);
        await _pooler.WaitForExitAsync();
        _pooler.Dispose();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_TheSchemaIsNotPassedOn_IsRefusedAndMakesNothing()
    {
        await using var database = server.Database(_schema, _port);

        Assert.Contains("ALTER ROLE postgres SET search_path", await database.WhyAwayAsync(default), StringComparison.Ordinal);
        Assert.Contains("search_path", (await Assert.ThrowsAsync<IOException>(() => database.OpenAsync(default))).Message, StringComparison.Ordinal);
        Assert.Equal(false, await server.TellAsync(_schema, "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 'migrations')"));
    }

    /// <remarks>As where the database's user has the name of the schema, which leads there without a word.</remarks>
    [Fact]
    public async Task Open_AnotherPathLeadsToTheSchema_IsTaken()
    {
        await server.TellAsync(_schema, $"CREATE SCHEMA IF NOT EXISTS {_schema}");
        await server.TellAsync(_schema, $"ALTER ROLE postgres SET search_path = 'nowhere', {_schema}");
        await using var database = server.Database(_schema, _port);

        Assert.Null(await database.WhyAwayAsync(default));
        await database.OpenAsync(default);
    }

    /// <remarks>By chance a pooler gives the same session twice, and more often while others use it.</remarks>
    [Fact]
    public async Task Open_ThePoolerIsNoticedEachTime_AndADatabaseWithoutOneIsNone()
    {
        await server.TellAsync(_schema, $"ALTER ROLE postgres SET search_path = {_schema}");
        for (var i = 0; i < 10; i++)
        {
            await using var pooled = server.Database(_schema, _port);
            await pooled.OpenAsync(default);
            Assert.Contains("No Reset On Close", await AddressAsync(pooled), StringComparison.OrdinalIgnoreCase);
        }

        await using var direct = server.Database(_schema);
        await direct.OpenAsync(default);
        Assert.DoesNotContain("No Reset On Close", await AddressAsync(direct), StringComparison.OrdinalIgnoreCase);

        static async Task<string> AddressAsync(PostgresDatabase database)
        {
            await using var connection = await database.ConnectAsync(default);
            return connection.ConnectionString;
        }
    }

    [Fact]
    public async Task Store_ManyAtOnceAtTwoReplicas_KeepsEverythingAsItIs()
    {
        await server.TellAsync(_schema, $"ALTER ROLE postgres SET search_path = {_schema}");
        var stores = await Task.WhenAll(PostgresTestStore.OpenAsync(server, _schema, "a", _port), PostgresTestStore.OpenAsync(server, _schema, "b", _port));
        await using var a = stores[0];
        await using var b = stores[1];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var (here, there, owner) = i % 2 == 0 ? (a, b, "a") : (b, a, "b");
            var outcome = await here.Generations.InsertAsync(new GenerationChange(States.New($"gen_{i}"), owner), States.Request($"body {i}"), default);
            Assert.Equal($"gen_{i}", (await there.Generations.FindAsync($"gen_{i}", default))!.Id);
            return outcome;
        }));

        Assert.All(outcomes, o => Assert.Equal(InsertOutcome.Stored, o));
        await a.Generations.RequestCancelAsync("gen_1", default);
        await foreach (var wish in b.Fleet.WishesAsync("b", default))
        {
            Assert.Equal("gen_1", wish.Id);
            break;
        }
    }

    private async Task<bool> IsThereAsync()
    {
        try
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, _port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
