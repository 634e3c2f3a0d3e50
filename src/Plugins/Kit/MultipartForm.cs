using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>A <c>multipart/form-data</c> body. The same content makes the same bytes: the boundary is derived from it.</summary>
public sealed class MultipartForm
{
    private readonly List<(string Head, ReadOnlyMemory<byte> Content, string? Sha256)> _parts = [];

    /// <summary>Adds a text.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value.</param>
    public void Add(string name, string value) =>
        _parts.Add(($"Content-Disposition: form-data; name=\"{Quote(name)}\"\r\n\r\n", Encoding.UTF8.GetBytes(value), null));

    /// <summary>Adds a file.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="fileName">The file's name.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="bytes">Its bytes; they are copied when the body is made.</param>
    public void AddFile(string name, string fileName, string contentType, ReadOnlyMemory<byte> bytes) => AddFile(name, fileName, contentType, bytes, null);

    /// <summary>Adds an input as a file.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="fileName">The file's name.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="input">The input; its bytes are copied when the body is made, or when that is sent.</param>
    public void AddFile(string name, string fileName, string contentType, MediaInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        AddFile(name, fileName, contentType, input.Held is { } held ? Encoding.ASCII.GetBytes(held.Raw) : input.Bytes, input.Held?.Sha256);
    }

    private void AddFile(string name, string fileName, string contentType, ReadOnlyMemory<byte> bytes, string? sha256) => _parts.Add((
        $"Content-Disposition: form-data; name=\"{Quote(name)}\"; filename=\"{Quote(fileName)}\"\r\nContent-Type: {contentType}\r\n\r\n", bytes, sha256));

    /// <summary>Adds a JSON value the way OpenAI's SDKs flatten it: <c>a[b]</c> for a member, <c>a[]</c> for an item.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value; null and undefined add nothing.</param>
    public void Add(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Add($"{name}[{property.Name()}]", property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Add($"{name}[]", item);
                }

                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            default:
                Add(name, value.Text() ?? value.GetRawText());
                break;
        }
    }

    /// <summary>The whole form.</summary>
    /// <returns>The body with its media type, the boundary included.</returns>
    public NativeBody ToBody()
    {
        var boundary = Boundary();
        var size = _parts.Sum(p => (long)p.Content.Length + p.Head.Length + boundary.Length + 16);
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(size + 128, 1024 * 1024 * 1024));
        foreach (var (head, content, _) in _parts)
        {
            Write(buffer, $"--{boundary}\r\n{head}");
            buffer.Write(content.Span);
            Write(buffer, "\r\n");
        }

        Write(buffer, $"--{boundary}--\r\n");
        return new NativeBody(buffer.WrittenMemory, $"multipart/form-data; boundary={boundary}");
    }

    private string Boundary()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (head, content, sha256) in _parts)
        {
            // A placeholder differs each time; what it stands for does not.
            hash.AppendData(Encoding.UTF8.GetBytes(head));
            hash.AppendData(sha256 is null ? content.Span : Encoding.ASCII.GetBytes(sha256));
        }

        // Content that holds its own hash is next to impossible; the check makes it impossible to be wrong about it.
        var digest = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
        for (var attempt = 0; ; attempt++)
        {
            var boundary = string.Create(CultureInfo.InvariantCulture, $"framegate-{digest}-{attempt}");
            var bytes = Encoding.ASCII.GetBytes(boundary);
            if (_parts.TrueForAll(p => p.Content.Span.IndexOf(bytes) < 0 && !p.Head.Contains(boundary, StringComparison.Ordinal)))
            {
                return boundary;
            }
        }
    }

    // As browsers do it (WHATWG HTML, multipart form data): a name cannot end its header.
    private static string Quote(string text) => text
        .Replace("\"", "%22", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static void Write(ArrayBufferWriter<byte> buffer, string text) => Encoding.UTF8.GetBytes(text, buffer);
}
