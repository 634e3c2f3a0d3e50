using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Framegate.Bench.Harness;
using Framegate.Plugins;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Declared.Compiling;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What a provider that is a data file costs beside the same one in C#: Pika on fal, by its adapter and by <c>fal.json</c>. A whole generation's mapping, from the request
/// to the result, with reading the request; one thread, nothing is sent. And how long a file of 1,000 models takes to be read and checked.
/// </summary>
internal sealed class Declared : IScenario
{
    private const string Model = "fal-ai/pika/v2.2/text-to-video";
    private static readonly TimeSpan s_measured = TimeSpan.FromMilliseconds(500);

    private static readonly NativeResponse s_submitted = Answer($$"""{"status":"IN_QUEUE","request_id":"r1","queue_position":0}""");
    private static readonly NativeResponse s_completed = Answer("""{"status":"COMPLETED","request_id":"r1","metrics":{"inference_time":12.5}}""");
    private static readonly NativeResponse s_result = Answer("""{"video":{"url":"https://v3.fal.media/files/a/b.mp4","content_type":"video/mp4","file_name":"b.mp4","file_size":123456}}""");

    public string Name => "declared";

    public Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var file = File.ReadAllBytes(Path.Combine(Stage.Root(), "config", "providers", "fal.json"));
        var adapters = new[] { AdapterRegistry.BuiltIn().Single(a => a.Name == "pika"), ProviderFileReader.Read(file, out _)!.Value.Adapter };
        var table = new Table(["Adapter", "us/generation", "of C#"]);
        var rounds = new List<(double Code, double Data)>();
        for (var round = 0; round <= arguments.Rounds; round++)
        {
            rounds.Add((Measure(adapters[0]), Measure(adapters[1])));
        }

        // The first warms up.
        rounds.RemoveAt(0);
        table.Row(["C#", Median(rounds.Select(r => r.Code)), 1.0]);
        table.Row(["data file", Median(rounds.Select(r => r.Data)), Median(rounds.Select(r => r.Data / r.Code))]);
        table.Print($"Mapping of one generation, processor time, medians of {arguments.Rounds} rounds of {s_measured.TotalSeconds} s");

        var many = Many(file);
        var loads = Enumerable.Range(0, arguments.Rounds + 1).Select(_ =>
        {
            var started = Stopwatch.GetTimestamp();
            if (ProviderFileReader.Read(many, out var faults) is null)
            {
                throw new BenchException(faults[0].ToString());
            }

            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }).Skip(1);
        var loading = new Table(["Models", "ms"]);
        loading.Row([1000, Median(loads)]);
        loading.Print("Reading and checking one file");
        return Task.CompletedTask;
    }

    private static double Measure(ProviderAdapter adapter)
    {
        var body = Encoding.UTF8.GetBytes($$$"""
            {"provider":"{{{adapter.Name}}}","model":"{{{Model}}}","media_type":"video","prompt":"{{{new string('a', 200)}}}",
             "parameters":{"duration":5,"resolution":"720p","aspect_ratio":"16:9","seed":7,"negative_prompt":"blur"}}
            """);
        var (started, count) = (Environment.CpuUsage.TotalTime, 0);
        while (Environment.CpuUsage.TotalTime - started < s_measured)
        {
            for (var i = 0; i < 100; i++)
            {
                Generate(adapter, body);
            }

            count += 100;
        }

        return (Environment.CpuUsage.TotalTime - started).TotalMicroseconds / count;
    }

    private static void Generate(ProviderAdapter adapter, byte[] body)
    {
        var request = GenerationRequestReader.Read(body).Request!;
        var (model, issues) = (adapter.FindModel(request.Model)!, new MappingIssues());
        var submit = adapter.BuildSubmit(request, model, issues);
        if (issues.Refusals.Count > 0 || adapter.ReadSubmit(s_submitted, model, submit.Operation) is not JobOutcome.Running { Job: var job })
        {
            throw new BenchException($"{adapter.Name} does not take the request.");
        }

        adapter.BuildPoll(job);
        if (adapter.ReadPoll(s_completed, job) is not JobOutcome.Running { Job: var done } || adapter.BuildPoll(done) is null
            || adapter.ReadPoll(s_result, done) is not JobOutcome.Succeeded { Media.Count: 1 })
        {
            throw new BenchException($"{adapter.Name} does not find the result.");
        }
    }

    private static byte[] Many(byte[] file)
    {
        var root = JsonNode.Parse(file)!;
        var models = root["models"]!.AsArray();
        var first = models.ToList();
        for (var i = models.Count; i < 1000; i++)
        {
            var copy = first[i % first.Count]!.DeepClone();
            copy["id"] = $"owner/model-{i}";
            copy.AsObject().Remove("aliases");
            models.Add(copy);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static NativeResponse Answer(string body) => new(200, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = "application/json" }, Encoding.UTF8.GetBytes(body));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
