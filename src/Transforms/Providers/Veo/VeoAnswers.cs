using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Long-running operations as outcomes; both APIs' results are read, whichever answers.</summary>
internal static class VeoAnswers
{
    private const string Mp4 = "video/mp4";
    private const string Bucket = "gs://";
    private static readonly string[] s_lists = ["videos", "generatedSamples"];
    private static readonly JobReader s_reader = new(
        "Veo", VeoFailures.OperationNotFound, VeoFailures.Read, idPart: name => name[(name.LastIndexOf('/') + 1)..]); // the project has a name and a number

    public static JobOutcome ReadSubmit(NativeResponse response, ModelInfo model)
    {
        var operation = s_reader.ObjectOf(response);
        var name = operation.Member("name").Text();
        if (name is null || !IsName(name))
        {
            throw new JsonException("Veo took a request without naming the operation.");
        }

        var job = new JobHandle(name, model.Id);
        return Finished(operation) is { } end and not JobOutcome.Unreadable ? end : new JobOutcome.Running(job);
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job) => s_reader.ReadPoll(
        response, job, s_reader.ObjectOf, operation => operation.Member("name"), operation =>
        Finished(operation) ?? (operation.Member("name").Text() is null && operation.Member("done").ValueKind == JsonValueKind.Undefined
            ? new JobOutcome.Unreadable(ProviderFailure.Unclear("Veo answered with something that is no operation."))
            : new JobOutcome.Running(job)));

    /// <summary>The Gemini API's path of an operation. Each part of the name is a part of the path.</summary>
    public static string PathOf(string name) => "/v1beta/" + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    // Nothing in it may climb the path it becomes.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 1024 && name.Split('/').All(part => part.Length > 0 && part is not ("." or ".."));

    /// <summary>Null while the operation runs.</summary>
    private static JobOutcome? Finished(JsonElement operation)
    {
        if (operation.Member("done") is var done && done.ValueKind != JsonValueKind.True && !"true".Equals(done.Text(), StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var response = operation.Member("response");
        var result = response.Member("generateVideoResponse") is { ValueKind: JsonValueKind.Object } inner ? inner : response;
        var media = new List<MediaSource>();
        foreach (var item in result.Member("videos").OneOrMore().Concat(result.Member("generatedSamples").OneOrMore()))
        {
            media.Add(SourceOf(item.Member("video") is { ValueKind: JsonValueKind.Object or JsonValueKind.String } video ? video : item));
        }

        // An error without a word in it is the form of none, and one beside clips does not take them away. Beside clips that cannot be fetched nobody knows whether they were paid for.
        var isError = operation.Member("error") is { ValueKind: JsonValueKind.Object } error ? error.EnumerateObject().Any() : operation.Member("error").Text() is { Length: > 0 };
        return (isError, Judge(media, result)) switch
        {
            (true, JobOutcome.Succeeded made) => made with { Warnings = [.. made.Warnings, VeoFailures.OfOperation(operation.Member("error")).Message] },
            (true, _) when media.Count > 0 => new JobOutcome.Failed(VeoFailures.OfOperation(operation.Member("error")) with { Billed = Billed.Unknown, Retryable = false }),
            (true, _) => new JobOutcome.Failed(VeoFailures.OfOperation(operation.Member("error"))),
            (_, var outcome) => outcome,
        };
    }

    private static JobOutcome Judge(List<MediaSource> media, JsonElement result)
    {
        string[] reasons = [.. result.Member("raiMediaFilteredReasons").Items().Select(r => r.Text()).OfType<string>().Where(r => r.Length > 0)];
        var filtered = Math.Max(result.Member("raiMediaFilteredCount").AnyWhole() ?? 0, 0);
        if (filtered == 0 && reasons.Length == 0 && IsUnreadable(media, result))
        {
            // Something was made, and is paid for.
            return new JobOutcome.Unreadable(new ProviderFailure(ErrorCode.ProviderError, "Veo reports the operation as done and names no clip in a form that can be fetched.")
            {
                Acceptance = Acceptance.Yes,
            });
        }

        if (media.Count > 0 && media.Exists(m => m.Url.Length > 0))
        {
            return new JobOutcome.Succeeded(media) { LeftOut = (int)Math.Min(filtered, int.MaxValue), Warnings = filtered == 0 ? [] : [Warning(filtered, media.Count, reasons)] };
        }

        return new JobOutcome.Failed(filtered > 0 || reasons.Length > 0 ? VeoFailures.Filtered(string.Join(' ', reasons.Take(4))) : VeoFailures.NothingMade);
    }

    private static string Warning(long filtered, int made, string[] reasons)
    {
        var code = reasons.Select(VeoSafety.CodeIn).FirstOrDefault(c => c is not null);
        var why = VeoSafety.CategoryOf(code) ?? ProviderText.Clean(reasons.FirstOrDefault());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{filtered} of {filtered + made} clips fell to Veo's content filter{(why is null ? "" : $" ({why})")}; only delivered clips are charged, the estimated cost is for all.");
    }

    private static bool IsUnreadable(List<MediaSource> media, JsonElement result) => media.Count > 0
        ? media.All(m => m.Url.Length == 0)
        : s_lists.All(l => result.Member(l).ValueKind is JsonValueKind.Undefined or JsonValueKind.Null);

    private static MediaSource SourceOf(JsonElement video)
    {
        var type = video.Member("mimeType").Text() is { Length: > 0 and < 128 } named ? named : Mp4;
        foreach (var field in (ReadOnlySpan<string>)["bytesBase64Encoded", "encodedVideo", "videoBytes"])
        {
            if (video.Member(field) is { ValueKind: JsonValueKind.String } bytes && DataUri(type, bytes) is { } inline)
            {
                return new MediaSource(MediaType.Video, inline) { ContentType = type };
            }
        }

        var address = video.Member("gcsUri").Address() ?? video.Address() ?? "";
        return UrlOf(address) is { } url
            ? new MediaSource(MediaType.Video, url) { ContentType = type }
            : new MediaSource(MediaType.Video, address) { ContentType = type, IsAsNamed = true };
    }

    // gs://bucket/a/b.mp4 is fetched from Cloud Storage; "files/abc" is a file of the Gemini API.
    private static string? UrlOf(string uri)
    {
        if (uri.StartsWith(Bucket, StringComparison.Ordinal))
        {
            var slash = uri.IndexOf('/', Bucket.Length);
            return slash > Bucket.Length && slash < uri.Length - 1
                ? $"https://{VeoLinks.Storage}/storage/v1/b/{Uri.EscapeDataString(uri[Bucket.Length..slash])}/o/{Uri.EscapeDataString(uri[(slash + 1)..])}?alt=media"
                : null;
        }

        if (uri.StartsWith("files/", StringComparison.Ordinal) && uri["files/".Length..] is var id && id.Length > 0 && id.All(char.IsAsciiLetterOrDigit))
        {
            return $"/v1beta/files/{id}:download?alt=media";
        }

        return null;
    }

    // A clip of tens of megabytes: written once, straight from the bytes of the answer.
    private static string? DataUri(string type, JsonElement base64)
    {
        var raw = JsonMarshal.GetRawUtf8Value(base64)[1..^1];
        if (raw.IndexOf((byte)'\\') >= 0)
        {
            return base64.Text() is { Length: > 0 } text ? $"data:{type};base64,{text}" : null;
        }

        var prefix = $"data:{type};base64,";
        return raw.Length == 0 ? null : string.Create(prefix.Length + raw.Length, new Inline(prefix, raw), static (target, source) =>
        {
            source.Prefix.CopyTo(target);
            Encoding.Latin1.GetChars(source.Base64, target[source.Prefix.Length..]);
        });
    }

    private readonly ref struct Inline(string prefix, ReadOnlySpan<byte> base64)
    {
        public readonly string Prefix = prefix;
        public readonly ReadOnlySpan<byte> Base64 = base64;
    }
}
