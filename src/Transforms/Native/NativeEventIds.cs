using System.Buffers;

namespace Framegate.Transforms.Native;

/// <summary>Finds the ids in a native answer that comes as a stream of events: of the job, in the first event that names one, and of what it has made, in all of them.</summary>
/// <param name="readsJob">Whether the answer names a job.</param>
/// <param name="made">The member that holds the ids of what a job has made; null for none.</param>
public sealed class NativeEventIds(bool readsJob, string? made)
{
    /// <summary>Of a longer line the beginning is read.</summary>
    private const int LongestLine = 64 * 1024;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private bool _readsJob = readsJob;

    /// <summary>Takes the next piece of the stream.</summary>
    /// <param name="piece">The piece, wherever it ends.</param>
    /// <returns>The ids in the lines that it ends, without those that were returned before.</returns>
    public IReadOnlyList<string> Feed(ReadOnlySpan<byte> piece)
    {
        List<string>? found = null;
        while (true)
        {
            var end = piece.IndexOfAny((byte)'\n', (byte)'\r');
            var part = end < 0 ? piece : piece[..end];
            _line.Write(part[..Math.Min(part.Length, LongestLine - _line.WrittenCount)]);
            if (end < 0)
            {
                return found ?? [];
            }

            Read(ref found);
            piece = piece[(end + 1)..];
        }
    }

    /// <summary>The stream has ended.</summary>
    /// <returns>The ids in its last line.</returns>
    public IReadOnlyList<string> End() => Feed("\n"u8);

    private void Read(ref List<string>? found)
    {
        var line = _line.WrittenSpan;
        if (line.StartsWith("data:"u8))
        {
            if (_readsJob && NativeJobId.ReadEvent(line) is { } job)
            {
                _readsJob = false;
                Add(job, ref found);
            }

            foreach (var id in made is not null ? NativeMadeIds.Read(line[5..], made) : (IEnumerable<string>)[])
            {
                Add(id, ref found);
            }
        }

        _line.ResetWrittenCount();
    }

    private void Add(string id, ref List<string>? found)
    {
        if (_known.Add(id))
        {
            (found ??= []).Add(id);
        }
    }
}
