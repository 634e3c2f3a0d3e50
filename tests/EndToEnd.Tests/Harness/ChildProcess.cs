using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>A program of this repository, started as its users start it. Its output is kept; it never outlives its test.</summary>
public class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);
    private static readonly string[] _ownVariables = ["BFL_API_KEY", "OPENAI_API_KEY", "ASPNETCORE_URLS"];
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<string, string?> _readyLine;
    private bool _mayHaveEnded;

    /// <summary>Starts it.</summary>
    /// <param name="assembly">The file in <see cref="Repository.Programs"/>.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="variables">Set on top of the test's own environment, which is cleared of all that the program reads.</param>
    /// <param name="readyLine">Finds what <see cref="ReadyAsync"/> returns in a line of the output.</param>
    protected ChildProcess(
        string assembly, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> variables, Func<string, string?> readyLine)
    {
        _readyLine = readyLine;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = folder,
            // No terminal, whatever the tests are started from.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(Repository.Programs, assembly));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(k => _ownVariables.Contains(k) || k.StartsWith("FRAMEGATE", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"{assembly} ended early."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it has written so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Waits until it has written a text: its log is written behind its answers.</summary>
    /// <returns>Everything it has written by then.</returns>
    public Task<string> WroteAsync(string text) => Eventually.GetAsync(() => Task.FromResult(Output), o => o.Contains(text, StringComparison.Ordinal));

    /// <summary>The most memory it has held at once so far, in bytes, as Linux counts it.</summary>
    public long PeakMemory => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))["VmHWM:".Length..^"kB".Length],
        NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
        CultureInfo.InvariantCulture);

    /// <summary>What the ready line said.</summary>
    protected async Task<string> ReadyAsync()
    {
        try
        {
            return await _ready.Task.WaitAsync(_startTimeout, TimeProvider.System);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            throw new InvalidOperationException($"{e.Message} It wrote:\n{Output}", e);
        }
    }

    /// <summary>SIGKILL: nothing is tidied up.</summary>
    public async Task KillAsync()
    {
        _mayHaveEnded = true;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM: it is asked to stop.</summary>
    public async Task TerminateAsync()
    {
        _mayHaveEnded = true;
        await SignalAsync("TERM");
    }

    /// <summary>Sends a signal, by its name without SIG.</summary>
    public async Task SignalAsync(string name)
    {
        // The shell's own: not every machine has a program of this name.
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {_process.Id}")]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        _mayHaveEnded = true;
        await _process.WaitForExitAsync().WaitAsync(_startTimeout, TimeProvider.System);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        var died = _process.HasExited && !_mayHaveEnded ? $"It ended by itself, with {_process.ExitCode}, and wrote:\n{Output}" : null;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        await ReleaseAsync();
        GC.SuppressFinalize(this);
        if (died is not null)
        {
            throw new InvalidOperationException(died);
        }
    }

    /// <summary>Whatever else goes with the process.</summary>
    protected virtual ValueTask ReleaseAsync() => ValueTask.CompletedTask;

    private void Take(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text)
        {
            return;
        }

        _output.Enqueue(text);
        if (_readyLine(text) is { } ready)
        {
            _ready.TrySetResult(ready);
        }
    }
}
