using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Framegate.Plugins.Kit;

namespace Framegate.Plugins;

/// <summary>An answer in the provider's own words. Its body is bounded and read to the end.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">The headers; names are compared without case.</param>
/// <param name="Body">The bytes of the body.</param>
public sealed record NativeResponse(int Status, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    private const System.Globalization.NumberStyles Plain = System.Globalization.NumberStyles.Float & ~System.Globalization.NumberStyles.AllowExponent;

    private static readonly string[] s_errors = ["error", "errors", "error_type", "detail", "message"];

    /// <summary>True where the connection broke before the end of the body, which holds what arrived whole. Default false.</summary>
    public bool IsCut { get; init; }

    /// <summary>True for 200 to 299.</summary>
    public bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>One header.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value, or null.</returns>
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;

    /// <summary>The first JSON document of the body, in a form that every reader takes: without a byte order mark, <c>NaN</c>, needless depth, or bytes behind it.
    /// Other bytes are as they came.</summary>
    public ReadOnlyMemory<byte> Json => LenientJson.Document(Body);

    /// <summary>True when the body is about an error, whatever the status: an object, or the first one of a list, with <c>error</c>, <c>errors</c>,
    /// <c>error_type</c>, <c>detail</c> or <c>message</c>.</summary>
    public bool NamesAnError
    {
        get
        {
            var root = JsonReading.Parse(Json.Span);
            var body = root.ValueKind == JsonValueKind.Array ? root.Items().FirstOrDefault() : root;
            return s_errors.Any(name => body.Member(name).ValueKind is JsonValueKind.String or JsonValueKind.Object or JsonValueKind.Array);
        }
    }

    /// <summary>Reads the body as JSON; of an object in a list that holds nothing else, the object.</summary>
    /// <typeparam name="T">A wire record.</typeparam>
    /// <param name="type">Its source-generated description.</param>
    /// <returns>The record.</returns>
    /// <exception cref="JsonException">The body is not JSON of this shape, or is <c>null</c>.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
        where T : class =>
        Deserialized(type) ?? throw new JsonException("The provider answered null.");

    /// <summary>Reads the body as JSON where it may be anything, as in an error answer.</summary>
    /// <typeparam name="T">A wire record.</typeparam>
    /// <param name="type">Its source-generated description.</param>
    /// <returns>The record, or null when the body is not JSON of this shape.</returns>
    public T? TryRead<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Deserialized(type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the provider asks to wait: <c>retry-after-ms</c>, then <c>Retry-After</c> in seconds or as a date. A date is taken
    /// against the answer's own <c>Date</c>, so that the two clocks need not agree.</summary>
    public TimeSpan? RetryAfter
    {
        get
        {
            if (Header("retry-after-ms") is { } ms && double.TryParse(ms, Plain, System.Globalization.CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < 86_400_000)
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }

            if (Header("Retry-After") is not { } text)
            {
                return null;
            }

            return double.TryParse(text, Plain, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
                ? seconds is >= 0 and < 86_400 ? TimeSpan.FromSeconds(seconds) : null
                : Until(text);
        }
    }

    private T? Deserialized<T>(JsonTypeInfo<T> type)
        where T : class
    {
        var json = Json;
        return type.Kind == JsonTypeInfoKind.Object && json.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..] && JsonReading.Parse(json.Span).Alone() is { ValueKind: JsonValueKind.Object } alone
            ? alone.Deserialize(type)
            : JsonSerializer.Deserialize(json.Span, type);
    }

    private TimeSpan? Until(string date)
    {
        const System.Globalization.DateTimeStyles Utc = System.Globalization.DateTimeStyles.AssumeUniversal;
        return DateTimeOffset.TryParse(date, System.Globalization.CultureInfo.InvariantCulture, Utc, out var until)
            && DateTimeOffset.TryParse(Header("Date"), System.Globalization.CultureInfo.InvariantCulture, Utc, out var now)
            && until - now is var wait && wait < TimeSpan.FromDays(1)
                ? wait > TimeSpan.Zero ? wait : TimeSpan.Zero
                : null;
    }

    /// <summary>Never prints the body.</summary>
    /// <returns>Status and size.</returns>
    public override string ToString() => $"{Status}, {Body.Length} bytes";
}
