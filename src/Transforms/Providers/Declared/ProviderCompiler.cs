using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>Turns a provider file into an adapter, and notes everything that is wrong with it.</summary>
internal sealed partial class ProviderCompiler
{
    private const int MostModels = 5000;
    private const int MostOperations = 64;
    private const int MostRules = 500;
    private readonly List<ProviderFault> _faults = [];
    private readonly ProviderFile _file;

    private ProviderCompiler(ProviderFile file) => _file = file;

    /// <summary>Compiles a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="faults">Everything that is wrong.</param>
    /// <returns>Null when anything is.</returns>
    public static DeclaredAdapter? Compile(ProviderFile file, out IReadOnlyList<ProviderFault> faults)
    {
        var compiler = new ProviderCompiler(file);
        var adapter = compiler.Adapter();
        faults = compiler._faults;
        return faults.Count == 0 ? adapter : null;
    }

    /// <summary>A media type by its word.</summary>
    /// <returns>Null when the word is none.</returns>
    public static MediaType? MediaTypeOf(string word) => word switch
    {
        "image" => MediaType.Image,
        "video" => MediaType.Video,
        "audio" => MediaType.Audio,
        "text" => MediaType.Text,
        _ => null,
    };

    private DeclaredAdapter? Adapter()
    {
        if (_file.Family is { } family && !NamePattern().IsMatch(family))
        {
            Fault("/family", "Must be the name of a provider.");
        }

        if (!NamePattern().IsMatch(_file.Name))
        {
            Fault("/name", "Must be lower case letters, digits and hyphens, at most 40.");
        }

        if (!Uri.TryCreate(_file.Address, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            Fault("/address", "Must be an https URL like https://api.example.com/.");
        }

        CheckAuth(address);
        AtMost(_file.Models.Count, MostModels, "/models");
        AtMost(_file.Operations.Count, MostOperations, "/operations");
        AtMost(_file.Errors.Rules.Count, MostRules, "/errors/rules");
        if (_file.MaxAnswerMib is < 1 or > 64)
        {
            Fault("/max_answer_mib", "Must be 1 to 64.");
        }

        if (_file.Pace is { } pace && (pace.First < 100 || pace.Longest < pace.First || pace.Growth < 1))
        {
            Fault("/pace", "Must have first of 100 or more, longest of at least first, and growth of 1 or more.");
        }

        if (!_file.Probe.Path.StartsWith('/'))
        {
            Fault("/probe/path", "Must begin with a slash.");
        }

        if (_file.Operations.Count == 0)
        {
            Fault("/operations", "There must be one.");
        }

        Unique(_file.Operations.Select(o => o.Name), "/operations", "name");
        Unique(_file.Models.SelectMany(m => m.Aliases.Append(m.Id)), "/models", "id");
        var failures = Failures(_file.Errors);
        var operations = _file.Operations.Select((o, i) => Operation(o, $"/operations/{i}")).ToList();
        var models = _file.Models.Select((m, i) => Model(m, $"/models/{i}")).ToList();
        var any = _file.AnyModel.Select((m, i) => (Pattern("^(?:" + m.Pattern + ")$", $"/any_model/{i}/pattern", ignoreCase: false), m)).ToList();
        for (var i = 0; i < _file.AnyModel.Count; i++)
        {
            if (MediaTypeOf(_file.AnyModel[i].Type) is null)
            {
                Fault($"/any_model/{i}/type", "Must be image, video, audio or text.");
            }
        }

        return _faults.Count > 0 ? null : new DeclaredAdapter(_file, operations, models, [.. any.Select(p => (p.Item1!, p.m))], failures);
    }

    private void CheckAuth(Uri? address)
    {
        var auth = _file.Auth;
        if (auth.Scheme is not ("header" or "query" or "jwt" or "hmac" or "google"))
        {
            Fault("/auth/scheme", "Must be header, query, jwt, hmac or google.");
        }

        if (auth.Scheme is not ("query" or "hmac") && !auth.Value.Contains(DeclaredAdapter.KeyMark, StringComparison.Ordinal))
        {
            Fault("/auth/value", "Must hold {key}.");
        }

        if (auth.Keys.Count == 0 || auth.Keys.Any(k => k.Split('+') is not { Length: 1 or 2 } halves || !halves.All(h => VariablePattern().IsMatch(h))))
        {
            Fault("/auth/keys", "Must name at least one environment variable, in upper case; two with a plus between them for the halves of a key.");
        }

        foreach (var fault in auth.Keys.Select(k => address is null ? null : KeyOwners.Fault(k, address)).OfType<string>())
        {
            Fault("/auth/keys", fault);
        }

        if (auth.Scheme == "query" != auth.Parameter is not null || (auth.Parameter is { } parameter && !HeaderPattern().IsMatch(parameter)))
        {
            Fault("/auth/parameter", "Must name the parameter of the query with the scheme query, and only with it.");
        }

        if (auth.Lifetime is < 600 or > 86_400)
        {
            Fault("/auth/lifetime", "Must be 600 to 86400.");
        }

        CheckHmac(auth);
        if (!HeaderPattern().IsMatch(_file.Auth.Header))
        {
            Fault("/auth/header", "Must be the name of a header.");
        }

        // A key goes to the provider's own domain, whatever the file says.
        foreach (var host in _file.KeyHosts.Where(h => address is null || Uri.CheckHostName(h) != UriHostNameType.Dns || !HostNames.AreOneOwners(h, address.IdnHost)))
        {
            Fault("/key_hosts", $"'{host}' does not have the name of the address's domain.");
        }

        // A pattern of a few letters would let the headers of proxies and users through.
        foreach (var name in _file.Native.RequestHeaders.Where(n => !HeadersPattern().IsMatch(n)))
        {
            Fault("/native/request_headers", $"'{name}' must be the name of a header, or two of its words and an asterisk.");
        }
    }

    private void CheckHmac(AuthPart auth)
    {
        if (auth.Scheme == "hmac" != auth.Hmac is not null)
        {
            Fault("/auth/hmac", "Must be there with the scheme hmac, and only with it.");
        }

        if (auth.Hmac is not { } hmac)
        {
            return;
        }

        if (hmac.Algorithm is not ("sha256" or "sha512" or "sha1") || hmac.Encoding is not ("hex" or "base64"))
        {
            Fault("/auth/hmac", "Must have the algorithm sha256, sha512 or sha1, and the encoding hex or base64.");
        }

        foreach (var (at, text) in hmac.Headers.Select(h => ($"/auth/hmac/headers/{h.Key}", h.Value)).Prepend(("/auth/hmac/message", hmac.Message)))
        {
            foreach (var name in BracePattern().Matches(text).Select(m => m.Groups[1].Value).Where(n => !RequestSigner.Names.Contains(n) && !(n == "signature" && at != "/auth/hmac/message")))
            {
                Fault(at, $"There is no '{name}' to sign.");
            }
        }

        if (!hmac.Headers.Values.Any(v => v.Contains("{signature}", StringComparison.Ordinal)) || hmac.Headers.Keys.Any(h => !HeaderPattern().IsMatch(h)))
        {
            Fault("/auth/hmac/headers", "Must be names of headers, one of which holds {signature}.");
        }

        if (hmac.Message.Contains("{body", StringComparison.Ordinal) && _file.Native.Endpoints.Any(e => e.Methods.Contains("POST", StringComparison.Ordinal)))
        {
            Fault("/native/endpoints", "Must not take bodies where they are signed: nobody reads them on the native route.");
        }
    }

    private DeclaredModel Model(ModelPart part, string path)
    {
        if (MediaTypeOf(part.Type) is null)
        {
            Fault(path + "/type", "Must be image, video, audio or text.");
        }

        foreach (var size in part.Limits.Sizes.Where(s => !SizePattern().IsMatch(s)))
        {
            Fault(path + "/limits/sizes", $"'{size}' is no WxH.");
        }

        foreach (var name in part.Values.Keys.Concat(part.Defaults.Keys).Where(n => !NeutralParameter.Names.Contains(n) && n is not ("seconds" or "results" or "size" or "megapixels" or "tokens")))
        {
            Fault(path, $"There is no parameter '{name}'.");
        }

        var l = part.Limits;
        var info = new ModelInfo(part.Id, MediaTypeOf(part.Type) ?? MediaType.Image)
        {
            Capabilities = part.Capabilities,
            FetchesUrls = part.FetchesUrls,
            FetchesVideoUrls = part.FetchesUrls,
            Retired = part.Retired,
            Successor = part.Successor,
            Limits = new ModelLimits
            {
                Sizes = l.Sizes, SizeIsFixed = l.SizeIsFixed, MaxWidth = l.MaxWidth, MaxHeight = l.MaxHeight, SideStep = l.SideStep, MinSide = l.MinSide, MinArea = l.MinArea, MaxArea = l.MaxArea,
                AspectRatios = l.AspectRatios, Resolutions = l.Resolutions, Durations = l.Durations, MinDuration = l.MinDuration, MaxDuration = l.MaxDuration,
                MaxPromptLength = l.MaxPromptLength, MaxResults = l.MaxResults, MaxInputImages = l.MaxInputImages, InputTypes = l.InputTypes,
            },
            Defaults = Defaults(part.Defaults),
            Price = Shown(part.Price),
        };
        for (var i = 0; i < part.Price.Count; i++)
        {
            var p = part.Price[i];
            if (!((decimal?[])[p.PerRequest, p.PerResult, p.PerSecond, p.PerInput, p.PerMegapixel, p.PerThousandCharacters, p.PerMillionTokensIn, p.PerMillionTokensOut, p.AtLeast]).Any(a => a is not null))
            {
                Fault($"{path}/price/{i}", "Must have an amount.");
            }

            if (((decimal?[])[p.PerRequest, p.PerResult, p.PerSecond, p.PerInput, p.PerMegapixel, p.PerThousandCharacters, p.PerMillionTokensIn, p.PerMillionTokensOut, p.AtLeast, p.Times]).Any(a => a < 0))
            {
                Fault($"{path}/price/{i}", "Must not be negative.");
            }
        }

        var prices = part.Price.Select((p, i) => new DeclaredPrice(Conditions(p.When, $"{path}/price/{i}/when"), p)).ToList();
        foreach (var name in part.Lacks.Concat(part.Refuse.Select(r => r.Field)).Where(n => !NeutralParameter.Names.Contains(n)))
        {
            Fault(path, $"There is no parameter '{name}'.");
        }

        return new DeclaredModel(info, part.Values, part.Vars, part.Defaults, prices)
        {
            Lacks = part.Lacks,
            Refuse = [.. part.Refuse.Select((r, i) => (Conditions(r.When, $"{path}/refuse/{i}/when"), r.Field, r.Message))],
        };
    }

    /// <summary>The price that the catalogue shows: the plain one, and by resolution or size where there are several.</summary>
    private static ModelPrice? Shown(IReadOnlyList<PricePart> prices)
    {
        if (prices.Count == 0)
        {
            return null;
        }

        var plain = prices.FirstOrDefault(p => p.When.Count == 0) ?? prices[0];
        var (perSecond, perResult) = (new Dictionary<string, decimal>(StringComparer.Ordinal), new Dictionary<string, decimal>(StringComparer.Ordinal));
        foreach (var price in prices)
        {
            var sized = price.When.FirstOrDefault(w => w.StartsWith("resolution=", StringComparison.Ordinal) || w.StartsWith("size=", StringComparison.Ordinal));
            foreach (var size in sized?[(sized.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(',') ?? [])
            {
                if (price.PerSecond is { } second)
                {
                    perSecond[size + (price.When.Contains("!audio") ? "-silent" : "")] = second * price.Times;
                }
                else if (price.PerResult is { } result)
                {
                    perResult[size] = result * price.Times;
                }
            }
        }

        return new ModelPrice((plain.PerResult ?? plain.PerRequest) * plain.Times, plain.PerSecond * plain.Times, perSecond.Count == 0 ? null : perSecond)
        {
            PerResultBySize = perResult.Count == 0 ? null : perResult,
            PerMegapixel = plain.PerMegapixel * plain.Times,
            PerThousandCharacters = plain.PerThousandCharacters * plain.Times,
            IsBound = prices.Any(p => p.Bound),
            Source = prices.Select(p => p.Source).FirstOrDefault(t => t is not null),
        };
    }

    private static GenerationParameters Defaults(Dictionary<string, JsonElement> defaults)
    {
        var parameters = GenerationParameters.None;
        foreach (var (name, value) in defaults)
        {
            var parameter = NeutralParameter.All.FirstOrDefault(p => p.Name == name);
            object? given = parameter?.Kind switch
            {
                ParameterKind.Whole or ParameterKind.Level => value.Whole(),
                ParameterKind.Number => value.Number(),
                ParameterKind.Flag when value.ValueKind is JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
                ParameterKind.Ratio or ParameterKind.Word or ParameterKind.Text or ParameterKind.Prose => value.Text(),
                _ => null,
            };
            parameters = given is null ? parameters : parameter!.Set(parameters, given);
        }

        return parameters;
    }

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
        var body = submit.Body.ValueKind == JsonValueKind.Undefined ? null : Template.Parse(submit.Body, path + "/submit/body", _file.Maps, Fault);
        if (submit.Body.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            Fault(path + "/submit/body", "Must be an object.");
        }

        if (submit.Encoding is not ("json" or "multipart"))
        {
            Fault(path + "/submit/encoding", "Must be json or multipart.");
        }

        foreach (var name in submit.Ignores.Keys.Where(n => !NeutralParameter.Names.Contains(n)))
        {
            Fault($"{path}/submit/ignores/{name}", "There is no such parameter.");
        }

        foreach (var name in submit.Needs.Where(n => !Scope.Knows(n)))
        {
            Fault(path + "/submit/needs", $"There is no variable '{name}'.");
        }

        foreach (var name in submit.Headers.Keys.Where(h => !HeaderPattern().IsMatch(h) || h.Equals(_file.Auth.Header, StringComparison.OrdinalIgnoreCase)))
        {
            Fault($"{path}/submit/headers/{name}", "Must be the name of a header other than the key's.");
        }

        var job = part.Job ?? _file.Job;
        var following = job is null ? null : Following(job, part.Job is null ? "/job" : path + "/job", part.Name);
        var nativeAt = Names(submit.NativeAt, path + "/submit/native_at");
        List<(string Name, IReadOnlyList<string> At, IReadOnlyDictionary<string, string>? Map)> facts = [.. submit.Facts.Select(f => FactOf(f.Key, f.Value, $"{path}/submit/facts/{f.Key}"))];
        HashSet<string> used = [.. target.Names, .. query.SelectMany(q => q.Item2.Names), .. headers.SelectMany(h => h.Item2.Names), .. body?.Names ?? []];
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
            NativeAt = nativeAt,
            Ignores = submit.Ignores,
            Needs = submit.Needs,
            Facts = facts,
            NativeNames = facts.Where(f => f.At.Count > nativeAt.Count)
                .Select(f => (Name: f.Name switch { "results" => "n", "seconds" => "duration", _ => f.Name }, Own: string.Join('.', f.At.Skip(nativeAt.Count)))).DistinctBy(f => f.Name)
                .ToFrozenDictionary(f => f.Name, f => f.Own, StringComparer.Ordinal),
            Read = Reading(read, part.Read is null ? "/read" : path + "/read"),
            Job = read.Job.Count == 0 ? null : following,
            Used = used,
        };
    }

    /// <summary>A place in the body, and behind <c>|map:NAME</c> the words that it says it in.</summary>
    private (string Name, IReadOnlyList<string> At, IReadOnlyDictionary<string, string>? Map) FactOf(string name, string text, string path)
    {
        var (at, map) = text.Split("|map:") is [var place, var words] ? (place, words) : (text, null);
        var known = map is null ? null : _file.Maps.GetValueOrDefault(map);
        if (map is not null && known is null)
        {
            Fault(path, $"There is no map '{map}'.");
        }

        return (name, Names(at, path), known);
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
            Cancel = part.Cancel is { } cancel ? (cancel.Method, First(cancel.Path, path + "/cancel/path"), cancel.IsFinal) : null,
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
            "fal" => Uri.TryCreate(part.Keys, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && HostNames.AreOneOwners(url.IdnHost, new Uri(_file.Address).IdnHost),
            "standard" => part.Keys?.StartsWith('/') == true && !part.Keys.StartsWith("//", StringComparison.Ordinal),
            _ => false,
        };
        return isGood ? new WebhookSignature(part.Signature == "fal" ? WebhookScheme.Fal : WebhookScheme.Standard, part.Keys!)
            : Fault<WebhookSignature?>(path + "/signature", "Must be fal, with an https URL of the provider's in 'keys', or standard, with a path there.");
    }

    private DeclaredStep Step(StepPart part, string path) => new(part.Method, First(part.Path, path + "/path"), Reading(part.Read, path + "/read"), part.ErrorIsFinal);

    private DeclaredReading Reading(ReadPart part, string path)
    {
        var words = new Dictionary<string, Phase>(StringComparer.Ordinal);
        foreach (var (word, meaning) in part.Words)
        {
            words[word] = PhaseOf(meaning, $"{path}/words/{word}");
        }

        return new DeclaredReading
        {
            Job = All(part.Job, path + "/job"),
            Status = All(part.Status, path + "/status"),
            Words = words.ToFrozenDictionary(StringComparer.Ordinal),
            WordsIf = [.. part.WordsIf.Select((w, i) => (w.Word, SignOf(w.If, $"{path}/words_if/{i}/if"), PhaseOf(w.Means, $"{path}/words_if/{i}/means")))],
            WithoutStatus = part.WithoutStatus is { } without ? PhaseOf(without, path + "/without_status") : null,
            RunningHttp = part.RunningHttp,
            RunningText = part.RunningText is { } running ? Pattern(running, path + "/running_text") : null,
            PollUrl = All(part.PollUrl, path + "/poll_url"),
            Keep = [.. part.Keep.Select(k => (k.Key, At(k.Value, $"{path}/keep/{k.Key}")))],
            Progress = part.Progress is { } progress ? (At(progress, path + "/progress"), part.ProgressOf) : null,
            FailedIf = Signs(part.FailedIf, path + "/failed_if"),
            Results = [.. part.Results.Select((r, i) => Results(r, $"{path}/results/{i}"))],
            Text = All(part.Text, path + "/text"),
            Seed = part.Seed is { } seed ? At(seed, path + "/seed") : null,
            Cost = Costs(part.Cost, path + "/cost"),
            Tokens = All(part.Tokens, path + "/tokens"),
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

    private Sign SignOf(FailedPart part, string path) => new(
        At(part.At, path + "/at"), part.Is, part.Not, part.Code is { } code ? CodeOf(code, path + "/code") : null, BilledOf(part.Billed, path + "/billed"), part.DespiteResults);

    private IReadOnlyList<DeclaredCost> Costs(IReadOnlyList<CostPart> parts, string path) => [.. parts.Select((p, i) =>
    {
        if (p.At is null == p.Header is null)
        {
            Fault($"{path}/{i}", "Must have 'at' or 'header', and not both.");
        }

        return new DeclaredCost(
            p.At is { } at ? At(at, $"{path}/{i}/at") : null, p.Header, p.Times, p.TimesModel, p.By is { } by ? At(by, $"{path}/{i}/by") : null,
            p.If is { } sign ? SignOf(sign, $"{path}/{i}/if") : null, Costs(p.Plus, $"{path}/{i}/plus"));
    })];

    private DeclaredFailures Failures(ErrorsPart part) => new(
        _file.Title ?? _file.Name, All(part.Code, "/errors/code"), All(part.Text, "/errors/text"), All(part.RetryAfter, "/errors/retry_after"),
        part.RetryAfterText is { } wait ? Pattern(wait, "/errors/retry_after_text") : null,
        part.CodeInText is { } inText ? Pattern(inText, "/errors/code_in_text") : null,
        [.. part.Rules.Select((r, i) => Rule(r, $"/errors/rules/{i}"))],
        Costs(part.Cost, "/errors/cost"));

    private ErrorRule Rule(ErrorRulePart part, string path)
    {
        foreach (var http in part.Http.Where(h => !HttpPattern().IsMatch(h)))
        {
            Fault(path + "/http", $"'{http}' is no status, as 429 or 5xx.");
        }

        foreach (var phase in part.During.Where(d => d is not ("submit" or "poll" or "cancel" or "find" or "probe" or "job")))
        {
            Fault(path + "/during", $"'{phase}' is none of submit, poll, cancel, find, probe, job.");
        }

        return new ErrorRule(
            part.Http, part.Native, part.Text is { } text ? Pattern(text, path + "/text") : null, part.During, CodeOf(part.Code, path + "/code"), part.Retryable,
            part.Accepted switch
            {
                null => null,
                "yes" => Acceptance.Yes,
                "no" => Acceptance.No,
                "unknown" => Acceptance.Unknown,
                _ => Fault<Acceptance?>(path + "/accepted", "Must be yes, no or unknown."),
            },
            BilledOf(part.Billed, path + "/billed"));
    }

    private Billed? BilledOf(string? word, string path) => word switch
    {
        null => null,
        "yes" => Billed.Yes,
        "no" => Billed.No,
        "unknown" => Billed.Unknown,
        _ => Fault<Billed?>(path, "Must be yes, no or unknown."),
    };

    private ErrorCode CodeOf(string word, string path)
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            if (WireName(code) == word)
            {
                return code;
            }
        }

        return Fault<ErrorCode>(path, $"Must be one of {string.Join(", ", Enum.GetValues<ErrorCode>().Select(WireName))}.");
    }

    private static string WireName(ErrorCode code) => SnakePattern().Replace(code.ToString(), "_").ToUpperInvariant();

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

    private IReadOnlyList<Condition> Conditions(IReadOnlyList<string> texts, string path) => [.. texts.Select((t, i) =>
    {
        var condition = Condition.Parse(t, out var fault);
        return condition ?? Fault<Condition?>($"{path}/{i}", fault!);
    }).OfType<Condition>()];

    private Template Text(string text, string path) => Template.Parse(text, _file.Maps, reason => Fault(path, reason)) ?? Template.Parse("", _file.Maps, _ => { })!;

    private Template Path(string text, string path)
    {
        var isOwn = text.StartsWith('/') || text.StartsWith("{poll_url", StringComparison.Ordinal) || text.StartsWith("{job.", StringComparison.Ordinal)
            || text.StartsWith("{destination|map:", StringComparison.Ordinal)
            || _file.KeyHosts.Any(h => text.StartsWith($"https://{h}/", StringComparison.OrdinalIgnoreCase));
        if (!isOwn || text.StartsWith("//", StringComparison.Ordinal))
        {
            Fault(path, "Must begin with a slash, with {poll_url}, with {job.NAME}, with {destination|map:NAME}, or with https:// and one of key_hosts.");
        }

        return Text(text, path);
    }

    private Template First(IReadOnlyList<string> texts, string path) => Template.FirstOf([.. texts.Select((t, i) => Path(t, texts.Count == 1 ? path : $"{path}/{i}"))]);

    private IReadOnlyList<Pointer> All(IReadOnlyList<string> texts, string path) => [.. texts.Select((t, i) => At(t, texts.Count == 1 ? path : $"{path}/{i}"))];

    private Pointer At(string text, string path) => Pointer.Parse(text) ?? Fault(path, Pointer.Parse("")!, "Must be a JSON Pointer: empty, or with a slash before each part.");

    private IReadOnlyList<string> Names(string text, string path) => At(text, path).Names ?? Fault<IReadOnlyList<string>>(path, [], "Must be a JSON Pointer without wild cards.");

    private Regex? Pattern(string text, string path, bool ignoreCase = true)
    {
        try
        {
            // This kind takes linear time, whatever the pattern and the text.
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            Fault(path, $"Is no regular expression that can be used: {e.Message}");
            return null;
        }
    }

    private void Unique(IEnumerable<string> names, string path, string what)
    {
        foreach (var twice in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Fault(path, $"The {what} '{twice.Key}' stands twice.");
        }
    }

    private void AtMost(int count, int most, string path)
    {
        if (count > most)
        {
            Fault(path, string.Create(CultureInfo.InvariantCulture, $"Must have at most {most} items."));
        }
    }

    private void Fault(string path, string reason) => _faults.Add(new ProviderFault(path, reason));

    private T Fault<T>(string path, string reason) => Fault(path, default(T)!, reason);

    private T Fault<T>(string path, T instead, string reason)
    {
        Fault(path, reason);
        return instead;
    }

    [GeneratedRegex("\\{([^}]*)\\}", RegexOptions.CultureInvariant)]
    private static partial Regex BracePattern();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex VariablePattern();

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderPattern();

    [GeneratedRegex("^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$|^[A-Za-z0-9]+(-[A-Za-z0-9]+)+-\\*$", RegexOptions.CultureInvariant)]
    private static partial Regex HeadersPattern();

    [GeneratedRegex("^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex SizePattern();

    [GeneratedRegex("^[1-5][0-9x][0-9x]$", RegexOptions.CultureInvariant)]
    private static partial Regex HttpPattern();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex SnakePattern();
}

/// <summary>Something that is wrong in a provider file.</summary>
/// <param name="Path">A JSON Pointer to it.</param>
/// <param name="Reason">What, and what would be right.</param>
public sealed record ProviderFault(string Path, string Reason);
