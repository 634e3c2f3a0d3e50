using System.Text;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Veo;

namespace Framegate.Transforms.Tests.Providers.Veo;

public class VeoMappingTests
{
    private const string Operation = "projects/p/locations/us-central1/publishers/google/models/veo-3.1-generate-001/operations/1";

    private readonly VeoAdapter _vertex = new();
    private readonly VeoGeminiAdapter _gemini = new();

    public static TheoryData<string> VertexCases => RequestCases.Names("veo");

    public static TheoryData<string> GeminiCases => RequestCases.Names("veo-gemini");

    [Theory]
    [MemberData(nameof(VertexCases))]
    public void BuildSubmit_VertexCase_IsMappedAsWritten(string name) => RequestCases.Run(_vertex, name);

    [Theory]
    [MemberData(nameof(GeminiCases))]
    public void BuildSubmit_GeminiCase_IsMappedAsWritten(string name) => RequestCases.Run(_gemini, name);

    [Fact]
    public void Vertex_Calls_StayBelowTheCollectionOfModels()
    {
        var poll = _vertex.BuildPoll(new JobHandle(Operation, "veo-3.1-generate-001"));

        Assert.Equal(("POST", "/veo-3.1-generate-001:fetchPredictOperation"), (poll.Method, poll.Target));
        Assert.Equal($$"""{"operationName":"{{Operation}}"}""", Encoding.UTF8.GetString(poll.Body!.Bytes.Span));
        Assert.Equal("/veo-3.1-generate-001:fetchPredictOperation", _vertex.BuildProbe().Target);
        Assert.Equal(new("Authorization", "Bearer ya29.x"), _vertex.Authorize(new Secret("ya29.x")));
        Assert.Equal(("google", "veo"), (_vertex.CredentialScheme, _vertex.ExtrasKey));
        Assert.Equal(268_435_456, _vertex.MaxResponseBytes(NativeCall.Poll));
        Assert.Equal(4_194_304, _vertex.MaxResponseBytes(NativeCall.Submit));
        Assert.Null(_vertex.BuildCancel(new JobHandle(Operation, "veo-3.1-generate-001")));
    }

    [Fact]
    public void Gemini_Calls_AreThoseOfTheApi()
    {
        var poll = _gemini.BuildPoll(new JobHandle("models/veo-3.1-generate-preview/operations/a b", "veo-3.1-generate-preview"));

        Assert.Equal(("GET", "/v1beta/models/veo-3.1-generate-preview/operations/a%20b"), (poll.Method, poll.Target));
        Assert.Equal("/v1beta/models?pageSize=1", _gemini.BuildProbe().Target);
        Assert.Equal(new("x-goog-api-key", "k"), _gemini.Authorize(new Secret("k")));
        Assert.Equal(("key", "veo"), (_gemini.CredentialScheme, _gemini.ExtrasKey));
        Assert.Equal(["GOOGLE_API_KEY", "GEMINI_API_KEY"], _gemini.KeyVariables);
    }

    [Theory]
    [InlineData("veo-3.1-generate-001", null)]
    [InlineData("veo-3.0-generate-001", "2026-06-30")]
    [InlineData("veo-2.0-generate-001", "2026-06-30")]
    [InlineData("veo-3.1-generate-preview", "2026-04-02")]
    [InlineData("veo-2.0-generate-exp", null)]
    public void VertexModels_Retired_AsTheModelCardsSay(string id, string? day) =>
        Assert.Equal(day is null ? null : DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), _vertex.FindModel(id)!.Retired);

    [Fact]
    public void Models_All_AreDescribed()
    {
        Assert.All(_gemini.Models, m => Assert.NotNull(m.Retired));
        Assert.Equal(new DateOnly(2026, 10, 22), _gemini.FindModel("veo-3.1-lite-generate-preview")!.Retired);
        Assert.Equal(["text-to-video", "image-to-video", "extend", "audio"], _vertex.FindModel("veo-3.1-generate-001")!.Capabilities);
        Assert.Equal(["text-to-video", "image-to-video", "audio"], _vertex.FindModel("veo-3.1-lite-generate-001")!.Capabilities);
        Assert.Equal(["text-to-video", "image-to-video", "extend"], _vertex.FindModel("veo-2.0-generate-001")!.Capabilities);
        Assert.All(_vertex.Models, m => Assert.False(m.FetchesUrls || m.FetchesVideoUrls));
        Assert.All(_gemini.Models, m => Assert.True(m.FetchesVideoUrls && !m.FetchesUrls));
        Assert.Equal(0.25m, _vertex.FindModel("veo-3.1-fast-generate-001")!.Price!.PerSecondBySize!["4k-silent"]);
        Assert.DoesNotContain("720p-silent", _gemini.Models[0].Price!.PerSecondBySize!.Keys);
        Assert.Equal((2, 3, 10), (_vertex.PaceOf(_vertex.Models[0]).Before(0).TotalSeconds, _gemini.PaceOf(_gemini.Models[0]).Before(1).TotalSeconds, _vertex.PaceOf(_vertex.Models[0]).Before(20).TotalSeconds));
    }

    [Theory]
    [InlineData("/v1beta/files/http://127.0.0.1:8080/veo/~google/v1beta/files/qu4d28uipuqh:download?alt=media:download", "/v1beta/files/qu4d28uipuqh:download")]
    [InlineData("/v1/files/http:/gw/files/abc", "/v1/files/abc:download")]
    [InlineData("/v1beta/files/qu4d28uipuqh:download", "/v1beta/files/qu4d28uipuqh:download")]
    [InlineData("/v1beta/models/veo:predictLongRunning", "/v1beta/models/veo:predictLongRunning")]
    public void Repair_Path_IsTheOneThatWasMeant(string path, string meant) => Assert.Equal(meant, _gemini.NativePathRepair(path));
}
