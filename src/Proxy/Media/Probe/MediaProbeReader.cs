namespace Framegate.Proxy.Media.Probe;

/// <summary>Reads pieces of a file at any offset, within a budget: a hostile header must not make the probe read the whole file.</summary>
/// <param name="stream">The file.</param>
/// <param name="cancel">Ends the reading.</param>
/// <param name="steps">How many boxes, chunks or segments of it are looked at.</param>
internal sealed class MediaProbeReader(Stream stream, CancellationToken cancel, int steps = MediaProbeReader.MaxSteps)
{
    /// <summary>How many bytes are read of one file at most.</summary>
    public const int Budget = 256 * 1024;

    /// <summary>How many boxes, chunks or segments of one file are looked at, as a rule.</summary>
    public const int MaxSteps = 64;

    private int _left = Budget;
    private int _steps = steps;

    public long Length { get; } = stream.Length;

    /// <summary>Counts one box, chunk or segment.</summary>
    /// <returns>False when the bound is reached.</returns>
    public bool Step() => _steps-- > 0;

    /// <summary>Reads a piece.</summary>
    /// <param name="offset">From the start of the file; any number.</param>
    /// <param name="count">How many bytes.</param>
    /// <returns>The bytes; empty unless all of them are there.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count || count > _left)
        {
            return default;
        }

        _left -= count;
        var bytes = new byte[count];
        stream.Position = offset;
        var read = await stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancel);
        return read == count ? bytes : default;
    }
}
