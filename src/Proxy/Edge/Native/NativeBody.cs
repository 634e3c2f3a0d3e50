using System.Buffers;
using System.Text.Json;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Looks into the body of a native call and leaves it where it is.</summary>
internal static class NativeBody
{
    /// <summary>A body that names a job is far smaller than one that holds media.</summary>
    private const int Largest = 1024 * 1024;

    /// <summary>The values of a member of a JSON body; more than one where it stands there twice.</summary>
    /// <param name="request">The request.</param>
    /// <param name="member">The member, with a dot between the names of nested ones. Of a value that is a path the last part counts.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    /// <returns>Nothing when the body has no such text, is larger than 1 MiB, or is no JSON object.</returns>
    public static async ValueTask<IReadOnlyList<string>> TextsAsync(HttpRequest request, string member, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted || read.Buffer.Length > Largest)
            {
                var texts = read.Buffer.Length > Largest ? [] : Texts(read.Buffer, member.Split('.'));
                reader.AdvanceTo(read.Buffer.Start);
                return texts;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static List<string> Texts(ReadOnlySequence<byte> body, ReadOnlySpan<string> member)
    {
        var texts = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(body);
            Collect(document.RootElement, member, texts);
        }
        catch (JsonException)
        {
            // A form, or nothing that a provider could read.
        }

        return texts;
    }

    private static void Collect(JsonElement element, ReadOnlySpan<string> member, List<string> texts)
    {
        if (member.IsEmpty)
        {
            if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text)
            {
                texts.Add(text[(text.LastIndexOf('/') + 1)..]);
            }

            return;
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.NameEquals(member[0]))
                {
                    Collect(property.Value, member[1..], texts);
                }
            }
        }
    }
}
