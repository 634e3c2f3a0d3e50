using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>A PostgreSQL of a test's own, on a free port. It flushes nothing to the disk: a test kills the programs that use it, not the machine.</summary>
public sealed class PostgresProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("framegate-pg-").FullName;
    private readonly string _programs = Programs();

    private PostgresProcess()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>How Framegate is told of it.</summary>
    public string Address => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres";

    /// <summary>Makes it and starts it.</summary>
    public static PostgresProcess Start()
    {
        var server = new PostgresProcess();
        if (Environment.UserName == "root")
        {
            // It refuses to run as root.
            Run("chown", "postgres", server._folder);
            Run("chmod", "755", server._folder);
        }

        server.RunAsOwner("initdb", "-D", server.Data, "-A", "trust", "-U", "postgres", "--encoding=UTF8", "--locale=C", "--no-sync");
        server.Return();
        return server;
    }

    /// <summary>Makes another one that follows this one, and starts it; it takes no writes until <see cref="Promote"/>. From now on nothing is committed here that it does not have.</summary>
    public PostgresProcess StartStandby()
    {
        var server = new PostgresProcess();
        if (Environment.UserName == "root")
        {
            Run("chown", "postgres", server._folder);
            Run("chmod", "755", server._folder);
        }

        server.RunAsOwner("pg_basebackup", "-D", server.Data, "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-R", "-X", "stream", "--no-sync", "--checkpoint=fast");
        server.Return();
        RunAsOwner("psql", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-c", "ALTER SYSTEM SET synchronous_standby_names = '*'", "-c", "SELECT pg_reload_conf()");
        return server;
    }

    /// <summary>From now on this one takes the writes.</summary>
    public void Promote() => RunAsOwner("pg_ctl", "-D", Data, "-w", "promote");

    /// <summary>It stops at once, as a machine does that loses its power; what was committed stays.</summary>
    public void Leave() => RunAsOwner("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    /// <summary>It starts again on the same port.</summary>
    public void Return() => RunAsOwner(
        "pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"),
        "-o", $"-p {Port} -k {_folder} -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off -c full_page_writes=off -c shared_buffers=32MB", "start");

    public void Dispose()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            Leave();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static string Programs() => Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).Where(b => File.Exists(Path.Combine(b, "initdb")))
        .OrderByDescending(b => b, StringComparer.Ordinal).First();

    private void RunAsOwner(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
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
        // What it starts must not hold on to a pipe of ours: nothing is redirected but what the shell throws away.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
