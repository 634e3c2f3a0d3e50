using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Forwarding;

/// <summary>What goes out of a native request: its body, with the bytes of inputs in the places of their placeholders.</summary>
public sealed class OutgoingBody
{
    private static readonly byte[] s_prefix = Encoding.ASCII.GetBytes(HeldInput.Prefix);
    private readonly List<Part> _parts = [];

    private OutgoingBody(NativeBody body, IReadOnlyList<HeldInput> held)
    {
        var bytes = body.Bytes;
        for (var from = 0; held.Count > 0 && bytes.Span[from..].IndexOf(s_prefix) is >= 0 and var at;)
        {
            at += from;
            if (Find(bytes.Span[at..], held) is not var (input, isBase64))
            {
                from = at + 1;
                continue;
            }

            _parts.Add(new Part(bytes[..at], null, false));
            _parts.Add(new Part(default, input, isBase64));
            (bytes, from) = (bytes[(at + HeldInput.PlaceholderLength)..], 0);
        }

        _parts.Add(new Part(bytes, null, false));
        Length = _parts.Sum(p => p.Length);
    }

    /// <summary>How many bytes go out.</summary>
    public long Length { get; }

    /// <summary>All of it, where no input is put in; null where one is.</summary>
    public ReadOnlyMemory<byte>? Whole => _parts is [{ Input: null } only] ? only.Literal : default(ReadOnlyMemory<byte>?);

    /// <summary>What goes out of a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Null where it has no body.</returns>
    public static OutgoingBody? Of(NativeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Body is { } body ? new OutgoingBody(body, request.Held) : null;
    }

    /// <summary>Opens it.</summary>
    /// <returns>A stream at its beginning, and nowhere else to be set to; its caller disposes of it.</returns>
    /// <exception cref="IOException">The bytes of an input are gone.</exception>
    public Stream Open() => new FilledStream([.. _parts.Select(p => (p.Literal, p.Input?.Open(), p.IsBase64))], Length);

    /// <summary>All of it in memory, for who must see it at once.</summary>
    /// <returns>The bytes.</returns>
    /// <exception cref="IOException">The bytes of an input are gone.</exception>
    public ReadOnlyMemory<byte> Read()
    {
        if (Whole is { } whole)
        {
            return whole;
        }

        using var stream = Open();
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static (HeldInput Input, bool IsBase64)? Find(ReadOnlySpan<byte> at, IReadOnlyList<HeldInput> held)
    {
        foreach (var input in held)
        {
            foreach (var (text, isBase64) in new[] { (input.Base64, true), (input.Raw, false) })
            {
                if (at.Length >= text.Length && Ascii.Equals(at[..text.Length], text))
                {
                    return (input, isBase64);
                }
            }
        }

        return null;
    }

    private sealed record Part(ReadOnlyMemory<byte> Literal, HeldInput? Input, bool IsBase64)
    {
        public long Length => Input is null ? Literal.Length : IsBase64 ? (Input.Length + 2) / 3 * 4 : Input.Length;
    }
}
