using System.Net;
using System.Text.Json.Nodes;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Native;

/// <summary>A native call on a job goes to the account that has it, whatever that account's submits have come to since.</summary>
public sealed class NativePlacesTests
{
    private const string Vertex = "/veo/v1/projects/p/locations/l/publishers/google/models/veo-3.1-generate-001";

    [Theory]
    [InlineData("/replicate/v1/models/o/n/predictions", "GET", "/replicate/v1/predictions/#", null)]
    [InlineData("/replicate/v1/models/o/n/predictions", "POST", "/replicate/v1/predictions/#/cancel", "{}")]
    [InlineData("/minimax/v2/video_generation", "GET", "/minimax/v1/query/video_generation?task_id=#", null)]
    [InlineData("/kling/text-to-video/v3", "GET", "/kling/tasks?task_ids=other-12345,#", null)]
    [InlineData("/flux/v1/flux-dev", "GET", "/flux/v1/get_result?id=#", null)]
    [InlineData(Vertex + ":predictLongRunning", "POST", Vertex + ":fetchPredictOperation", """{"operationName":"projects/p/operations/#"}""")]
    [InlineData("/sora/v1/videos", "POST", "/sora/v1/videos/edits", """{"video":{"id":"#"},"prompt":"x"}""")]
    public async Task Call_NamesAJob_GoesToTheAccountThatHasIt(string submit, string method, string call, string? body)
    {
        await using var native = await NativeApp.StartAsync(AnswerAsync, ["replicate", "minimax", "kling", "flux", "veo", "sora"], several: true);
        var provider = submit.Split('/')[1];
        using var first = await native.SendAsync("POST", submit, """{"prompt":"1"}""");
        using var second = await native.SendAsync("POST", submit, """{"prompt":"2"}""");
        Assert.Equal(["a", "b"], native.Calls.Select(c => c[..1]).Order());

        foreach (var account in (string[])["a", "b", "a", "a", "b"])
        {
            using var answer = await native.SendAsync(method, call.Replace("#", "job-12345-" + account, StringComparison.Ordinal), body?.Replace("#", "job-12345-" + account, StringComparison.Ordinal));
            Assert.Equal((HttpStatusCode.OK, account), (answer.StatusCode, native.Calls[^1][..1]));
        }

        // Its submits were refused, as where its money is used up: what it has made is there all the same.
        native.TakeOut(provider, "b");
        using var later = await native.SendAsync(method, call.Replace("#", "job-12345-b", StringComparison.Ordinal), body?.Replace("#", "job-12345-b", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.OK, "b"), (later.StatusCode, native.Calls[^1][..1]));
    }

    [Theory]
    [InlineData("GET", "/replicate/v1/predictions/job-12345", null, HttpStatusCode.OK)]
    [InlineData("POST", Vertex + ":fetchPredictOperation", """{"operationName":"projects/p/operations/op-12345"}""", HttpStatusCode.OK)]
    [InlineData("POST", "/replicate/v1/files", "{}", HttpStatusCode.OK)]
    [InlineData("POST", "/replicate/v1/predictions", "{}", HttpStatusCode.ServiceUnavailable)]
    public async Task Call_NothingIsSubmittedThere_IsSentUnlessItIsASubmit(string method, string path, string? body, HttpStatusCode status)
    {
        await using var native = await NativeApp.StartAsync(AnswerAsync, ["replicate", "veo"]);
        native.TakeOut("replicate", "a");
        native.TakeOut("veo", "a");

        using var answer = await native.SendAsync(method, path, body);

        Assert.Equal((status, status == HttpStatusCode.OK ? 1 : 0), (answer.StatusCode, native.Calls.Count));
    }

    /// <summary>The job is paid for by the time that it cannot be written down.</summary>
    [Fact]
    public async Task Submit_TheStoreIsAwayForAMoment_ItsAnswerWaitsForIt()
    {
        var jobs = new AwayJobs(2);
        await using var native = await NativeApp.StartAsync(AnswerAsync, ["replicate"], clients: true, services: s => s.AddSingleton<INativeJobs>(jobs));

        using var submitted = await native.SendAsync("POST", "/replicate/v1/predictions", "{}");
        using var polled = await native.SendAsync("GET", "/replicate/v1/predictions/job-12345-a");

        Assert.Equal((HttpStatusCode.OK, "job-12345-a"), (submitted.StatusCode, (string?)JsonNode.Parse(await submitted.Content.ReadAsStringAsync())!["id"]));
        Assert.Equal((HttpStatusCode.OK, 3), (polled.StatusCode, jobs.Asked));
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var id = "job-12345-" + context.Request.Path.Value![1];
        return context.Response.WriteAsJsonAsync(new { id, task_id = id, name = "projects/p/operations/" + id, status = "queued" });
    }

    /// <summary>A store that is away for some calls.</summary>
    private sealed class AwayJobs(int times) : INativeJobs
    {
        private readonly HashSet<string> _ids = [];

        public int Asked { get; private set; }

        public bool CanAdd => true;

        public ValueTask AddAsync(string provider, string nativeId, string destination, string? client, DateTimeOffset now, CancellationToken cancellationToken)
        {
            if (++Asked <= times)
            {
                throw new StoreUnavailableException(StoreProblem.Busy, new IOException("The database is busy."));
            }

            _ids.Add(nativeId);
            return default;
        }

        public ValueTask<string?> FindAsync(string provider, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken) => new((string?)null);

        public ValueTask<IReadOnlySet<string>> OwnedAsync(string provider, IReadOnlyCollection<string> nativeIds, string client, CancellationToken cancellationToken) =>
            new(_ids.Intersect(nativeIds).ToHashSet());
    }
}
