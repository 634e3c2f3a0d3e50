using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Media;

/// <summary>The files of large inputs, from when a request brings them until a provider has them. They lie beside the stored requests that name them.</summary>
internal sealed class InputFolder : IDisposable
{
    // So many threads at most wait for the disk.
    private const int Flushes = 4;
    private readonly ConcurrentDictionary<string, HeldFile> _files = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _flushing = new(Flushes, Flushes);
    private readonly string _folder;
    private readonly FolderFlush _flush;
    private readonly IOptions<MediaOptions> _options;
    private readonly ILogger<InputFolder> _logger;
    private long _bytes;

    public InputFolder(DataFolder data, FolderFlush flush, IOptions<MediaOptions> options, ILogger<InputFolder> logger)
    {
        (_flush, _options, _logger) = (flush, options, logger);
        _folder = Path.Combine(data.Path, "inputs");
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Bytes of all inputs that are held.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Where the file of an input lies.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Begins to write an input.</summary>
    /// <param name="expected">About how many bytes will come; 0 for nobody knows.</param>
    /// <param name="most">Bytes that are kept at most; of what is longer only the length is.</param>
    /// <param name="isAnswer">True for what a provider has made: it is kept byte for byte.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public InputWriter Begin(long expected, long most, bool isAnswer = false) => new(this, expected, most, _options.Value.RemoveLocation && !isAnswer);

    /// <summary>Takes room for bytes that are about to be written.</summary>
    /// <returns>False when there is none (<see cref="MediaOptions.MaxHeldBytes"/>).</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= _options.Value.MaxHeldBytes)
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>Makes inputs, and their names, survive the loss of power.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task FlushAsync(IEnumerable<HeldFile> files, CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            foreach (var file in files)
            {
                using var handle = File.OpenHandle(PathOf(file.Name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                RandomAccess.FlushToDisk(handle);
            }

            _flush.Flush(_folder);
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <summary>A stored request with its inputs in it, for whoever cannot read these files.</summary>
    /// <param name="body">The request.</param>
    /// <param name="held">The inputs that it names.</param>
    public static byte[] Whole(byte[] body, IReadOnlyList<HeldInput> held) =>
        held.Count == 0 ? body : OutgoingBody.Of(NativeRequest.PostJson("/", body) with { Held = held })!.Read().ToArray();

    /// <summary>The inputs that a stored request names. Its rest can be read with them.</summary>
    /// <remarks>One that is missing or damaged is logged; the request cannot be read without it.</remarks>
    public HeldInputs Restore(ReadOnlySpan<byte> body)
    {
        var found = new List<(HeldInput, string?)>();
        var prefix = Encoding.ASCII.GetBytes(HeldInput.Prefix + "b.");
        for (var rest = body; rest.IndexOf(prefix) is >= 0 and var at && rest.Length >= at + HeldInput.PlaceholderLength; rest = rest[(at + HeldInput.PlaceholderLength)..])
        {
            var text = Encoding.ASCII.GetString(rest.Slice(at + prefix.Length, HeldInput.PlaceholderLength - prefix.Length - 1));
            if (text.AsSpan(0, HeldInput.NameLength).ContainsAnyExcept(s_hex) || text.AsSpan(HeldInput.NameLength + 1).ContainsAnyExcept(s_hex))
            {
                continue;
            }

            var (name, sha256) = (text[..HeldInput.NameLength], text[(HeldInput.NameLength + 1)..]);
            if (_files.TryGetValue(name, out var file) || (file = Find(name, sha256)) is not null)
            {
                found.Add((file, null));
            }
        }

        return found.Count == 0 ? HeldInputs.None : new HeldInputs(found);
    }

    /// <summary>The file whose placeholder stands in a <c>data:</c> URI.</summary>
    /// <returns>Null when there is none of it.</returns>
    public HeldFile? Find(string url) => url.Length > HeldInput.PlaceholderLength && url.EndsWith('.') && url[^(HeldInput.PlaceholderLength + 1)] == ','
        && _files.TryGetValue(url.Substring(url.Length - HeldInput.NameLength - HeldInput.HashLength - 2, HeldInput.NameLength), out var file) && url.EndsWith(file.Base64, StringComparison.Ordinal)
            ? file
            : null;

    public void Dispose() => _flushing.Dispose();

    /// <summary>Deletes what no stored request names: what a request has left that came to nothing when the program ended.</summary>
    public void Sweep()
    {
        foreach (var path in Directory.EnumerateFiles(_folder).Where(p => !_files.ContainsKey(Path.GetFileName(p))))
        {
            File.Delete(path);
        }
    }

    /// <summary>An input has been written.</summary>
    internal HeldFile Add(string name, long length, string sha256)
    {
        var file = new HeldFile(this, name, length, sha256);
        _files[name] = file;
        return file;
    }

    /// <summary>Deletes the file of an input.</summary>
    internal void Delete(HeldFile file)
    {
        if (_files.TryRemove(file.Name, out _))
        {
            Delete(file.Name, file.Length);
        }
    }

    /// <summary>Deletes a file.</summary>
    internal void Delete(string name, long bytes)
    {
        Return(bytes);
        try
        {
            File.Delete(PathOf(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start sweeps it.
            Log.InputNotDeleted(_logger, name, e.Message);
        }
    }

    private static readonly System.Buffers.SearchValues<char> s_hex = System.Buffers.SearchValues.Create("0123456789abcdef");

    private HeldFile? Find(string name, string sha256)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(PathOf(name));
            using var stream = new FileStream(handle, FileAccess.Read, 0);
            var length = stream.Length;
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) == sha256)
            {
                Interlocked.Add(ref _bytes, length);
                return Add(name, length, sha256);
            }

            Log.InputLost(_logger, name, "its bytes are not those that were stored");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.InputLost(_logger, name, e is FileNotFoundException ? "it is missing" : e.Message);
        }

        return null;
    }
}
