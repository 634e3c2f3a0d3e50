using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What each built-in adapter's provider says about a job, so that a test can be written once for all of them.</summary>
internal static class JobWords
{
    private const string Id = "job-1";
    private const string Operation = "models/veo/operations/job-1";

    /// <summary>The built-in adapters.</summary>
    public static IReadOnlyList<ProviderAdapter> Adapters { get; } = [.. AdapterRegistry.BuiltIn()];

    /// <summary>A job that the provider has accepted, in each way in which it is asked about.</summary>
    public static IReadOnlyDictionary<string, JobHandle> Jobs(ProviderAdapter adapter)
    {
        var job = new JobHandle(IsVeo(adapter) ? Operation : Id, ModelOf(adapter));
        return adapter.Name == "pika"
            ? new Dictionary<string, JobHandle> { ["pika"] = job, ["pika result"] = job with { State = new Dictionary<string, string> { ["completed"] = "1" } } }
            : new Dictionary<string, JobHandle> { [adapter.Name] = job };
    }

    /// <summary>A model whose results are images where there is one.</summary>
    public static string ModelOf(ProviderAdapter adapter) => (adapter.Models.FirstOrDefault(m => m.MediaType == MediaType.Image) ?? adapter.Models[0]).Id;

    /// <summary>An answer that says that the job is done.</summary>
    public static string Done(ProviderAdapter adapter, string url = "https://cdn.example/1") => Done(adapter, IsVeo(adapter) ? Operation : Id, url);

    /// <summary>The same about another job.</summary>
    public static string OthersDone(ProviderAdapter adapter) => Done(adapter, IsVeo(adapter) ? "models/veo/operations/other" : "other", "https://cdn.example/other");

    /// <summary>An answer with a status word that nobody knows.</summary>
    public static string Unheard(ProviderAdapter adapter) => IsVeo(adapter)
        ? $$$"""{"name":"{{{Operation}}}","metadata":{"state":"DREAMING"}}"""
        : $$"""{"id":"{{Id}}","request_id":"{{Id}}","status":"DREAMING"}""";

    private static bool IsVeo(ProviderAdapter adapter) => adapter.Name.StartsWith("veo", StringComparison.Ordinal);

    private static string Done(ProviderAdapter adapter, string id, string url) => adapter.Name switch
    {
        "flux" => $$$"""{"id":"{{{id}}}","status":"Ready","result":{"sample":"{{{url}}}"}}""",
        "runway" => $$"""{"id":"{{id}}","status":"SUCCEEDED","output":["{{url}}"]}""",
        "sora" => $$"""{"id":"{{id}}","object":"video","status":"completed"}""",
        "pika" => $$$"""{"request_id":"{{{id}}}","video":{"url":"{{{url}}}"}}""",
        "veo" => $$$"""{"name":"{{{id}}}","done":true,"response":{"videos":[{"uri":"{{{url}}}"}]}}""",
        "veo-gemini" => $$$$"""{"name":"{{{{id}}}}","done":true,"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"{{{{url}}}}"}}]}}}""",
        var name => throw new InvalidOperationException($"Nobody has written down what {name} says."),
    };
}
