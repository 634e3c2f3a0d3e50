using System.Net;
using System.Text;
using System.Text.Json;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>An answer, read to its end.</summary>
public sealed class HttpAnswer
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private JsonElement? _json;

    private HttpAnswer(HttpStatusCode status, byte[] body) => (Status, Body) = ((int)status, body);

    public int Status { get; }

    public byte[] Body { get; }

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => _json ??= Parse();

    public string? Header(string name) => _headers.GetValueOrDefault(name);

    public override string ToString() => $"{Status} {Text}";

    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var answer = new HttpAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync());
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            {
                answer._headers[name] = string.Join(", ", values);
            }

            return answer;
        }
    }

    private JsonElement Parse()
    {
        using var document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }
}
