using System.Text;
using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>An id in the places that a mapping has left for it.</summary>
internal static class PlacedId
{
    /// <summary>A call with an id wherever its mapping asks for one.</summary>
    /// <param name="call">The mapped call.</param>
    /// <param name="id">A UUID.</param>
    public static NativeRequest Fill(NativeRequest call, string id) => !call.TakesAttemptId ? call : call with
    {
        Target = Filled(call.Target, id),
        Headers = [.. call.Headers.Select(h => KeyValuePair.Create(h.Key, Filled(h.Value, id)))],
        Body = call.Body is { } body ? body with { Bytes = Filled(body.Bytes, id) } : null,
    };

    /// <summary>A question with an id of its own, where it asks for one.</summary>
    public static NativeRequest FillNew(NativeRequest question) => question.TakesAttemptId ? Fill(question, Guid.NewGuid().ToString()) : question;

    private static string Filled(string text, string id) => text.Replace(NativeRequest.AttemptId, id, StringComparison.Ordinal).Replace(Plain(NativeRequest.AttemptId), Plain(id), StringComparison.Ordinal);

    private static byte[] Filled(ReadOnlyMemory<byte> body, string id)
    {
        var bytes = body.ToArray();
        Overwrite(bytes, NativeRequest.AttemptId, id);
        Overwrite(bytes, Plain(NativeRequest.AttemptId), Plain(id));
        return bytes;
    }

    /// <summary>Puts one text in the place of another of the same length.</summary>
    private static void Overwrite(Span<byte> bytes, string old, string id)
    {
        var (from, to) = (Encoding.ASCII.GetBytes(old), Encoding.ASCII.GetBytes(id));
        for (var at = bytes.IndexOf(from); at >= 0; at = bytes.IndexOf(from))
        {
            to.CopyTo(bytes[at..]);
            bytes = bytes[(at + to.Length)..];
        }
    }

    /// <summary>Templates may take the dashes out.</summary>
    private static string Plain(string id) => id.Replace("-", "", StringComparison.Ordinal);
}
