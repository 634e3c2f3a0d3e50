using System.Globalization;
using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary>Turns the body of each kind of submit into an order, or reports what is wrong with it.</summary>
internal sealed class SoraOrders(JobStore<SoraJob> jobs, SoraCharacters characters, TimeProvider time)
{
    private const int MaxExtensions = 6;
    private const int MaxTotalSeconds = 120;
    private const int MaxCharacters = 2;

    /// <summary><c>POST /videos</c>.</summary>
    public (SoraOrder? Order, SoraFault? Fault) Create(SoraBody body)
    {
        var model = body.Text("model") ?? SoraModels.Default;
        var size = body.Text("size") ?? SoraModels.DefaultSize;
        var fault = SoraChecks.OnlyKnown(body, "prompt", "model", "seconds", "size", "input_reference", "characters")
            ?? SoraChecks.Prompt(body) ?? SoraChecks.Model(body) ?? SoraChecks.Seconds(body) ?? SoraChecks.Size(body, model)
            ?? SoraReference.Check(body, size) ?? CheckCharacters(body);
        return fault is null ? (new SoraOrder(model, body.Text("prompt")!, size, Seconds(body)), null) : (null, fault);
    }

    /// <summary><c>POST /videos/{id}/remix</c>.</summary>
    public (SoraOrder? Order, SoraFault? Fault) Remix(SoraBody body, string id)
    {
        if ((SoraChecks.OnlyKnown(body, "prompt") ?? SoraChecks.Prompt(body)) is { } fault)
        {
            return (null, fault);
        }

        var (source, missing) = Finished(id);
        return source is null ? (null, missing) : (source.Order with { Prompt = body.Text("prompt")!, RemixedFrom = source.Id }, null);
    }

    /// <summary><c>POST /videos/edits</c>: of an own video, or of an upload.</summary>
    public (SoraOrder? Order, SoraFault? Fault) Edit(SoraBody body)
    {
        var fault = SoraChecks.OnlyKnown(body, "prompt", "video", "model") ?? SoraChecks.Prompt(body) ?? SoraChecks.Model(body);
        if (fault is not null)
        {
            return (null, fault);
        }

        if (body.Files.ContainsKey("video"))
        {
            return (new SoraOrder(body.Text("model") ?? SoraModels.Default, body.Text("prompt")!, SoraModels.DefaultSize, Seconds(body)), null);
        }

        var (source, missing) = Video(body);
        return source is null ? (null, missing) : (source.Order with { Prompt = body.Text("prompt")!, RemixedFrom = null }, null);
    }

    /// <summary><c>POST /videos/extensions</c>: the result is the whole stitched clip.</summary>
    public (SoraOrder? Order, SoraFault? Fault) Extend(SoraBody body)
    {
        var fault = SoraChecks.OnlyKnown(body, "prompt", "seconds", "video") ?? SoraChecks.Prompt(body)
            ?? (body.Has("seconds") ? SoraChecks.Seconds(body) : SoraFault.Missing("seconds"));
        if (fault is not null)
        {
            return (null, fault);
        }

        var (source, missing) = Video(body);
        if (source is null)
        {
            return (null, missing);
        }

        var total = source.Order.Seconds + Seconds(body);
        return source.Order.Extensions >= MaxExtensions || total > MaxTotalSeconds
            ? (null, SoraFault.Invalid($"A video can be extended at most {MaxExtensions} times, up to {MaxTotalSeconds} seconds in total.", "video", "invalid_value"))
            : (source.Order with
            {
                Prompt = body.Text("prompt")!,
                Seconds = total,
                Extensions = source.Order.Extensions + 1,
                RemixedFrom = null,
            }, null);
    }

    private static int Seconds(SoraBody body) => int.Parse(body.Text("seconds") ?? SoraModels.DefaultSeconds, CultureInfo.InvariantCulture);

    private (SoraJob? Source, SoraFault? Fault) Video(SoraBody body) =>
        !body.Has("video") ? (null, SoraFault.Missing("video"))
        : body.Fields.TryGetProperty("video", out var video) && video.ValueKind == JsonValueKind.Object
            && video.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? Finished(id.GetString()!)
        : (null, SoraFault.Missing("video.id"));

    private (SoraJob? Source, SoraFault? Fault) Finished(string id) =>
        !jobs.TryGet(id, out var source) ? (null, SoraFault.NoVideo(id))
        : source.Timeline.SucceededBy(time.GetUtcNow()) ? (source, null)
        : (null, SoraFault.Invalid($"Video '{id}' is not completed.", "video", "invalid_value"));

    private SoraFault? CheckCharacters(SoraBody body)
    {
        if (!body.Has("characters"))
        {
            return null;
        }

        var list = body.Fields.TryGetProperty("characters", out var value) ? value : default;
        if (list.ValueKind != JsonValueKind.Array)
        {
            return SoraFault.WrongType("characters", "an array of objects", SoraChecks.Named(list));
        }

        if (list.GetArrayLength() > MaxCharacters)
        {
            return SoraFault.Invalid($"Invalid 'characters': array too long. Expected an array with maximum length {MaxCharacters}.",
                "characters", "array_above_max_length");
        }

        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
            {
                return SoraFault.Missing("characters[].id");
            }

            if (!characters.Knows(id.GetString()!))
            {
                return SoraFault.Invalid($"Character with id '{id.GetString()}' not found.", "characters", "invalid_value");
            }
        }

        return null;
    }
}
