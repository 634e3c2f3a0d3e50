using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>A redis-server of a test's own, on a free port, that keeps nothing on the disk.</summary>
public sealed class RedisProcess : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private Process? _process;

    private RedisProcess(int port) => Port = port;

    public int Port { get; }

    /// <summary>How Framegate is told of it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<RedisProcess> StartAsync()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var redis = new RedisProcess(port);
        await redis.ReturnAsync();
        return redis;
    }

    /// <summary>It goes away, with all that it holds.</summary>
    public async Task LeaveAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>It comes back, empty, on the same port.</summary>
    public async Task ReturnAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path])
        {
            RedirectStandardOutput = true,
        })!;
        _process.BeginOutputReadLine();
        await Eventually.GetAsync(async () => await TellAsync("PING"), answer => answer.StartsWith("+PONG", StringComparison.Ordinal));
    }

    /// <summary>Sends one command.</summary>
    /// <returns>What came back, as it came; empty when it does not answer.</returns>
    public async Task<string> TellAsync(string command)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(command + "\r\nQUIT\r\n"));
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await LeaveAsync();
        }

        _process?.Dispose();
        _folder.Dispose();
    }
}
