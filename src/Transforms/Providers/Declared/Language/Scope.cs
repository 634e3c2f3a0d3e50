using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>The variables of one mapping.</summary>
internal sealed class Scope
{
    /// <summary>The variables beside the neutral parameters and those with a prefix.</summary>
    private static readonly string[] s_own =
    [
        "prompt", "prompt.length", "prompt.bytes", "tokens", "media_type", "model", "item", "index", "size", "job", "poll_url", "attempt_id", "cursor", "since", "since_ms", "since_s", "until", "until_ms", "until_s",
        "inputs", "reference_images.count", "results", "seconds", "megapixels", "shape", "destination", "uuid",
    ];

    private static readonly string[] s_ofJobs = ["job", "poll_url", "attempt_id", "cursor", "since", "since_ms", "since_s", "until", "until_ms", "until_s", "destination"];

    private static readonly HashSet<string> s_media = [.. NeutralParameter.All.Where(p => p.Kind is ParameterKind.Image or ParameterKind.Images or ParameterKind.Video).Select(p => p.Name)];
    private const string Defaults = "model.default.";

    /// <summary>Before the names of what uploads have given.</summary>
    public const string Upload = "upload.";

    private static readonly string[] s_prefixes = ["model.", "native.", "job.", Upload];
    private static readonly HashSet<string> s_known = [.. s_own, .. NeutralParameter.All.Select(p => p.Name), .. NeutralParameter.All.SelectMany(p => new[] { p.Name + ".is_url", p.Name + ".is_bytes" }), "item.is_url", "item.is_bytes"];

    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);
    private readonly Scope? _outer;

    /// <summary>An empty scope, or one inside another.</summary>
    public Scope(Scope? outer = null) => _outer = outer;

    /// <summary>Whether a variable of this name can exist.</summary>
    public static bool Knows(string name) => s_known.Contains(name) || s_prefixes.Any(p => name.Length > p.Length && name.StartsWith(p, StringComparison.Ordinal));

    /// <summary>What is wrong with a name that is no variable.</summary>
    public static string Unknown(string name) =>
        $"There is no variable '{name}'{(name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? $"; a parameter of the provider's own is native.{name}. The neutral ones are {string.Join(", ", NeutralParameter.Names)}" : "")}.";

    /// <summary>Whether a variable has a value only where a job is asked for.</summary>
    public static bool IsOfJobs(string name) => s_ofJobs.Contains(name) || IsKept(name);

    /// <summary>Whether a variable is what answers about a job have given of it.</summary>
    public static bool IsKept(string name) => name.StartsWith("job.", StringComparison.Ordinal);

    /// <summary>Whether a variable is media that go in.</summary>
    public static bool IsMedia(string name) => s_media.Contains(name);

    /// <summary>Whether a variable is what a listed model takes where nothing is given.</summary>
    public static bool IsDefault(string name) => name.StartsWith(Defaults, StringComparison.Ordinal);

    /// <summary>The name of what a listed model takes for a parameter that is not given.</summary>
    public static string DefaultOf(string parameter) => Defaults + parameter;

    /// <summary>Sets a variable.</summary>
    public Scope Set(string name, object? value)
    {
        _values[name] = value;
        return this;
    }

    /// <summary>The value of a variable.</summary>
    /// <returns>Null when it has none.</returns>
    public object? Find(string name)
    {
        if (_values.TryGetValue(name, out var value))
        {
            return value;
        }

        return name.EndsWith(".is_url", StringComparison.Ordinal) ? Is(name[..^7], i => i.Url is not null)
            : name.EndsWith(".is_bytes", StringComparison.Ordinal) ? Is(name[..^9], i => i.IsInline)
            : _outer?.Find(name);
    }

    /// <summary>The variables of a request for a model.</summary>
    public static Scope Of(GenerationRequest request, DeclaredModel model, JsonElement native)
    {
        var scope = new Scope()
            .Set("prompt", request.Prompt.Length > 0 ? request.Prompt : null)
            .Set("prompt.length", (long)request.Prompt.EnumerateRunes().Count())
            .Set("prompt.bytes", (long)System.Text.Encoding.UTF8.GetByteCount(request.Prompt))
            .Set("media_type", request.MediaType.ToString().ToLowerInvariant())
            .Set("model", model.Info.Id)
            .Set("uuid", NativeRequest.AttemptId);
        foreach (var parameter in NeutralParameter.All)
        {
            if (parameter.ValueIn(request.Parameters) is { } value)
            {
                scope.Set(parameter.Name, value);
            }
        }

        var p = request.Parameters;
        scope.Set("reference_images.count", (long)p.ReferenceImages.Count);
        scope.Set("inputs", (long)(p.ReferenceImages.Count + (p.Image is null ? 0 : 1) + (p.LastImage is null ? 0 : 1) + (p.Mask is null ? 0 : 1) + (p.Video is null ? 0 : 1)));
        if (p.AspectRatio == "auto")
        {
            scope.Set("aspect_ratio", null);
        }

        if (p.Seed == -1)
        {
            scope.Set("seed", null);
        }

        scope.Set("model.app", AppOf(model.Info.Id));
        model.AddTo(scope);
        if (native.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in native.EnumerateObject())
            {
                scope.Set("native." + member.Name, Values.Of(member.Value));
            }
        }

        return scope;
    }

    /// <summary>The variables of a job, as they stand in a path.</summary>
    public static Scope Of(JobHandle job, DeclaredModel? model)
    {
        var scope = new Scope().Set("job", Uri.EscapeDataString(job.NativeId)).Set("model", job.Model).Set("poll_url", job.PollUrl).Set("uuid", NativeRequest.AttemptId);
        foreach (var (name, value) in job.State)
        {
            scope.Set("job." + name, value);
        }

        scope.Set("model.app", AppOf(job.Model));
        model?.AddTo(scope);
        return scope;
    }

    /// <summary>The first two parts of a model's path, or three behind a name space: what is left of it in the addresses of jobs.</summary>
    private static string AppOf(string model) => string.Join('/', model.Split('/').Take(model.StartsWith("workflows/", StringComparison.Ordinal) || model.StartsWith("comfy/", StringComparison.Ordinal) ? 3 : 2));

    private bool Is(string name, Func<MediaInput, bool> test) => Find(name) switch
    {
        MediaInput input => test(input),
        IEnumerable<MediaInput> several => several.Any(test),
        _ => false,
    };
}
