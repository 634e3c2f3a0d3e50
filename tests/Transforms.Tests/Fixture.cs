using System.Text;
using System.Text.Json;
using Framegate.Plugins;

namespace Framegate.Transforms.Tests;

/// <summary>Files recorded or written down from the providers' documents.</summary>
internal static class Fixture
{
    public static string Folder(string provider) => Path.Combine(AppContext.BaseDirectory, "Fixtures", provider);

    public static string Text(string provider, string file) => File.ReadAllText(Path.Combine(Folder(provider), file));

    public static JsonElement Json(string provider, string file) => JsonElement.Parse(Text(provider, file));

    public static NativeResponse Response(string provider, string file, int status = 200, params (string Name, string Value)[] headers) =>
        Answer(Text(provider, file), status, headers);

    /// <summary>What a poll means in the end: an answer that is doubted at its first word is given once more.</summary>
    public static JobOutcome InTheEnd(this ProviderAdapter adapter, NativeResponse response, JobHandle job) =>
        adapter.ReadPoll(response, job) is var outcome && outcome is JobOutcome.Running { Job: var doubted } && doubted.State.ContainsKey("doubt") ? adapter.ReadPoll(response, doubted) : outcome;

    public static NativeResponse Answer(string body, int status = 200, params (string Name, string Value)[] headers) => new(
        status,
        headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase),
        Encoding.UTF8.GetBytes(body));
}
