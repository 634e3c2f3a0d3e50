using System.Collections.Frozen;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>What answers mean.</content>
internal sealed partial class ProviderCompiler
{
    private DeclaredReading Reading(ReadPart part, string path)
    {
        var words = new Dictionary<string, Phase>(StringComparer.OrdinalIgnoreCase);
        foreach (var (word, meaning) in part.Words)
        {
            words[word] = PhaseOf(meaning, $"{path}/words/{word}");
        }

        return new DeclaredReading
        {
            Job = All(part.Job, path + "/job"),
            Status = All(part.Status, path + "/status"),
            Words = words.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            WordsIf = [.. part.WordsIf.Select((w, i) => (w.Word, SignOf(w.If, $"{path}/words_if/{i}/if"), PhaseOf(w.Means, $"{path}/words_if/{i}/means")))],
            WithoutStatus = part.WithoutStatus is { } without ? PhaseOf(without, path + "/without_status") : null,
            RunningHttp = part.RunningHttp,
            RunningText = part.RunningText is { } running ? Pattern(running, path + "/running_text") : null,
            MissingText = part.MissingText is { } missing ? Pattern(missing, path + "/missing_text") : null,
            MissingIfEmpty = part.MissingIfEmpty is { } list ? At(list, path + "/missing_if_empty") : null,
            PollUrl = All(part.PollUrl, path + "/poll_url"),
            Keep = [.. part.Keep.Select(k => (k.Key, At(k.Value, $"{path}/keep/{k.Key}")))],
            Progress = part.Progress is { } progress ? (At(progress, path + "/progress"), part.ProgressOf) : null,
            FailedIf = FailedIf(part, path),
            Results = [.. part.Results.Select((r, i) => Results(r, $"{path}/results/{i}"))],
            Text = All(part.Text, path + "/text"),
            CutIf = Signs(part.CutIf, path + "/cut_if"),
            Seed = part.Seed is { } seed ? At(seed, path + "/seed") : null,
            Cost = Costs(part.Cost, path + "/cost"),
            Tokens = All(part.Tokens, path + "/tokens"),
            InputTokens = All(part.InputTokens, path + "/input_tokens"),
            NoResults = part.NoResults is { } code ? CodeOf(code, path + "/no_results") : ErrorCode.ProviderError,
        };
    }

    private DeclaredResults Results(ResultPart part, string path) => new(
        part.At == "*" ? null : At(part.At, path + "/at"),
        part.Url is { } url ? At(url, path + "/url") : null,
        part.Base64 is { } bytes ? At(bytes, path + "/base64") : null,
        part.ContentType is { } type && type.StartsWith('/') ? At(type, path + "/content_type") : null,
        part.ContentType is { } fixedType && !fixedType.StartsWith('/') ? fixedType : null,
        Signs(part.SkipIf, path + "/skip_if"),
        part.Flags is { } flags ? At(flags, path + "/flags") : null,
        part.AllSkipped is { } code ? CodeOf(code, path + "/all_skipped") : ErrorCode.ContentPolicyViolation,
        part.OnlyAddresses,
        part.Type is { } word ? MediaTypeOf(word) : null);

    private IReadOnlyList<Sign> Signs(IReadOnlyList<FailedPart> parts, string path) => [.. parts.Select((p, i) => SignOf(p, $"{path}/{i}"))];

    private IReadOnlyList<Sign> FailedIf(ReadPart read, string path)
    {
        for (var i = 0; i < read.FailedIf.Count; i++)
        {
            var (part, own) = (read.FailedIf[i], $"{path}/failed_if/{i}");
            if (part.Header is not null && part.Code is null)
            {
                Fault(own + "/code", "Must be there with 'header': a header has no words that rules could look at.");
            }

            if (part.Header is null && read.Results.Any(r => r.At == "*"))
            {
                Fault(own + "/at", "Is never looked at, since the whole body is the result; 'header' looks at a header.");
            }
        }

        return [.. read.FailedIf.Select((p, i) => SignOf(p, $"{path}/failed_if/{i}", mayBeHeader: true))];
    }

    private Sign SignOf(FailedPart part, string path, bool mayBeHeader = false)
    {
        if (part.At is null == part.Header is null || (part.Header is not null && !mayBeHeader))
        {
            Fault(path, mayBeHeader ? "Must have 'at' or 'header', and not both." : "Must have 'at'; a 'header' can be looked at in failed_if alone.");
        }

        return SignAt(part, path);
    }

    private Sign SignAt(FailedPart part, string path) => new(
        At(part.At ?? "", path + "/at"), part.Header, part.Is, part.Not, part.Code is { } code ? CodeOf(code, path + "/code") : null, BilledOf(part.Billed, path + "/billed"), part.DespiteResults);

    private IReadOnlyList<DeclaredCost> Costs(IReadOnlyList<CostPart> parts, string path, bool areParts = false) => [.. parts.Select((p, i) =>
    {
        if (p.Optional && !areParts)
        {
            Fault($"{path}/{i}/optional", "Must stand in 'plus': only a part of a sum can be left out.");
        }

        if (p.At is null == p.Header is null)
        {
            Fault($"{path}/{i}", "Must have 'at' or 'header', and not both.");
        }

        return new DeclaredCost(
            p.At is { } at ? At(at, $"{path}/{i}/at") : null, p.Header, p.Times, p.TimesModel, p.By is { } by ? At(by, $"{path}/{i}/by") : null,
            p.If is { } sign ? SignOf(sign, $"{path}/{i}/if") : null, Signs(p.Unless, $"{path}/{i}/unless"), p.Optional, Costs(p.Plus, $"{path}/{i}/plus", areParts: true));
    })];

    private Phase PhaseOf(string word, string path) => word switch
    {
        "running" => Phase.Running,
        "next" => Phase.Next,
        "succeeded" => Phase.Succeeded,
        "failed" => Phase.Failed,
        "cancelled" => Phase.Cancelled,
        "expired" => Phase.Expired,
        "missing" => Phase.Missing,
        _ => Fault<Phase>(path, "Must be running, next, succeeded, failed, cancelled, expired or missing."),
    };
}
