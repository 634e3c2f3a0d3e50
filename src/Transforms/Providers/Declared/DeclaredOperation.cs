using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Declared.Compiling;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>A way to submit.</summary>
internal sealed record DeclaredOperation
{
    /// <summary>The fact that counts what stands in all of its places.</summary>
    private const string Inputs = "inputs";

    private static readonly string[] s_sizes = ["size", "width", "height", "aspect_ratio", "resolution"];

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When it is taken.</summary>
    public required IReadOnlyList<Condition> When { get; init; }

    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>The path.</summary>
    public required Template Path { get; init; }

    /// <summary>The query.</summary>
    public required IReadOnlyList<(string Name, Template Value)> Query { get; init; }

    /// <summary>Headers.</summary>
    public required IReadOnlyList<(string Name, Template Value)> Headers { get; init; }

    /// <summary>The body; null for none.</summary>
    public Template? Body { get; init; }

    /// <summary>True for a form.</summary>
    public bool IsForm { get; init; }

    /// <summary>True where the body is the one item of a list.</summary>
    public bool IsList { get; init; }

    /// <summary>Where native parameters go.</summary>
    public required IReadOnlyList<string> NativeAt { get; init; }

    /// <summary>What is uploaded before.</summary>
    public required IReadOnlyList<DeclaredUpload> Uploads { get; init; }

    /// <summary>In which forms the body takes inputs.</summary>
    public required InputForms Forms { get; init; }

    /// <summary>Parameters that are left out with a warning.</summary>
    public required IReadOnlyDictionary<string, string> Ignores { get; init; }

    /// <summary>Parameters that must be given.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>Where the body holds what is paid for.</summary>
    public required IReadOnlyList<Fact> Facts { get; init; }

    /// <summary>What the native parameters call the facts, by neutral name.</summary>
    public required IReadOnlyDictionary<string, string> NativeNames { get; init; }

    /// <summary>What the answer means.</summary>
    public required DeclaredReading Read { get; init; }

    /// <summary>How the job is followed; null where the answer is the result.</summary>
    public DeclaredFollowing? Job { get; init; }

    /// <summary>Every variable that the templates use.</summary>
    public required IReadOnlySet<string> Used { get; init; }

    /// <summary>Builds the submit of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="key">The key of native parameters.</param>
    /// <param name="native">They; undefined when there are none.</param>
    /// <param name="scope">The variables.</param>
    /// <param name="issues">Takes refusals, warnings and the price.</param>
    public NativeRequest Build(GenerationRequest request, DeclaredModel model, string key, JsonElement native, Scope scope, MappingIssues issues)
    {
        List<NativeUpload> uploads = [.. Uploads.Select(u => u.Call(scope)).OfType<NativeUpload>()];
        foreach (var upload in Uploads)
        {
            upload.Promise(scope);
        }

        var submit = Submit(request, model, key, native, scope, issues);
        return uploads.Count == 0 ? submit
            : submit with { Preparation = new NativePreparation(uploads, given => Submit(request, model, key, native, DeclaredUpload.With(scope, given), new MappingIssues())) };
    }

    private NativeRequest Submit(GenerationRequest request, DeclaredModel model, string key, JsonElement native, Scope scope, MappingIssues issues)
    {
        // 1. What is asked for must be something that this operation can say.
        var p = request.Parameters;
        issues.RejectUnsupported(p, model.Info, [.. Supported().Except(model.Lacks)]);
        foreach (var name in model.Lacks)
        {
            scope.Set(name, null);
        }

        if (model.NeedsInput && Values.Number(scope.Find("inputs")) is not > 0)
        {
            issues.Refuse("parameters.image", $"{model.Info.Id} needs it.");
        }

        if (request.Prompt.Length > 0 && !Used.Any(static u => u == "prompt" || u.StartsWith("prompt.", StringComparison.Ordinal)))
        {
            issues.Warn("prompt", $"{model.Info.Id} takes none; it is not sent.");
        }

        foreach (var (name, reason) in Ignores)
        {
            if (NeutralParameter.All.First(n => n.Name == name).IsGiven(p))
            {
                issues.Warn("parameters." + name, reason);
            }
        }

        foreach (var name in Needs.Where(n => !Values.IsGiven(scope.Find(n))))
        {
            issues.Refuse(name == "prompt" ? "prompt" : "parameters." + name, $"{model.Info.Id} needs it.");
        }

        foreach (var name in Forms.OnlyUrls.Where(n => scope.Find(n + ".is_bytes") is true))
        {
            issues.Refuse("parameters." + name, "must be an https URL.");
        }

        DeclaredChecks.CheckInputs(p, model, issues);
        DeclaredChecks.Check(request, model, issues);
        DeclaredSizing.Add(p, model.Info, Used, scope, issues);

        // 2. The body, with native parameters laid into it.
        var body = Body?.Render(scope) as Fields ?? new Fields();
        var filled = new HashSet<string>(StringComparer.Ordinal);
        if (native.ValueKind == JsonValueKind.Object)
        {
            if (Body is null || Rendered.ObjectAt(body, NativeAt) is not { } place)
            {
                issues.Refuse("parameters." + key, "cannot be sent with the rest of the request.");
            }
            else
            {
                Rendered.Merge(place, native, "parameters." + key, Used.Where(u => u.StartsWith("native.", StringComparison.Ordinal)).Select(u => u[7..]).ToHashSet(StringComparer.Ordinal),
                    NativeAt.Aggregate<string, Template?>(Body, (at, name) => at?.Member(name)), scope, filled, issues);
            }
        }

        var headers = Headers.Select(h => (h.Name, Value: Values.Text(h.Value.Render(scope)))).Where(h => h.Value is not null).Select(h => KeyValuePair.Create(h.Name, h.Value!)).ToList();
        if (headers.Exists(h => h.Value.AsSpan().ContainsAnyExceptInRange(' ', '~')))
        {
            issues.Refuse("parameters", $"{model.Info.Id} takes a part of it in a header, which holds printable ASCII only.");
        }

        // 3. The price looks at what is sent.
        var facts = FactsOf(body, scope, model, out var given);
        var sent = DeclaredChecks.Described(facts, NativeNames);
        DeclaredChecks.CheckSent(sent, request, model, key, native, issues);
        foreach (var (when, field, message) in model.Refuse)
        {
            if (when.All(c => c.Holds(facts)))
            {
                const string Native = "native.";
                issues.Refuse(field == "prompt" ? field : field.StartsWith(Native, StringComparison.Ordinal) ? $"parameters.{key}.{field[Native.Length..]}" : "parameters." + field, message);
            }
        }

        issues.Output = sent;
        issues.EstimatedCost = model.PriceOf(facts, filled.SelectMany(PriceNames).Except(given).ToHashSet(StringComparer.Ordinal));
        return new NativeRequest(Method, Target(Path, Query, scope))
        {
            Operation = Name,
            TakesAttemptId = Used.Contains("uuid"),
            Body = Body is null ? null : IsForm ? Rendered.ToForm(body) : Rendered.ToJson(body, IsList),
            Headers = headers,
        };
    }

    /// <summary>A path with its query.</summary>
    public static string Target(Template path, IReadOnlyList<(string Name, Template Value)> query, Scope scope)
    {
        var target = Values.Text(path.Render(scope)) ?? "/";
        var separator = target.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, template) in query)
        {
            if (Values.Text(template.Render(scope)) is { Length: > 0 } value)
            {
                target += $"{separator}{name}={Uri.EscapeDataString(value)}";
                separator = '&';
            }
        }

        return target;
    }

    /// <summary>What prices call a variable of the request.</summary>
    private static IEnumerable<string> PriceNames(string name) => name switch
    {
        "prompt" => ["prompt", "prompt.length", "prompt.bytes"],
        "n" or "results" => ["n", "results"],
        "duration" or "seconds" => ["duration", "seconds"],
        "width" or "height" or "size" => [name, "size", "megapixels", "shape"],
        _ when Scope.IsMedia(name) => [name, "inputs", name + ".count"],
        _ => [name],
    };

    /// <summary>What the mapped request asks for: what its body holds, else the model's default, else what the request gives.</summary>
    /// <param name="body">The body.</param>
    /// <param name="scope">The variables of the request.</param>
    /// <param name="model">The model.</param>
    /// <param name="given">The variables that the body gives.</param>
    private Scope FactsOf(Fields body, Scope scope, DeclaredModel model, out HashSet<string> given)
    {
        var facts = new Scope(scope);
        given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in model.Defaults)
        {
            if (!Values.IsGiven(scope.Find(name)))
            {
                facts.Set(name, Values.Of(value));
            }
        }

        if (Facts.Any(f => f.Name == Inputs))
        {
            facts.Set(Inputs, Facts.Where(f => f.Name == Inputs).Sum(f => Count(Rendered.At(body, f.At))));
            given.Add(Inputs);
        }

        foreach (var fact in Facts.Where(f => f.Name != Inputs))
        {
            if (Rendered.At(body, fact.At) is { } there)
            {
                facts.Set(fact.Name, Normal(fact.Name, fact.Meaning(there)));
                given.UnionWith(PriceNames(fact.Name));
            }
        }

        // One side alone decides nothing of the size.
        if (given.Contains("width") != given.Contains("height") && Facts.All(f => f.Name != "size" || Rendered.At(body, f.At) is null))
        {
            given.ExceptWith(["size", "megapixels", "shape"]);
        }

        facts.Set("results", facts.Find("results") ?? facts.Find("n") ?? 1L);
        facts.Set("seconds", facts.Find("seconds") ?? facts.Find("duration"));
        var (width, height) = Values.Text(facts.Find("size"))?.Split('x', '*', ':') is [var w, var h] ? (Values.Number(w), Values.Number(h))
            : (given.Contains("width") && given.Contains("height")) || IsDefaultSize(model, scope, given) ? (Values.Number(facts.Find("width")), Values.Number(facts.Find("height")))
            : (null, null);
        if (width * height / 1_000_000 is { } megapixels)
        {
            facts.Set("megapixels", megapixels).Set("shape", width / height);
        }

        return facts;
    }

    /// <summary>Whether nothing says anything of the size, so that the model's own applies.</summary>
    private static bool IsDefaultSize(DeclaredModel model, Scope scope, HashSet<string> given) =>
        model.Defaults.ContainsKey("width") && model.Defaults.ContainsKey("height")
        && Array.TrueForAll(s_sizes, n => !given.Contains(n) && !Values.IsGiven(scope.Find(n)));

    private static long Count(object? media) => media switch
    {
        null => 0,
        List<object?> several => several.Count,
        JsonElement { ValueKind: JsonValueKind.Array } several => several.GetArrayLength(),
        _ => 1,
    };

    private static object? Normal(string name, object value) => name switch
    {
        "seconds" or "duration" or "results" or "n" or "megapixels" or "tokens" => Values.Number(value),
        "audio" => Values.Text(value) is "true" or "on" or "native" or "yes",
        "resolution" or "aspect_ratio" or "size" => Values.Text(value)?.ToLowerInvariant(),
        _ => value,
    };

    private IEnumerable<string> Supported()
    {
        foreach (var name in Used)
        {
            yield return name.Split('.')[0];
        }

        foreach (var name in Ignores.Keys)
        {
            yield return name;
        }

        if (Used.Contains("size") || Used.Contains("width") || Used.Contains("aspect_ratio") || Used.Contains("resolution"))
        {
            foreach (var name in Used.Contains("aspect_ratio") && !Used.Contains("resolution") && !Used.Contains("size") && !Used.Contains("width")
                ? DeclaredSizing.Names.Where(n => n != "resolution")
                : Used.Contains("resolution") && !Used.Contains("aspect_ratio") && !Used.Contains("size") && !Used.Contains("width") ? ["resolution"] : DeclaredSizing.Names)
            {
                yield return name;
            }
        }
    }
}

/// <summary>Where a body holds something that is paid for.</summary>
/// <param name="Name">The variable.</param>
/// <param name="At">The place.</param>
/// <param name="Map">The words that it uses; <c>*</c> is any other.</param>
/// <param name="Times">What one of its units is in those of the variable.</param>
internal sealed record Fact(string Name, IReadOnlyList<string> At, IReadOnlyDictionary<string, string>? Map, double? Times)
{
    /// <summary>What a body holds, in the words of the variable.</summary>
    public object Meaning(object value) =>
        Map is not null && Values.Text(value) is { } word && (Map.GetValueOrDefault(word) ?? Map.GetValueOrDefault("*")) is { } meant ? meant
        : Times is { } factor && Values.Number(value) is { } number ? Math.Round(number * factor, 6)
        : value;
}
