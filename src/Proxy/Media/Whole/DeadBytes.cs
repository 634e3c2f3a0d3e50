namespace Framegate.Proxy.Media.Whole;

/// <summary>
/// Zeros where a coder leaves none: a file that was cut at its source and has kept its length, as a copy has that was broken off. What is compressed looks like noise; a long run
/// of zeros in it was never written.
/// </summary>
internal static class DeadBytes
{
    /// <summary>More zeros in a row than a coder of movies writes.</summary>
    public const int InMovies = 1024;

    /// <summary>More than a coder of pictures or of lossless sounds writes, and than what is put beside them for later use.</summary>
    public const int InPictures = 8192;

    /// <summary>Whether a part of a file has that many zeros in a row. The walker is left behind it.</summary>
    public static async ValueTask<bool> AnyAsync(ByteWalker file, long from, long to, int run)
    {
        var zeros = 0;
        for (file.Offset = from; file.Offset < to && await file.HasAsync(1);)
        {
            var count = (int)Math.Min(file.Here.Length, to - file.Offset);
            if (HasRun(file.Here[..count], run, ref zeros))
            {
                return true;
            }

            file.Offset += count;
        }

        return false;
    }

    /// <summary>Whether what a coder has written begins with nothing but zeros.</summary>
    /// <param name="file">The file, which is left anywhere.</param>
    /// <param name="from">Where it begins.</param>
    /// <param name="size">How long it is.</param>
    /// <param name="most">How many bytes are looked at.</param>
    public static async ValueTask<bool> BeginsAsync(ByteWalker file, long from, long size, int most)
    {
        var count = (int)Math.Min(size, most);
        file.Offset = from;
        return count >= 8 && await file.HasAsync(count) && file.Here[..count].IndexOfAnyExcept((byte)0) < 0;
    }

    private static bool HasRun(ReadOnlySpan<byte> bytes, int run, ref int zeros)
    {
        while (!bytes.IsEmpty)
        {
            var next = bytes.IndexOfAnyExcept((byte)0);
            zeros += next < 0 ? bytes.Length : next;
            if (zeros >= run)
            {
                return true;
            }

            if (next < 0)
            {
                return false;
            }

            zeros = 0;
            bytes = bytes[next..];
            var zero = bytes.IndexOf((byte)0);
            bytes = zero < 0 ? [] : bytes[zero..];
        }

        return false;
    }
}
