using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>What has the right form and can do nothing: a rule that none reaches, a word that never occurs, a value that is none.</content>
internal sealed partial class ProviderCompiler
{
    private static readonly string[] s_methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly string[] s_uses = ["open", "submit", "job", "list"];
    private static readonly string[] s_ends = ["succeeded", "next"];
    private static readonly string[] s_means = ["", "running", "next", "succeeded", "failed", "cancelled", "expired", "missing"];
    private static readonly string[] s_capabilities =
    [
        "text-to-image", "image-to-image", "inpainting", "outpainting", "controlnet", "text-to-video", "image-to-video", "video-to-video", "extend", "text-to-audio", "audio", "text", "lora", "upscale",
    ];

    private void CheckSense()
    {
        if (Uri.TryCreate(_file.Address, UriKind.Absolute, out var address) && (address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0))
        {
            Fault("/address", "Must have no query, no fragment and no user info.");
        }

        CheckMethod(_file.Probe.Method, "/probe/method");
        for (var i = 0; i < _file.Models.Count; i++)
        {
            SenseOf(_file.Models[i], $"/models/{i}");
        }

        for (var i = 0; i < _file.AnyModel.Count; i++)
        {
            CheckCapabilities(_file.AnyModel[i].Capabilities, $"/any_model/{i}/capabilities");
        }

        for (var i = 0; i < _file.Operations.Count; i++)
        {
            var (part, path) = (_file.Operations[i], $"/operations/{i}");
            CheckMethod(part.Submit.Method, path + "/submit/method");
            CheckValues(part.When, path + "/when");
            SenseOf(part.Read, path + "/read");
            SenseOf(part.Job, [part.Read ?? _file.Read], path + "/job");
        }

        SenseOf(_file.Read, "/read");
        SenseOf(_file.Job, [_file.Read, .. _file.Operations.Where(o => o.Job is null).Select(o => o.Read)], "/job");
        CheckCosts(_file.Errors.Cost, "/errors/cost");
        var rules = _file.Errors.Rules;
        for (var i = 0; i < rules.Count - 1; i++)
        {
            if (rules[i] is { Http.Count: 0, Native.Count: 0, Text: null, During.Count: 0 })
            {
                Fault($"/errors/rules/{i}", "Fits every error, so that no rule behind it counts; put it last.");
            }
        }

        for (var i = 0; i < _file.Native.Endpoints.Count; i++)
        {
            SenseOf(_file.Native.Endpoints[i], $"/native/endpoints/{i}");
        }
    }

    private void SenseOf(ModelPart model, string path)
    {
        CheckCapabilities(model.Capabilities, path + "/capabilities");
        var limits = model.Limits;
        foreach (var ratio in limits.AspectRatios.Where(r => r != "auto" && !RatioPattern().IsMatch(r)))
        {
            Fault(path + "/limits/aspect_ratios", $"'{ratio}' is no W:H.");
        }

        if (((double?[])[limits.MaxWidth, limits.MaxHeight, limits.SideStep, limits.MinSide, limits.MinArea, limits.MaxArea, limits.MaxDuration, limits.MaxPromptLength, limits.MaxResults, .. limits.Durations])
            .Any(l => l <= 0) || limits.MinDuration < 0 || limits.MaxInputImages < 0)
        {
            Fault(path + "/limits", "Must be more than 0.");
        }

        if (limits.MinDuration > limits.MaxDuration || limits.MinArea > limits.MaxArea || limits.MinSide > limits.MaxWidth || limits.MinSide > limits.MaxHeight)
        {
            Fault(path + "/limits", "Has a least that is above the most.");
        }

        CheckDefault(model, "duration", path, v => v.Number() is { } seconds
            && (limits.Durations.Count == 0 || limits.Durations.Contains(seconds)) && !(seconds < limits.MinDuration) && !(seconds > limits.MaxDuration));
        CheckDefault(model, "n", path, v => v.Whole() is > 0 and var n && !(n > limits.MaxResults));
        CheckDefault(model, "resolution", path, v => v.Text() is { } word && (limits.Resolutions.Count == 0 || limits.Resolutions.Contains(word, StringComparer.OrdinalIgnoreCase)));
        CheckDefault(model, "aspect_ratio", path, v => v.Text() is { } word && (word == "auto" || limits.AspectRatios.Count == 0 || limits.AspectRatios.Contains(word, StringComparer.Ordinal)));
        foreach (var name in (string[])["audio", "enhance_prompt"])
        {
            CheckDefault(model, name, path, v => v.ValueKind is JsonValueKind.True or JsonValueKind.False);
        }

        for (var i = 0; i < model.Price.Count; i++)
        {
            CheckValues(model.Price[i].When, $"{path}/price/{i}/when");
            if (model.Price[i].When.Count == 0 && i < model.Price.Count - 1)
            {
                Fault($"{path}/price/{i}", "Holds always, so that no price behind it counts; put it last.");
            }
        }

        for (var i = 0; i < model.Refuse.Count; i++)
        {
            CheckValues(model.Refuse[i].When, $"{path}/refuse/{i}/when");
        }

        if (model.Successor is { } next && !_file.Models.Any(m => m.Id == next || m.Aliases.Contains(next)) && _file.AnyModel.Count == 0)
        {
            Fault(path + "/successor", $"There is no model '{next}' in the file.");
        }
    }

    private void CheckDefault(ModelPart model, string name, string path, Func<JsonElement, bool> fits)
    {
        if (model.Defaults.TryGetValue(name, out var value) && !fits(value))
        {
            Fault($"{path}/defaults/{name}", "Is nothing that the model takes.");
        }
    }

    private void CheckCapabilities(IReadOnlyList<string> capabilities, string path)
    {
        foreach (var word in capabilities.Where(c => !s_capabilities.Contains(c, StringComparer.Ordinal)))
        {
            Fault(path, $"There is no '{word}'; there are {string.Join(", ", s_capabilities)}.");
        }
    }

    /// <summary>Values in conditions that no request can have.</summary>
    private void CheckValues(IReadOnlyList<string> conditions, string path)
    {
        for (var i = 0; i < conditions.Count; i++)
        {
            foreach (var name in Condition.Parse(conditions[i], out _)?.Names.Where(n => n.StartsWith("model.", StringComparison.Ordinal) && n != "model.app") ?? [])
            {
                if (!_file.Models.Any(m => m.Vars.ContainsKey(name[6..])) && !_file.AnyModel.Any(m => m.Vars.ContainsKey(name[6..])))
                {
                    Fault($"{path}/{i}", $"No model has '{name[6..]}' among its vars.");
                }
            }
        }

        foreach (var (condition, i) in conditions.SelectMany((c, i) => Condition.Alternatives(c).Select(alternative => (alternative, i))))
        {
            if (ConditionPattern().Match(condition) is not { Success: true } match)
            {
                continue;
            }

            var (name, values) = (match.Groups["name"].Value, match.Groups["values"].Value.Split(','));
            if (values.FirstOrDefault(v => v.StartsWith('=')) is not null)
            {
                Fault($"{path}/{i}", "Has one '=' too many.");
            }
            else if (name == "media_type" && values.FirstOrDefault(v => MediaTypeOf(v.ToLowerInvariant()) is null) is { } type)
            {
                Fault($"{path}/{i}", $"'{type}' is none of image, video, audio, text.");
            }
        }
    }

    private void SenseOf(ReadPart? read, string path)
    {
        if (read is not null)
        {
            CheckCosts(read.Cost, path + "/cost");
        }
    }

    private void CheckCosts(IReadOnlyList<CostPart> costs, string path)
    {
        for (var i = 0; i < costs.Count; i++)
        {
            if (costs[i].Times <= 0)
            {
                Fault($"{path}/{i}/times", "Must be more than 0.");
            }

            if (costs[i].TimesModel is { } variable && !_file.Models.Any(m => m.Vars.ContainsKey(variable)) && !_file.AnyModel.Any(m => m.Vars.ContainsKey(variable)))
            {
                Fault($"{path}/{i}/times_model", $"No model has '{variable}' among its vars.");
            }

            CheckCosts(costs[i].Plus, $"{path}/{i}/plus");
        }
    }

    private void SenseOf(JobPart? job, IReadOnlyList<ReadPart?> submits, string path)
    {
        if (job is null)
        {
            return;
        }

        CheckMethod(job.Poll.Method, path + "/poll/method");
        CheckMethod(job.Result?.Method ?? "GET", path + "/result/method");
        CheckMethod(job.Cancel?.Method ?? "GET", path + "/cancel/method");
        SenseOf(job.Poll.Read, path + "/poll/read");
        SenseOf(job.Result?.Read, path + "/result/read");
        var means = Means(job.Poll.Read).ToList();
        if (means.All(s_means.Contains) && !means.Any(s_ends.Contains) && !job.Poll.Read.Results.Any(static r => r.At == "*"))
        {
            Fault(path + "/poll/read/words", "No word means succeeded or next, so that no job would ever succeed.");
        }

        if (job.Result is null && means.Contains("next"))
        {
            Fault(path + "/result", "Must be there: a word of the poll means next.");
        }

        if (job.Result is not null && !means.Contains("next") && !submits.Any(s => s is not null && Means(s).Contains("next")))
        {
            Fault(path + "/result", "Is never asked for: no word means next.");
        }

        HashSet<string> kept = ["operation", "step", .. submits.Append(job.Poll.Read).Append(job.Result?.Read).SelectMany(r => r?.Keep.Keys.AsEnumerable() ?? [])];
        foreach (var (step, paths, headers, body) in (ReadOnlySpan<(string, IReadOnlyList<string>, Dictionary<string, string>?, string)>)[
            ("poll", job.Poll.Path, job.Poll.Headers, TextOf(job.Poll.Body)), ("result", job.Result?.Path ?? [], job.Result?.Headers, TextOf(job.Result?.Body ?? default)),
            ("cancel", job.Cancel?.Path ?? [], job.Cancel?.Headers, TextOf(job.Cancel?.Body ?? default))])
        {
            if (paths.Count > 0 && !paths.Append(body).Any(p => p.Contains("{job", StringComparison.Ordinal) || p.Contains("{poll_url", StringComparison.Ordinal)))
            {
                Fault($"{path}/{step}/path", "Names no job; {job} is its id.");
            }

            var asked = paths.Select(static p => (Part: "path", Text: p)).Append((Part: "body", Text: body)).Concat((headers ?? []).Values.Select(static h => (Part: "headers", Text: h)));
            foreach (var (part, name) in asked.SelectMany(a => KeptPattern().Matches(a.Text).Select(m => (a.Part, Name: m.Groups[1].Value))).Where(n => !kept.Contains(n.Name)).Distinct())
            {
                Fault($"{path}/{step}/{part}", $"No 'keep' fills job.{name}.");
            }
        }
    }

    private static string TextOf(JsonElement body) => body.ValueKind == JsonValueKind.Undefined ? "" : body.GetRawText();

    private static IEnumerable<string> Means(ReadPart read) => read.Words.Values.Concat(read.WordsIf.Select(w => w.Means)).Append(read.WithoutStatus ?? "");

    private void SenseOf(NativeEndpointPart endpoint, string path)
    {
        if (!endpoint.Path.StartsWith('/'))
        {
            Fault(path + "/path", "Must begin with a slash.");
        }

        foreach (var method in endpoint.Methods.Split(','))
        {
            CheckMethod(method.Trim(), path + "/methods");
        }

        if (endpoint.Use is { } use && !s_uses.Contains(use, StringComparer.Ordinal))
        {
            Fault(path + "/use", $"Must be one of {string.Join(", ", s_uses)}.");
        }

        if (endpoint.Use == "job" && !endpoint.Path.Contains("{id}", StringComparison.Ordinal) && endpoint.IdParameter is null && endpoint.IdMember is null)
        {
            Fault(path + "/path", "Must hold {id}, or id_parameter or id_member name where the job's id is.");
        }
    }

    private void CheckMethod(string method, string path)
    {
        if (!s_methods.Contains(method, StringComparer.Ordinal))
        {
            Fault(path, string.Create(CultureInfo.InvariantCulture, $"There is no method '{method}'; there are {string.Join(", ", s_methods)}."));
        }
    }

    [GeneratedRegex(@"^\s*(?<name>[a-z_.]+)\s*!?=(?<values>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ConditionPattern();

    [GeneratedRegex(@"\{job\.([^|}]+)", RegexOptions.CultureInvariant)]
    private static partial Regex KeptPattern();

    [GeneratedRegex(@"^[1-9][0-9]*(\.[0-9]+)?:[1-9][0-9]*(\.[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex RatioPattern();
}
