using System.Runtime.InteropServices;
using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>Reads a unified request of schema 2.0 strictly.</summary>
public static partial class GenerationRequestReader
{
    /// <summary>The longest prompt of any model, characters.</summary>
    public const int MaxPromptLength = 131_072;

    /// <summary>The longest name of a model or a voice, characters.</summary>
    public const int MaxNameLength = 200;

    /// <summary>The largest <c>metadata</c>, bytes of JSON.</summary>
    public const int MaxMetadataBytes = 16 * 1024;

    /// <summary>The largest inline image, bytes after decoding.</summary>
    public const int MaxInlineImageBytes = 20 * 1024 * 1024;

    /// <summary>The largest inline clip, bytes after decoding.</summary>
    public const int MaxInlineVideoBytes = 50 * 1024 * 1024;

    /// <summary>How many errors are reported at most.</summary>
    public const int MaxErrors = 20;

    /// <summary>How deep a request may be nested.</summary>
    public const int MaxDepth = 32;

    private const int MaxProviderLength = 64;
    private const int MaxRequestIdLength = 128;
    private static readonly string[] _versions = [GenerationRequest.CurrentVersion];

    /// <summary>Reads a request. Whether the provider and the model exist is for the host to check.</summary>
    /// <param name="utf8">The body. Nothing in the result refers to it.</param>
    /// <returns>The request, or everything that is wrong with it. Never throws, whatever the bytes.</returns>
    public static GenerationRequestReading Read(ReadOnlyMemory<byte> utf8) => Read(utf8, HeldInputs.None, fromOlder: false);

    /// <summary>Reads a request that may come from an older version, whose metadata were the caller's notes and nothing else.</summary>
    internal static GenerationRequestReading Read(ReadOnlyMemory<byte> utf8, HeldInputs held, bool fromOlder)
    {
        var errors = new FieldErrorList();
        using var document = JsonBody.Parse(utf8, errors);
        if (document is null)
        {
            return new GenerationRequestReading(null, errors.ToList(), null);
        }

        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            errors.Add("$", $"The body must be a JSON object, not {JsonText.KindOf(root)}.");
            return new GenerationRequestReading(null, errors.ToList(), null);
        }

        return FieldReader.NamesOf(root, "$", errors) is { } names
            ? ReadBody(root, names, new FieldReader(root, names, "$", errors), held, fromOlder)
            : new GenerationRequestReading(null, errors.ToList(), null);
    }

    private static GenerationRequestReading ReadBody(JsonElement root, string[] names, FieldReader fields, HeldInputs held, bool fromOlder)
    {
        var ambiguousId = fields.Errors.Has("request_id");
        if (fields.TryGetText("schema_version", out var version) && version != GenerationRequest.CurrentVersion)
        {
            // What else is wrong is for the rules of that version to report.
            fields.Add("schema_version", "It is none of the allowed values.", _versions);
            var id = ambiguousId ? null : ReadRequestId(new FieldReader(root, names, "$", new FieldErrorList()));
            return new GenerationRequestReading(null, fields.Errors.ToList(), id) { SchemaVersion = version };
        }

        foreach (var name in names)
        {
            if (!ContractNames.RequestFieldSet.Contains(name))
            {
                fields.Errors.Add(FieldErrorList.PathOf("$", name), "It is no field of a request.", ContractNames.RequestFields);
            }
        }

        var requestId = ReadRequestId(fields);
        var request = new GenerationRequest
        {
            RequestId = requestId,
            Provider = ReadProvider(fields) ?? "",
            Model = Required(fields, "model") ? fields.Text("model", 1, MaxNameLength) ?? "" : "",
            Prompt = fields.Prose("prompt", 0, MaxPromptLength) ?? "",
            MediaType = ReadMediaType(fields) ?? default,
            Parameters = ReadParameters(fields, held),
            Metadata = ReadMetadata(fields, fromOlder),
            Timestamp = ReadTimestamp(fields),
            Timeout = ReadTimeout(fields) ?? TimeSpan.FromSeconds(300),
            Retry = ReadRetry(fields),
            CallbackUrl = ReadCallbackUrl(fields),
            CallbackEvents = ReadCallbackEvents(fields),
            Held = held.Count == 0 ? [] : [.. held.All],
        };
        if (held.Count > 0 && fields.Errors.Count == 0 && held.Misplaced(request.Parameters) is { } misplaced)
        {
            fields.Errors.Add("$", misplaced);
        }

        var errors = fields.Errors.ToList();
        return new GenerationRequestReading(errors.Count == 0 ? request : null, errors, ambiguousId ? null : requestId);
    }

    private static bool Required(FieldReader fields, string name)
    {
        if (fields.TryGet(name, out _))
        {
            return true;
        }

        fields.Add(name, "It is required.");
        return false;
    }

    private static string? ReadRequestId(FieldReader fields)
    {
        if (!fields.TryGetText("request_id", out var text))
        {
            return null;
        }

        // Two are no name in a URL: a client that resolves the path would ask for the list in the place of the generation.
        if (text is "." or "..")
        {
            fields.Add("request_id", "It must not be . or .., which no URL can name.");
            return null;
        }

        if (text.Length is > 0 and <= MaxRequestIdLength && !text.AsSpan().ContainsAnyExcept(Characters.RequestId))
        {
            return text;
        }

        fields.Add("request_id", $"It must have 1 to {MaxRequestIdLength} characters of A-Z a-z 0-9 _ . : -.");
        return null;
    }

    private static string? ReadProvider(FieldReader fields)
    {
        if (!Required(fields, "provider") || !fields.TryGetText("provider", out var text))
        {
            return null;
        }

        if (text.Length is > 0 and <= MaxProviderLength && !text.AsSpan().ContainsAnyExcept(Characters.Provider))
        {
            return text;
        }

        fields.Add("provider", $"It must be a provider's name of 1 to {MaxProviderLength} characters a-z 0-9 -, or {GenerationRequest.AnyProvider}.");
        return null;
    }

    private static MediaType? ReadMediaType(FieldReader fields)
    {
        if (fields.TryGet("media_type", out _))
        {
            return fields.OneOf("media_type", ContractNames.MediaTypes) is { } name ? ContractNames.ToMediaType(name) : null;
        }

        fields.Add("media_type", "It is required.", ContractNames.MediaTypes);
        return null;
    }

    private static JsonElement ReadMetadata(FieldReader fields, bool fromOlder)
    {
        if (!fields.TryGetObject("metadata", out var value))
        {
            return default;
        }

        if (JsonMarshal.GetRawUtf8Value(value).Length > MaxMetadataBytes)
        {
            fields.Add("metadata", $"It must be at most {MaxMetadataBytes / 1024} KiB.");
            return default;
        }

        if (!JsonText.IsUnicode(value))
        {
            fields.Add("metadata", JsonText.NotUnicode);
            return default;
        }

        if (!fromOlder && value.TryGetProperty(RequestPriority.Field, out var priority) && priority.ValueKind != JsonValueKind.Null
            && !RequestPriority.IsValid(priority, out _))
        {
            fields.Add("metadata." + RequestPriority.Field, $"It must be a whole number from {RequestPriority.Lowest} to {RequestPriority.Highest}.");
        }

        return value.Clone();
    }
}
