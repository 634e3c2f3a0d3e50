using System.Buffers;
using System.Text;

namespace Framegate.Transforms.Native;

/// <summary>A piece of an answer with other links in it, in memory that is lent and given back.</summary>
public sealed class LinkBuffer : IDisposable
{
    private byte[] _bytes = [];

    /// <summary>How much has been written.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written; good until the next change.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Appends bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends text as UTF-8, without any escaping.</summary>
    /// <param name="text">The text.</param>
    public void Write(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Length += Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length)));
    }

    /// <summary>Takes back what was written last.</summary>
    /// <param name="length">What remains, from the start.</param>
    public void Truncate(int length) => Length = Math.Min(length, Length);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, Length) = ([], 0);
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + bytes, _bytes.Length * 2));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }
}
