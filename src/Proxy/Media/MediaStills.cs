using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media;

/// <summary>
/// Small pictures of stored clips and pictures, drawn by ffmpeg when they are first asked for and kept beside the media until the file goes. It is a stranger's: the
/// decoder gets no network, one thread, a bounded memory and time, and there are two of it at most.
/// </summary>
internal sealed class MediaStills(DataFolder data, IOptionsMonitor<MediaOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>The media type of all of them.</summary>
    public const string ContentType = "image/jpeg";

    private const string FolderName = "drawn";
    private const int AtOnce = 2;
    private const int MemoryKiB = 3 * 1024 * 1024;
    private const int Tiles = 4;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _room = new(AtOnce);

    public void Dispose() => _room.Dispose();

    /// <summary>The file of a still; it is drawn where it is not there yet.</summary>
    /// <param name="clip">The path of the clip.</param>
    /// <param name="id">Its id.</param>
    /// <param name="kind">What to draw.</param>
    /// <param name="seconds">How long the clip is; null where nobody knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The path; else why there is none, for people.</returns>
    public async Task<(string? Path, string? WhyNot)> DrawAsync(string clip, string id, StillKind kind, double? seconds, CancellationToken cancellationToken)
    {
        var path = PathOf(Path.Combine(data.Path, "media"), id, kind);
        if (File.Exists(path))
        {
            return (path, null);
        }

        if (options.CurrentValue.Ffmpeg is not { Length: > 0 } program)
        {
            return (null, "Nothing is drawn here: Media:Ffmpeg names no program.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var alarm = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), limit, s_longest, Timeout.InfiniteTimeSpan);
        try
        {
            await _room.WaitAsync(limit.Token);
            try
            {
                return File.Exists(path) ? (path, null) : await RunAsync(program, clip, path, FilterOf(kind, seconds), limit.Token);
            }
            finally
            {
                _room.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"Drawing took longer than {s_longest.TotalSeconds} s."));
        }
    }

    /// <summary>Deletes what was drawn of a clip.</summary>
    /// <param name="folder">The folder of media.</param>
    /// <param name="id">The clip's id.</param>
    public static void Delete(string folder, string id)
    {
        foreach (var kind in Enum.GetValues<StillKind>())
        {
            if (PathOf(folder, id, kind) is var path && File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }

    private static string PathOf(string folder, string id, StillKind kind) => Path.Combine(folder, FolderName, id[^2..], $"{id}.{kind.ToString().ToLowerInvariant()}.jpg");

    private static string FilterOf(StillKind kind, double? seconds) => kind switch
    {
        StillKind.Thumbnail => "thumbnail=24,scale='min(1280,iw)':-2",
        StillKind.Preview => "thumbnail=24,scale='min(480,iw)':-2",
        _ => string.Create(CultureInfo.InvariantCulture, $"fps={Tiles * Tiles / Math.Max(seconds ?? Tiles, 0.5):0.####},scale=240:-2,tile={Tiles}x{Tiles}"),
    };

    private static async Task<(string? Path, string? WhyNot)> RunAsync(string program, string clip, string path, string filter, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var made = $"{path}.{Guid.NewGuid():N}.tmp";
        using var process = new Process { StartInfo = StartOf(program, clip, made, filter) };
        try
        {
            process.Start();
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0 || !File.Exists(made))
            {
                return (null, process.ExitCode is 126 or 127 ? NotStarted(program) : $"ffmpeg could not read the file (exit code {process.ExitCode}).");
            }

            File.Move(made, path, overwrite: true);
            return (path, null);
        }
        catch (Win32Exception)
        {
            return (null, NotStarted(program));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            File.Delete(made);
        }
    }

    private static string NotStarted(string program) => $"'{program}' cannot be started; Media:Ffmpeg names the program that draws stills.";

    private static ProcessStartInfo StartOf(string program, string clip, string made, string filter)
    {
        string[] arguments =
        [
            "-nostdin", "-loglevel", "quiet", "-threads", "1", "-protocol_whitelist", "file", "-i", clip, "-an", "-sn", "-filter_threads", "1", "-vf", filter, "-frames:v", "1", "-update", "1", "-q:v", "4",
            "-f", "image2", "-c:v", "mjpeg", "-y", made,
        ];
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program, arguments) { UseShellExecute = false }
            : new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -v {MemoryKiB}; exec \"$0\" \"$@\"", program, .. arguments]) { UseShellExecute = false };
        // Providers' keys are in this process's environment.
        var search = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = search;
        return start;
    }
}

/// <summary>What is drawn of a clip.</summary>
internal enum StillKind
{
    /// <summary>One frame that stands for the clip, at most 1280 pixels wide.</summary>
    Thumbnail,

    /// <summary>Sixteen frames over its length, four by four, 240 pixels wide each.</summary>
    Spritesheet,

    /// <summary>One frame, or the picture, at most 480 pixels wide: what a list shows.</summary>
    Preview,
}
