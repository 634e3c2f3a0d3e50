using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Framegate.Bench.Harness;

/// <summary>A server in a process of its own. Disposing of it kills it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private const string HangUp = "RequestBodyClient: The client reported an error when copying the request body.";
    private const int LongestComplaint = 500;
    private readonly Process _process;
    private bool _disposed;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();

    private ServerProcess(string name, Process process)
    {
        Name = name;
        _process = process;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
    }

    /// <summary>What it is called in tables.</summary>
    public string Name { get; }

    /// <summary>Where it listens, as in <c>http://127.0.0.1:40123</c>.</summary>
    public string Address { get; private set; } = "";

    /// <summary>CPU time used so far.</summary>
    public TimeSpan Cpu => ProcFs.CpuOf(_process.Id);

    /// <summary>Ends it at once, as a machine that is gone.</summary>
    public async Task KillAsync() => await DisposeAsync();

    /// <summary>Resident memory, bytes.</summary>
    public long Rss => ProcFs.RssOf(_process.Id);

    /// <summary>The most resident memory so far, bytes.</summary>
    public long PeakRss => ProcFs.PeakOf(_process.Id);

    /// <summary>Starts a .NET program and waits until it prints where it listens.</summary>
    /// <param name="name">For tables.</param>
    /// <param name="assembly">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="variables">Environment variables of its own.</param>
    /// <exception cref="BenchException">It ended, or did not listen in time.</exception>
    public static async Task<ServerProcess> StartAsync(
        string name, string assembly, IEnumerable<string> arguments, string folder, CancellationToken cancellationToken, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BFL_API_KEY"] = "bench";
        start.Environment["RUNWAYML_API_SECRET"] = "bench";
        start.Environment["OPENAI_API_KEY"] = "bench";
        start.Environment[Servers.SyncAdapter.KeyVariable] = "bench";
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        start.Environment.Remove("FRAMEGATE_CLIENT_KEY");
        start.Environment.Remove("ASPNETCORE_URLS");
        var server = new ServerProcess(name, Process.Start(start)!);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            server.Address = await server.ReadAsync(Listens(), StartLimit, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a program that is not ours, and waits until it accepts connections.</summary>
    /// <param name="name">For tables.</param>
    /// <param name="command">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="port">Where it will listen.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BenchException">It ended, or did not listen in time.</exception>
    public static async Task<ServerProcess> StartOtherAsync(
        string name, string command, IEnumerable<string> arguments, int port, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(name, Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!)
        {
            Address = $"http://127.0.0.1:{port}",
        };
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        for (var tries = 0; tries < 100 && !server._process.HasExited; tries++)
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(System.Net.IPAddress.Loopback, port, cancellationToken);
                return server;
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }

        await server.DisposeAsync();
        throw new BenchException($"{name} does not listen.");
    }

    /// <summary>Asks a server of this program what it has allocated since its start.</summary>
    /// <returns>Bytes.</returns>
    public async Task<long> AllocatedAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync("allocated".AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return long.Parse(await ReadAsync(Allocated(), TimeSpan.FromSeconds(30), cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Has a server of this program collect all garbage.</summary>
    /// <returns>The managed heap after it, bytes.</returns>
    public async Task<long> CollectGarbageAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync("gc".AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return long.Parse(await ReadAsync(Heap(), TimeSpan.FromSeconds(30), cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<string> ReadAsync(Regex wanted, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        var seen = new List<string>();
        try
        {
            await foreach (var line in _output.Reader.ReadAllAsync(either.Token))
            {
                seen.Add(line);
                if (wanted.Match(line) is { Success: true } match)
                {
                    return match.Groups[1].Value;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BenchException($"{Name} does not answer. It printed:\n{string.Join('\n', seen)}");
        }

        throw new BenchException($"{Name} has ended. It printed:\n{string.Join('\n', seen)}");
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            _output.Writer.TryComplete();
            return;
        }

        // A gateway that complains is not measured in silence, except about the load generator hanging up when its time is over, which
        // cuts large bodies short; requests that fail before that are counted by the generator.
        if ((line.Contains("fail:", StringComparison.Ordinal) || line.Contains("warn:", StringComparison.Ordinal))
            && !line.Contains(HangUp, StringComparison.Ordinal))
        {
            Console.Error.WriteLine($"[{Name}] {(line.Length > LongestComplaint ? line[..LongestComplaint] + "..." : line)}");
        }

        _output.Writer.TryWrite(line);
    }

    [GeneratedRegex(@"(http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listens();

    [GeneratedRegex(@"^allocated (\d+)$")]
    private static partial Regex Allocated();

    [GeneratedRegex(@"^heap (\d+)$")]
    private static partial Regex Heap();
}
