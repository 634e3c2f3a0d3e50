using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What each provider that has jobs says about one, built in or a data file, so that a test can be written once for all of them.</summary>
internal static class JobWords
{
    private const string Id = "job-1";
    private const string Operation = "models/veo/operations/job-1";

    /// <summary>A model of each data file, and the operation that its jobs begin with.</summary>
    private static readonly Dictionary<string, (string Model, string Operation)> _declared = new()
    {
        ["alibaba"] = ("wan2.6-t2i", "image"), ["byteplus"] = ("seedance-1-5-pro-251215", "video"), ["dream-machine"] = ("photon-1", "image"), ["elevenlabs"] = ("eleven_v3", "flows"),
        ["fal"] = ("fal-ai/flux/dev", "image"), ["google"] = ("gemini-omni-1.2-flash", "omni"), ["kling"] = ("kling-3.0", "text-to-video"), ["luma"] = ("uni-1", "image"),
        ["minimax"] = ("MiniMax-H3", "h3"), ["pika-dev"] = ("pika-2.5", "text-to-video"), ["replicate"] = ("black-forest-labs/flux-1.1-pro", "official"), ["xai"] = ("grok-imagine-video", "video"),
    };

    /// <summary>The built-in adapters, and those of the data files whose providers have jobs.</summary>
    public static IReadOnlyList<ProviderAdapter> Adapters { get; } = [.. AdapterRegistry.BuiltIn(), .. _declared.Keys.Select(Declared)];

    /// <summary>A job that the provider has accepted, in each way in which it is asked about.</summary>
    public static IReadOnlyDictionary<string, JobHandle> Jobs(ProviderAdapter adapter)
    {
        var job = new JobHandle(IsVeo(adapter) ? Operation : Id, ModelOf(adapter));
        return _declared.TryGetValue(adapter.Name, out var way) ? DeclaredJobs(adapter.Name, job, way.Operation)
            : adapter.Name == "pika"
            ? new Dictionary<string, JobHandle> { ["pika"] = job, ["pika result"] = job with { State = new Dictionary<string, string> { ["completed"] = "1" } } }
            : new Dictionary<string, JobHandle> { [adapter.Name] = job };
    }

    /// <summary>A model whose results are images where there is one.</summary>
    public static string ModelOf(ProviderAdapter adapter) => _declared.TryGetValue(adapter.Name, out var way) ? way.Model : (adapter.Models.FirstOrDefault(m => m.MediaType == MediaType.Image) ?? adapter.Models[0]).Id;

    /// <summary>Whether the answers about a job repeat its id.</summary>
    public static bool RepeatsTheId(string job) => job is not ("xai" or "fal result");

    /// <summary>An answer that says that the job is done.</summary>
    public static string Done(ProviderAdapter adapter, string url = "https://cdn.example/1") => Done(adapter, IsVeo(adapter) ? Operation : Id, url);

    /// <summary>The same about another job.</summary>
    public static string OthersDone(ProviderAdapter adapter) => Done(adapter, IsVeo(adapter) ? "models/veo/operations/other" : "other", "https://cdn.example/other");

    /// <summary>An answer with a status word that nobody knows.</summary>
    public static string Unheard(ProviderAdapter adapter) => IsVeo(adapter)
        ? $$$"""{"name":"{{{Operation}}}","metadata":{"state":"DREAMING"}}"""
        : $$"""{"id":"{{Id}}","request_id":"{{Id}}","status":"DREAMING"}""";

    private static ProviderAdapter Declared(string name) =>
        ProviderFileReader.Read(File.ReadAllBytes(Path.Combine(Repository.Root, "config", "providers", name + ".json")), out _)!.Value.Adapter;

    private static Dictionary<string, JobHandle> DeclaredJobs(string name, JobHandle job, string operation)
    {
        var begun = job with { State = new Dictionary<string, string> { ["operation"] = operation } };

        // The status leads to a second question, about which all of this is said as well; so it is asked here at once.
        return name == "fal"
            ? new Dictionary<string, JobHandle> { ["fal result"] = job with { State = new Dictionary<string, string> { ["operation"] = operation, ["step"] = "result" } } }
            : new Dictionary<string, JobHandle> { [name] = begun };
    }

    private static bool IsVeo(ProviderAdapter adapter) => adapter.Name.StartsWith("veo", StringComparison.Ordinal);

    private static string Done(ProviderAdapter adapter, string id, string url) => adapter.Name switch
    {
        "flux" => $$$"""{"id":"{{{id}}}","status":"Ready","result":{"sample":"{{{url}}}"}}""",
        "runway" => $$"""{"id":"{{id}}","status":"SUCCEEDED","output":["{{url}}"]}""",
        "sora" => $$"""{"id":"{{id}}","object":"video","status":"completed"}""",
        "pika" => $$$"""{"request_id":"{{{id}}}","video":{"url":"{{{url}}}"}}""",
        "veo" => $$$"""{"name":"{{{id}}}","done":true,"response":{"videos":[{"uri":"{{{url}}}"}]}}""",
        "veo-gemini" => $$$$"""{"name":"{{{{id}}}}","done":true,"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"{{{{url}}}}"}}]}}}""",
        "alibaba" => $$$$"""{"output":{"task_id":"{{{{id}}}}","task_status":"SUCCEEDED","choices":[{"message":{"content":[{"type":"image","image":"{{{{url}}}}"}]}}]}}""",
        "byteplus" => $$$"""{"id":"{{{id}}}","status":"succeeded","content":{"video_url":"{{{url}}}"}}""",
        "dream-machine" => $$$"""{"id":"{{{id}}}","state":"completed","assets":{"image":"{{{url}}}"}}""",
        "elevenlabs" => $$"""{"id":"{{id}}","status":"completed","content_url":"{{url}}","content_mime_type":"audio/mpeg"}""",
        "fal" => $$"""{"images":[{"url":"{{url}}"}]}""",
        "google" => $$$"""{"id":"{{{id}}}","status":"completed","output_video":{"uri":"{{{url}}}"}}""",
        "kling" => $$"""{"code":0,"data":[{"id":"{{id}}","status":"succeeded","outputs":[{"type":"video","url":"{{url}}"}]}]}""",
        "luma" => $$"""{"id":"{{id}}","state":"completed","output":[{"type":"image","url":"{{url}}"}]}""",
        "minimax" => $$$$"""{"task":{"id":"{{{{id}}}}","status":"succeeded","content":{"url":"{{{{url}}}}"}}}""",
        "pika-dev" => $$$$"""{"id":"{{{{id}}}}","status":"completed","output":{"video":{"url":"{{{{url}}}}"}}}""",
        "replicate" => $$"""{"id":"{{id}}","status":"succeeded","output":"{{url}}"}""",
        "xai" => $$$"""{"status":"done","video":{"url":"{{{url}}}"}}""",
        var name => throw new InvalidOperationException($"Nobody has written down what {name} says."),
    };
}
