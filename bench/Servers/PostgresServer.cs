using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Framegate.Bench.Harness;
using Npgsql;

namespace Framegate.Bench.Servers;

/// <summary>A PostgreSQL of the bench's own, with its default settings: each commit is flushed to the disk.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("framegate-bench-pg-").FullName;
    private readonly NpgsqlDataSource _source;
    private readonly int _port;

    private PostgresServer()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        _source = NpgsqlDataSource.Create(Address);
    }

    /// <summary>How Framegate is configured with it.</summary>
    public string Address => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres";

    /// <summary>Makes it and starts it.</summary>
    /// <exception cref="BenchException">It is not installed, or does not start.</exception>
    public static PostgresServer Start()
    {
        var server = new PostgresServer();
        if (Environment.UserName == "root")
        {
            // It refuses to run as root.
            Run("chown", "postgres", server._folder);
            Run("chmod", "755", server._folder);
        }

        RunAsOwner("initdb", "-D", server.Data, "-A", "trust", "-U", "postgres", "--encoding=UTF8", "--locale=C");
        RunAsOwner("pg_ctl", "-D", server.Data, "-w", "-l", Path.Combine(server._folder, "log"), "-o", $"-p {server._port} -k {server._folder} -c listen_addresses=127.0.0.1 -c max_connections=200", "start");
        return server;
    }

    /// <summary>How many transactions it has committed; a statement outside of one is one.</summary>
    public async Task<long> CommitsAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many open generations each replica holds.</summary>
    public async Task<IReadOnlyDictionary<string, long>> HeldAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT owner, count(*) FROM framegate.generations WHERE open GROUP BY owner");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var held = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellationToken))
        {
            held.Add(rows.GetString(0), rows.GetInt64(1));
        }

        return held;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        RunAsOwner("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static void RunAsOwner(string program, params string[] arguments)
    {
        var path = Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin", program)).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new BenchException("PostgreSQL is not installed.");
        if (Environment.UserName == "root")
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new BenchException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
