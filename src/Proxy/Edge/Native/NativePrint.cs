using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Proxy.Edge.Native;

/// <summary>What a native submit asks for, by its bytes.</summary>
internal static class NativePrint
{
    /// <summary>A larger body goes through as it comes and is not recognised.</summary>
    private const int LargestBody = 8 * 1024 * 1024;
    private const int LargestAtOnce = 16 * 1024;

    /// <summary>What the submit asks for.</summary>
    /// <returns>Null when it is too large to be looked at.</returns>
    public static async ValueTask<byte[]?> OfAsync(HttpContext context, string? target)
    {
        var request = context.Request;
        if (request.ContentLength > LargestBody)
        {
            return null;
        }

        var reader = request.BodyReader;
        while (true)
        {
            // The body is looked at as a whole and left where it is.
            var read = await reader.ReadAsync(context.RequestAborted);
            var body = read.Buffer;
            if (body.Length > LargestBody)
            {
                reader.AdvanceTo(body.Start);
                return null;
            }

            if (read.IsCompleted)
            {
                var fingerprint = Hash(context, target, body);
                reader.AdvanceTo(body.Start);
                return fingerprint;
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }

    private static byte[] Hash(HttpContext context, string? target, ReadOnlySequence<byte> body)
    {
        if (NamedIds.BoundaryOf(context.Request.ContentType) is { Length: > 0 } boundary)
        {
            return HashForm(context, target, body, Encoding.UTF8.GetBytes("--" + boundary));
        }

        var head = Head(context, target);
        var whole = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(head.Length) + (body.Length <= LargestAtOnce ? (int)body.Length : 0));
        try
        {
            var length = Encoding.UTF8.GetBytes(head, whole);
            if (body.Length <= LargestAtOnce)
            {
                body.CopyTo(whole.AsSpan(length));
                return SHA256.HashData(whole.AsSpan(0, length + (int)body.Length));
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(whole.AsSpan(0, length));
            foreach (var segment in body)
            {
                hash.AppendData(segment.Span);
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    /// <summary>What a form asks for: a client that sends it again makes another boundary, so what stands between counts, with its length.</summary>
    private static byte[] HashForm(HttpContext context, string? target, ReadOnlySequence<byte> body, ReadOnlySpan<byte> boundary)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Head(context, target)));
        var reader = new SequenceReader<byte>(body);
        for (var isLast = false; !isLast;)
        {
            if (!reader.TryReadTo(out ReadOnlySequence<byte> part, boundary))
            {
                (part, isLast) = (reader.UnreadSequence, true);
            }

            hash.AppendData(BitConverter.GetBytes(part.Length));
            foreach (var segment in part)
            {
                hash.AppendData(segment.Span);
            }
        }

        return hash.GetHashAndReset();
    }

    private static string Head(HttpContext context, string? target) =>
        $"{context.Features.Get<IHttpRequestFeature>()?.RawTarget}\n{context.Request.Headers["Idempotency-Key"]}\n{(target is null ? "" : context.Request.Headers[target])}\n";
}
