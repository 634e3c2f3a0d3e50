using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Declared;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>What must not be paid twice, nor be forgotten, nor be given to somebody else.</summary>
public sealed class MoneyTests
{
    /// <summary>The sheets call a 5xx to a submit of these ambiguous, 503 included.</summary>
    [Theory]
    [InlineData("alibaba")]
    [InlineData("byteplus")]
    [InlineData("openai")]
    [InlineData("pika-dev")]
    [InlineData("recraft")]
    [InlineData("replicate")]
    [InlineData("xai")]
    public void ABrokenSubmit_MayHaveBeenAccepted(string provider)
    {
        foreach (var status in (ReadOnlySpan<int>)[500, 502, 503, 504])
        {
            var failure = ShippedProviders.Of(provider).ReadError(Fixture.Answer("""{"error":{"message":"overloaded"}}""", status), NativeCall.Submit);
            Assert.Equal((Acceptance.Unknown, Billed.Unknown), (failure.Acceptance, failure.Billed));
        }
    }

    [Fact]
    public void AFailureThatNoRuleKnows_MayHaveBeenBilled()
    {
        var adapter = ShippedProviders.Of("luma");

        var outcome = adapter.ReadPoll(Fixture.Answer("""{"id":"j","state":"failed","failure_code":"never_seen"}"""), new JobHandle("j", "ray-3.2"));

        Assert.Equal(Billed.Unknown, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Billed);
    }

    [Fact]
    public void ALookUp_NeedsTheWholeInput()
    {
        var text = File.ReadAllText(Path.Combine(ShippedProviders.Folder, "replicate.json")).Replace("\"match\": { \"/input\": \"/input\" }", "\"match\": {}", StringComparison.Ordinal);

        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults));

        Assert.Contains("/job/find/match", faults.Select(f => f.Path));
    }

    [Theory]
    [InlineData("p", true, false)]
    [InlineData("another", false, false)]
    [InlineData(null, false, true)]
    public void ALookUp_FindsTheSameInputOnly(string? told, bool isFound, bool isUncertain)
    {
        // Longer than anything that could be mistaken for a picture.
        var prompt = new string('x', 6000);
        var adapter = ShippedProviders.Of("replicate");
        var model = adapter.FindModel("black-forest-labs/flux-schnell")!;
        var request = new GenerationRequest { Provider = "replicate", Model = model.Id, MediaType = MediaType.Image, Prompt = prompt + "p" };
        var lost = new LostSubmit(request, model, new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero), new Uri("https://api.replicate.com/"))
        {
            Native = adapter.BuildSubmit(request, model, new MappingIssues()),
        };
        var input = told is null ? "" : $",\"input\":{{\"prompt\":\"{prompt}{told}\",\"go_fast\":true}}";

        var found = adapter.Reconciliation.List!.Read(Fixture.Answer($"{{\"results\":[{{\"id\":\"r1\",\"created_at\":\"2026-11-28T12:00:01Z\"{input}}}]}}"), lost);

        Assert.Equal(isFound, found.Candidates is [{ NativeId: "r1" }]);
        Assert.Equal(isUncertain, found.IsUncertain);
    }

    [Fact]
    public void AJob_IsFollowedByTheFileItBeganWith()
    {
        var text = File.ReadAllText(Path.Combine(ShippedProviders.Folder, "luma.json"));
        var (first, renamed, without) = (Read(text), Read(text.Replace("\"name\": \"video\"", "\"name\": \"clip\"", StringComparison.Ordinal)), Read(text.Replace("\"id\": \"ray-3.2\"", "\"id\": \"ray-4\"", StringComparison.Ordinal)));
        var job = new JobHandle("j", "ray-3.2") { State = new Dictionary<string, string> { ["operation"] = "video" } };
        var registry = new AdapterRegistry(AdapterRegistry.BuiltIn());
        registry.Declare([first]);
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));

        registry.Declare([renamed]);
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));
        Assert.Same(renamed, registry.FindForJob("luma", "ray-3.2", null));

        registry.Declare([without]);
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));

        registry.Declare([]);
        Assert.Null(registry.Find("luma"));
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));
    }

    private static ProviderAdapter Read(string text) => ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out _)!.Value.Adapter;
}
