using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>fal's error, in whichever of its shapes it comes: the model's <c>{ detail: [{ loc, msg, type }] }</c>, the infrastructure's
/// <c>{ detail, error_type }</c>, the platform's <c>{ error: { type, message } }</c>, or a finished status with <c>error</c>.</summary>
/// <param name="Type">What went wrong; null when it is not named.</param>
/// <param name="Text">For people; null when there is nothing.</param>
internal readonly record struct PikaError(string? Type, string? Text)
{
    private const string Policy = "content_policy_violation";

    public static PikaError Of(NativeResponse response)
    {
        var error = Of(JsonReading.Parse(response.Json.Span).Alone());
        return error.Type is null && response.Header("X-Fal-Error-Type") is { Length: > 0 } header ? error with { Type = header } : error;
    }

    public static PikaError Of(JsonElement body)
    {
        var (detail, error) = (body.Member("detail"), body.Member("error"));
        JsonElement[] items = [.. detail.Items().Take(20)];

        // One refusal among other complaints is what matters.
        var type = items.Select(i => i.Member("type").Text()).OfType<string>().OrderByDescending(t => t == Policy).FirstOrDefault()
            ?? body.Member("error_type").Text() ?? error.Member("type").Text() ?? error.Member("error_type").Text();
        var text = items.Length > 0
            ? string.Join("; ", items.Take(5).Select(Line).Where(line => line.Length > 0))
            : detail.Text() ?? error.Text() ?? error.Member("message").Text() ?? body.Member("message").Text();
        return new PikaError(string.IsNullOrWhiteSpace(type) ? null : type, text);
    }

    // Never "input": that is the prompt.
    private static string Line(JsonElement item)
    {
        var where = string.Join('.', item.Member("loc").Items()
            .Select(part => part.Text() ?? part.AnyWhole()?.ToString(CultureInfo.InvariantCulture)).Where(part => part is not null and not "body"));
        var what = item.Member("msg").Text() ?? "";
        return where.Length == 0 ? what : $"{where}: {what}";
    }
}
