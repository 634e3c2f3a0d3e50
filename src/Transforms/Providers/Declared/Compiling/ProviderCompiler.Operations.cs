using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>Ways to submit, and how their jobs are followed.</content>
internal sealed partial class ProviderCompiler
{
    /// <summary>What belongs to the connection and to the one who opens it.</summary>
    private static readonly FrozenSet<string> s_ofTheConnection = new[]
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE", "Trailer", "Upgrade", "Expect", "Cookie",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private DeclaredOperation Operation(OperationPart part, string path)
    {
        var submit = part.Submit;
        var read = part.Read ?? _file.Read;
        if (read is null)
        {
            Fault(path + "/read", "There must be one, here or for the whole file.");
        }

        read ??= new ReadPart();
        var target = Path(submit.Path, path + "/submit/path");
        var query = submit.Query.Select(q => (q.Key, Text(q.Value, $"{path}/submit/query/{q.Key}"))).ToList();
        var headers = submit.Headers.Select(h => (h.Key, Text(h.Value, $"{path}/submit/headers/{h.Key}"))).ToList();
        var (body, isList) = Body(submit.Body, submit.Encoding == "multipart", path + "/submit/body");

        if (submit.Encoding is not ("json" or "multipart"))
        {
            Fault(path + "/submit/encoding", "Must be json or multipart.");
        }

        foreach (var name in submit.Ignores.Keys.Where(n => !NeutralParameter.Names.Contains(n)))
        {
            Fault($"{path}/submit/ignores/{name}", $"Is no neutral parameter; there are {string.Join(", ", NeutralParameter.Names)}.");
        }

        foreach (var name in submit.Needs.Where(n => !Scope.Knows(n)))
        {
            Fault(path + "/submit/needs", Scope.Unknown(name));
        }

        CheckHeaders(submit.Headers, path + "/submit/headers");

        var job = part.Job ?? _file.Job;
        var following = job is null ? null : Following(job, part.Job is null ? "/job" : path + "/job", part.Name);
        var nativeAt = Names(submit.NativeAt, path + "/submit/native_at");
        List<Fact> facts = [.. submit.Facts.SelectMany(f => f.Value.Split(',').Select(v => FactOf(f.Key, v.Trim(), $"{path}/submit/facts/{f.Key}")))];
        List<DeclaredUpload> uploads = [.. submit.Uploads.Select((u, i) => Upload(u, $"{path}/submit/uploads/{i}"))];
        HashSet<string> used = [.. uploads.SelectMany(u => u.Used), .. target.Names, .. query.SelectMany(q => q.Item2.Names), .. headers.SelectMany(h => h.Item2.Names), .. body?.Names ?? []];
        foreach (var name in used.Where(Scope.IsOfJobs))
        {
            Fault(path + "/submit", $"'{name}' has no value before there is a job.{(name == "attempt_id" ? " {uuid} is an id of its own; job.external_id puts in one that can be asked for." : "")}");
        }

        CheckUploads(submit, job, [.. query.SelectMany(q => q.Item2.Names), .. headers.SelectMany(h => h.Item2.Names), .. target.Names, .. body?.Names ?? []], path + "/submit");
        return new DeclaredOperation
        {
            Name = part.Name,
            When = Conditions(part.When, path + "/when"),
            Method = submit.Method,
            Path = target,
            Query = query,
            Headers = headers,
            Body = body,
            IsForm = submit.Encoding == "multipart",
            IsList = isList,
            NativeAt = nativeAt,
            Uploads = uploads,
            Forms = new InputForms(submit.Body, submit.Uploads),
            Ignores = submit.Ignores,
            Needs = submit.Needs,
            Facts = facts,
            NativeNames = facts.Where(f => f.At.Count > nativeAt.Count)
                .Select(f => (Name: f.Name switch { "results" => "n", "seconds" => "duration", _ => f.Name }, Own: string.Join('.', f.At.Skip(nativeAt.Count)))).DistinctBy(f => f.Name)
                .ToFrozenDictionary(f => f.Name, f => f.Own, StringComparer.Ordinal),
            Read = Reading(read, part.Read is null ? "/read" : path + "/read") with { IsFollowed = read.Job.Count > 0 && following is not null },
            Job = read.Job.Count == 0 ? null : following,
            Used = used,
        };
    }

    /// <summary>A place in the body; behind <c>|map:NAME</c> the words that it uses, behind <c>|times:N</c> the unit.</summary>
    private Fact FactOf(string name, string text, string path)
    {
        var parts = text.Split('|');
        IReadOnlyDictionary<string, string>? map = null;
        double? times = null;
        foreach (var part in parts.Skip(1))
        {
            if (part.StartsWith("map:", StringComparison.Ordinal))
            {
                map = _file.Maps.GetValueOrDefault(part[4..]);
                if (map is null)
                {
                    Fault(path, $"There is no map '{part[4..]}'.");
                }
            }
            else if (part.StartsWith("times:", StringComparison.Ordinal) && double.TryParse(part[6..], CultureInfo.InvariantCulture, out var factor))
            {
                times = factor;
            }
            else
            {
                Fault(path, $"'{part}' is neither map:NAME nor times:NUMBER.");
            }
        }

        if (!Scope.Knows(name))
        {
            Fault(path, Scope.Unknown(name));
        }

        return new Fact(name, Names(parts[0], path), map, times);
    }

    private DeclaredFollowing Following(JobPart part, string path, string operation)
    {
        if (part.Find is { Match.Count: 0 })
        {
            Fault(path + "/find/match", "Must name the input: a job that only looks alike is somebody else's.");
        }

        ProviderWebhook? webhook = null;
        if (part.Webhook is { } calls)
        {
            var at = calls.At is null ? null : Names(calls.At, path + "/webhook/at");
            var id = At(calls.Job, path + "/webhook/job");
            if (at is null && calls.Query is null)
            {
                Fault(path + "/webhook", "Must have 'at' or 'query'.");
            }

            webhook = new ProviderWebhook(
                (submit, _, _, target) => at is { Count: > 0 } ? Rendered.With(submit, at, target.Url.AbsoluteUri)
                    : submit with { Target = $"{submit.Target}{(submit.Target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{calls.Query}={Uri.EscapeDataString(target.Url.AbsoluteUri)}" },
                (call, model, _) => id.First(JsonReading.Parse(call.Body.Span)).IdText() is { } job ? new JobHandle(job, model.Id) : null)
            {
                Signature = SignatureOf(calls, path + "/webhook"),
            };
        }

        return new DeclaredFollowing
        {
            Poll = Step(part.Poll, path + "/poll"),
            Result = part.Result is null ? null : Step(part.Result, path + "/result"),
            Cancel = part.Cancel is { } cancel ? Cancel(cancel, path + "/cancel") : null,
            Reconciliation = DeclaredSearch.Of(part, (text, at) => Path(text, $"{path}/{at}"), (text, at) => At(text, $"{path}/{at}"), operation),
            Webhook = webhook,
        };
    }

    private WebhookSignature? SignatureOf(WebhookPart part, string path)
    {
        if (part.Signature is null)
        {
            return part.Keys is null ? null : Fault<WebhookSignature?>(path + "/signature", "Must be there with 'keys'.");
        }

        var isGood = part.Signature switch
        {
            "fal" => Uri.TryCreate(part.Keys, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && HostOwners.AreOneOwners(url.IdnHost, new Uri(_file.Address).IdnHost),
            "standard" => part.Keys?.StartsWith('/') == true && !part.Keys.StartsWith("//", StringComparison.Ordinal),
            _ => false,
        };
        return isGood ? new WebhookSignature(part.Signature == "fal" ? WebhookScheme.Fal : WebhookScheme.Standard, part.Keys!)
            : Fault<WebhookSignature?>(path + "/signature", "Must be fal, with an https URL of the provider's in 'keys', or standard, with a path there.");
    }

    private DeclaredStep Step(StepPart part, string path)
    {
        var (body, isList) = BodyOfJob(part.Body, part.Method, ["POST"], path);
        return new DeclaredStep(part.Method, OfJob(part.Path, path + "/path"), OfJob(part.Headers, path + "/headers"), body, isList, Reading(part.Read, path + "/read"), part.ErrorIsFinal);
    }

    private DeclaredCancel Cancel(CancelPart part, string path)
    {
        var (body, isList) = BodyOfJob(part.Body, part.Method, ["POST", "PUT", "PATCH"], path);
        return new DeclaredCancel(part.Method, OfJob(part.Path, path + "/path"), OfJob(part.Headers, path + "/headers"), body, isList, part.IsFinal);
    }

    private (Template? Body, bool IsList) BodyOfJob(JsonElement shape, string method, string[] methods, string path)
    {
        var (body, isList) = Body(shape, isForm: false, path + "/body");
        if (body is not null)
        {
            CheckOfJob(body, path + "/body");
            if (!methods.Contains(method, StringComparer.Ordinal))
            {
                Fault(path + "/method", $"Must be {string.Join(" or ", methods)} where there is a body.");
            }
        }

        return (body, isList);
    }

    private (Template? Body, bool IsList) Body(JsonElement body, bool isForm, string path)
    {
        var isList = body.ValueKind == JsonValueKind.Array && body.GetArrayLength() == 1;
        var shape = isList ? body[0] : body;
        if (shape.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object) || (isList && isForm))
        {
            Fault(path, "Must be an object; in JSON also a list of one.");
        }

        return (shape.ValueKind == JsonValueKind.Undefined ? null : Template.Parse(shape, isList ? path + "/0" : path, _file.Maps, Fault), isList);
    }

    private void CheckHeaders(Dictionary<string, string> headers, string path)
    {
        foreach (var name in headers.Keys.Where(h => !HeaderPattern().IsMatch(h) || h.Equals(_file.Auth.Header, StringComparison.OrdinalIgnoreCase)))
        {
            Fault($"{path}/{name}", "Must be the name of a header other than the key's.");
        }

        foreach (var name in headers.Keys.Where(s_ofTheConnection.Contains))
        {
            Fault($"{path}/{name}", "Is a header of the connection, which Framegate makes.");
        }
    }

    private List<(string Name, Template Value)> OfJob(Dictionary<string, string> headers, string path)
    {
        CheckHeaders(headers, path);
        List<(string Name, Template Value)> read = [.. headers.Select(h => (h.Key, Text(h.Value, $"{path}/{h.Key}")))];
        foreach (var (name, value) in read)
        {
            CheckOfJob(value, $"{path}/{name}");
        }

        return read;
    }

    private Template OfJob(IReadOnlyList<string> texts, string path)
    {
        var template = First(texts, path);
        CheckOfJob(template, path);
        return template;
    }

    /// <summary>In a question about a job nothing is left of the request but its model.</summary>
    private void CheckOfJob(Template template, string path)
    {
        foreach (var name in template.Names.Where(n => !(n is "job" or "poll_url" or "model" or "uuid" || n.StartsWith("job.", StringComparison.Ordinal) || n.StartsWith("model.", StringComparison.Ordinal))).Distinct())
        {
            Fault(path, $"'{name}' has no value once there is a job; 'keep' fills job.NAME.");
        }
    }
}
