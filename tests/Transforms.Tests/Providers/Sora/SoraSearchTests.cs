using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Sora;

namespace Framegate.Transforms.Tests.Providers.Sora;

public class SoraSearchTests
{
    private const string Newer = "video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5";
    private const string Older = "video_68d7589a3c4c8190a0d3b1c5e7f9012300ab34cd56ef7890";
    private const string Prompt = "A calico cat playing a piano on a small stage, warm spotlight, slow dolly in";

    // The two videos of the sample began at 1758941400 and 1758941485.
    private static readonly DateTimeOffset s_submitted = DateTimeOffset.FromUnixTimeSeconds(1758941400);
    private static readonly Uri s_openAi = new("https://api.openai.com/");
    private readonly JobList _list = new SoraAdapter().Reconciliation.List!;

    [Fact]
    public void BuildFind_Cursor_AsksForTheNextPage()
    {
        Assert.Equal("/v1/videos?limit=100&order=desc", _list.Build(Submit(Request(), s_submitted), null).Target);
        Assert.Equal("/v1/videos?limit=100&order=desc&after=a%26b", _list.Build(Submit(Request(), s_submitted), "a&b").Target);
    }

    [Theory]
    [InlineData(0, new[] { Older, Newer })]
    [InlineData(5, new[] { Older, Newer })]
    [InlineData(6, new[] { Newer })]
    [InlineData(91, new string[0])]
    [InlineData(-514, new[] { Older, Newer })]
    [InlineData(-516, new[] { Older })]
    [InlineData(-601, new string[0])]
    public void ReadFind_Window_HoldsWhatBeganWithTheSubmit(int seconds, string[] found)
    {
        var jobs = Find(Fixture.Text("sora", "list.response.json"), Request(), s_submitted.AddSeconds(seconds));

        Assert.Equal(found, jobs.Candidates.Select(c => c.NativeId));
        Assert.All(jobs.Candidates, c => Assert.Equal("sora-2-pro", c.Model));
        Assert.Null(jobs.NextCursor);
    }

    [Theory]
    [InlineData("sora-2-pro", Prompt, 1280, 720, 8, true)]
    [InlineData("my-alias", Prompt, 1280, 720, 8, true)]
    [InlineData("sora-2", Prompt, 1280, 720, 8, false)]
    [InlineData("sora-2-pro", "Another prompt", 1280, 720, 8, false)]
    [InlineData("sora-2-pro", Prompt, 720, 1280, 8, false)]
    [InlineData("sora-2-pro", Prompt, 1280, 720, 4, false)]
    public void ReadFind_Input_MustBeTheSame(string model, string prompt, int width, int height, int duration, bool found)
    {
        var request = Request(model, prompt, new GenerationParameters { Width = width, Height = height, Duration = duration });

        Assert.Equal(found ? 2 : 0, Find(Fixture.Text("sora", "list.response.json"), request, s_submitted).Candidates.Count);
    }

    [Theory]
    [InlineData("sora-2", "\"p\"", "720x1280", "4", true)]
    [InlineData("sora-2-2025-12-08", "\"p\"", "720x1280", "4", true)]
    [InlineData("sora-2-pro", "\"p\"", "720x1280", "4", false)]
    [InlineData("sora-2", "null", "720x1280", "4", false)]
    [InlineData("sora-2", "\"p\"", "1280x720", "4", false)]
    [InlineData("sora-2", "\"p\"", "720x1280", "8", false)]
    public void ReadFind_RequestWithoutSizeAndLength_MeansTheDefaults(string model, string prompt, string size, string seconds, bool found)
    {
        var body = $$$"""{"data":[7,{"id":"v","model":"{{{model}}}","prompt":{{{prompt}}},"size":"{{{size}}}","seconds":"{{{seconds}}}","created_at":1758941400}]}""";

        Assert.Equal(found ? 1 : 0, Find(body, Request("sora-2", "p", GenerationParameters.None), s_submitted).Candidates.Count);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", false)]
    public void ReadFind_Remix_IsKnownByItsSource(string source, bool found)
    {
        var native = new Dictionary<string, JsonElement> { ["sora"] = JsonElement.Parse("""{"remix_video_id":"a"}""") };
        var body = $$$"""{"data":[{"id":"v","model":"sora-2","prompt":"p","size":"1280x720","seconds":"12","created_at":1758941400,"remixed_from_video_id":"{{{source}}}"}]}""";

        Assert.Equal(found ? 1 : 0, Find(body, Request("sora-2", "p", new GenerationParameters { Native = native }), s_submitted).Candidates.Count);
    }

    [Theory]
    [InlineData(1758941395, true, "cursor")]
    [InlineData(1758941394, true, null)]
    [InlineData(1758941395, false, null)]
    public void ReadFind_OldestOnThePage_SaysWhetherToGoOn(long createdAt, bool more, string? cursor)
    {
        var body = $$$"""{"data":[{"id":"v","created_at":{{{createdAt}}}}],"last_id":"cursor","has_more":{{{(more ? "true" : "false")}}}}""";

        Assert.Equal(cursor, Find(body, Request(), s_submitted).NextCursor);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    public void ReadFind_NotAList_ThrowsJsonException(string body) => Assert.ThrowsAny<JsonException>(() => Find(body, Request(), s_submitted));

    [Theory]
    [InlineData("""{"data":[{"id":"v","model":"sora-2","prompt":"other","created_at":1758941400}],"has_more":false}""", "https://api.openai.com/", true)]
    [InlineData("""{"data":[{"id":"v","model":"sora-2","prompt":"other","created_at":1}],"has_more":false}""", "https://api.openai.com/", true)]
    [InlineData("""{"data":[{"id":"v","model":"sora-2","prompt":"other","created_at":1}],"has_more":false}""", "http://127.0.0.1:8081/sora/", true)]
    [InlineData("""{"data":[{"id":"v","model":"sora-2","prompt":"other","created_at":1}],"has_more":false}""", "https://llm.example/", false)]
    [InlineData("""{"data":[],"has_more":false}""", "https://api.openai.com/", true)]
    [InlineData("""{"data":[]}""", "https://api.openai.com/", false)]
    [InlineData("""{"data":[{"id":"v","model":"sora-2","created_at":1758941400}],"has_more":false}""", "https://api.openai.com/", false)]
    [InlineData("""{"data":[{"id":"v","model":"sora-2","prompt":"p"}],"has_more":false}""", "https://api.openai.com/", false)]
    public void ReadFind_NotThere_IsProofOnlyWhereTheListShowsAll(string body, string destination, bool proof)
    {
        var found = _list.Read(Fixture.Answer(body), Submit(Request("sora-2", "p"), s_submitted) with { Destination = new Uri(destination) });

        Assert.Empty(found.Candidates);
        Assert.Equal(proof, !found.IsUncertain);
    }

    private FoundJobs Find(string body, GenerationRequest request, DateTimeOffset at) => _list.Read(Fixture.Answer(body), Submit(request, at));

    private static LostSubmit Submit(GenerationRequest request, DateTimeOffset at) => new(request, new SoraAdapter().Models[0], at, s_openAi);

    private static GenerationRequest Request(string model = "sora-2-pro", string prompt = Prompt, GenerationParameters? parameters = null) => new()
    {
        Provider = "sora",
        Model = model,
        Prompt = prompt,
        MediaType = MediaType.Video,
        Parameters = parameters ?? new GenerationParameters { AspectRatio = "16:9", Resolution = "720p", Duration = 8 },
    };
}
