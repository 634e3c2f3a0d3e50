using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>What can be known about a lost submit of a declared provider.</summary>
internal static class DeclaredSearch
{
    // The provider's clock may be behind ours, and a submit may wait before the job is made.
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_late = TimeSpan.FromMinutes(10);

    /// <summary>The statement of a way to follow jobs.</summary>
    public static Reconciliation Of(JobPart part, Func<string, string, Template> template, Func<string, string, Pointer> pointer, string operation)
    {
        return new Reconciliation
        {
            ExternalId = part.ExternalId is { } id ? ById(id, template(id.Path, "external_id/path"), pointer(id.Items, "external_id/items"), pointer(id.Id, "external_id/id"), pointer(id.Ok, "external_id/ok"), pointer(id.At, "external_id/at").Names ?? [], operation) : null,
            IdempotencyKey = part.Idempotency is { } key ? IdempotencyKey.InHeader(key.Header, TimeSpan.FromSeconds(key.KeptFor)) : null,
            List = part.Find is { } find ? ByList(find, template(find.Path, "find/path"), name => pointer(name, "find"), operation) : null,
        };
    }

    /// <summary>The statement of an adapter: each submit by the way of its own operation.</summary>
    public static Reconciliation Of(IReadOnlyDictionary<string, Reconciliation> operations)
    {
        Reconciliation Way(string? operation) => operation is null ? Reconciliation.None : operations.GetValueOrDefault(operation) ?? Reconciliation.None;
        var (ids, keys, lists) = (operations.Values.Select(o => o.ExternalId).OfType<ExternalId>().ToList(), operations.Values.Select(o => o.IdempotencyKey).OfType<IdempotencyKey>().ToList(),
            operations.Values.Select(o => o.List).OfType<JobList>().ToList());
        var nothing = new FoundJobs([], null) { IsUncertain = true };
        return new Reconciliation
        {
            ExternalId = ids.Count == 0 ? null : new ExternalId(
                (submit, id) => Way(submit.Operation).ExternalId?.Put(submit, id) ?? submit,
                (lost, id) => (Way(lost.Native?.Operation).ExternalId ?? ids[0]).Build(lost, id),
                (response, lost) => Way(lost.Native?.Operation).ExternalId is { } own ? own.Read(response, lost) : nothing) { CompleteAfter = ids.Min(i => i.CompleteAfter) is { } least && ids.TrueForAll(i => i.CompleteAfter is not null) ? least : null },
            IdempotencyKey = keys.Count == 0 ? null : new IdempotencyKey((submit, key) => Way(submit.Operation).IdempotencyKey?.Put(submit, key) ?? submit, keys.Min(k => k.KeptFor)),
            List = lists.Count == 0 ? null : new JobList(
                (lost, cursor) => (Way(lost.Native?.Operation).List ?? lists[0]).Build(lost, cursor),
                (response, lost) => Way(lost.Native?.Operation).List is { } own ? own.Read(response, lost) : nothing)
            {
                CompleteAfter = lists.TrueForAll(l => l.CompleteAfter is not null) ? lists.Max(l => l.CompleteAfter) : null,
            },
        };
    }

    private static ExternalId ById(ExternalIdPart part, Template path, Pointer items, Pointer id, Pointer ok, IReadOnlyList<string> at, string operation) => new(
        (submit, value) => Rendered.With(submit, at, value),
        (lost, value) => NativeRequest.Get(DeclaredOperation.Target(path, [], new Scope().Set("attempt_id", value).Set("model", lost.Model.Id))),
        (response, lost) =>
        {
            var answer = JsonReading.Parse(response.Json.Span);
            if (!response.IsSuccess || ok.First(answer).ValueKind == JsonValueKind.Undefined)
            {
                return null;
            }

            return new FoundJobs([.. items.All(answer).Select(i => id.First(i).IdText()).OfType<string>().Take(1).Select(found => Job(found, lost, operation))], null);
        })
    {
        CompleteAfter = part.CompleteAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static JobList ByList(FindPart part, Template path, Func<string, Pointer> pointer, string operation)
    {
        var (items, id, created) = (pointer(part.Items), pointer(part.Id), pointer(part.Created));
        var model = part.Model is null ? null : pointer(part.Model);
        var next = part.Next is null ? null : pointer(part.Next);
        var match = part.Match.Select(m => (Sent: pointer(m.Key), Listed: pointer(m.Value))).ToList();
        return new JobList(
            (lost, cursor) => NativeRequest.Get(DeclaredOperation.Target(path, [], Window(lost, cursor))),
            (response, lost) =>
            {
                var answer = JsonReading.Parse(response.Json.Span);
                var sent = lost.Native?.Body is { ContentType: "application/json" } body ? JsonReading.Parse(body.Bytes.Span) : default;
                var list = items.All(answer);
                if (answer.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                {
                    throw new JsonException("The answer is no list of jobs.");
                }

                var found = new List<(DateTimeOffset At, JobHandle Job)>();
                var isUncertain = false;
                var older = false;
                foreach (var item in list)
                {
                    var at = DeclaredJob.Moment(created.First(item), part.CreatedAs);
                    older |= at < lost.SentAt - s_early;
                    if (at is null || at < lost.SentAt - s_early || at > lost.SentAt + s_late || id.First(item).IdText() is not { } job
                        || (model is not null && Values.Text(model.First(item)) is { } named && named != lost.Model.Id))
                    {
                        continue;
                    }

                    switch (Compare(match, sent, item))
                    {
                        case true:
                            found.Add((at.Value, Job(job, lost, operation)));
                            break;
                        case null:
                            isUncertain = true;
                            break;
                    }
                }

                var cursor = older || next is null ? null : Values.Text(next.First(answer));
                return new FoundJobs([.. found.OrderBy(f => f.At).Select(f => f.Job)], string.IsNullOrEmpty(cursor) ? null : cursor) { IsUncertain = isUncertain };
            })
        {
            CompleteAfter = part.CompleteAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    /// <summary>Whether an item is what was sent; null when it lacks a value to compare.</summary>
    private static bool? Compare(List<(Pointer Sent, Pointer Listed)> match, JsonElement sent, JsonElement item)
    {
        foreach (var (from, to) in match)
        {
            var (mine, listed) = (from.First(sent), to.First(item));
            if (mine.ValueKind is JsonValueKind.Undefined || listed.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            {
                // Jobs that look alike must not get each other's results.
                return null;
            }

            if (!IsSame(mine, listed))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether what was sent is what came in: media that went along as bytes may have become links, and defaults may have been added.</summary>
    private static bool IsSame(JsonElement sent, JsonElement listed)
    {
        if (sent.ValueKind == JsonValueKind.Object && listed.ValueKind == JsonValueKind.Object)
        {
            return sent.EnumerateObject().All(m => HasBytes(m.Value) || (listed.TryGetProperty(m.Name, out var value) && IsSame(m.Value, value)));
        }

        return HasBytes(sent) || JsonElement.DeepEquals(sent, listed);
    }

    private static bool HasBytes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.Text() is { } text && text.StartsWith("data:", StringComparison.OrdinalIgnoreCase),
        JsonValueKind.Array => value.Items().Any(HasBytes),
        _ => false,
    };

    private static JobHandle Job(string id, LostSubmit lost, string operation) => new(id, lost.Model.Id)
    {
        State = new Dictionary<string, string>(StringComparer.Ordinal) { [DeclaredJob.Operation] = lost.Native?.Operation ?? operation },
    };

    private static Scope Window(LostSubmit lost, string? cursor)
    {
        var (from, to) = (lost.SentAt - s_early, lost.SentAt + s_late);
        return new Scope().Set("model", lost.Model.Id).Set("cursor", cursor ?? "").Set("destination", lost.Destination.IdnHost)
            .Set("since", from.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture))
            .Set("until", to.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture))
            .Set("since_ms", from.ToUnixTimeMilliseconds()).Set("until_ms", to.ToUnixTimeMilliseconds())
            .Set("since_s", from.ToUnixTimeSeconds()).Set("until_s", to.ToUnixTimeSeconds());
    }
}
