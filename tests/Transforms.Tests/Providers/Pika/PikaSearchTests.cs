using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Pika;

namespace Framegate.Transforms.Tests.Providers.Pika;

public class PikaSearchTests
{
    private const string Endpoint = "fal-ai/pika/v2.2/text-to-video";
    private static readonly DateTimeOffset s_sent = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);
    private readonly PikaAdapter _adapter = new();

    [Theory]
    [InlineData("https://queue.fal.run/", "https://api.fal.ai/v1/models/requests/by-endpoint?endpoint_id=fal-ai%2Fpika%2Fv2.2%2Ftext-to-video&start=2026-11-03T09:59:55Z&end=2026-11-03T10:10:00Z&expand=payloads&limit=100")]
    [InlineData("http://127.0.0.1:1/pika/", "/v1/models/requests/by-endpoint?endpoint_id=fal-ai%2Fpika%2Fv2.2%2Ftext-to-video&start=2026-11-03T09:59:55Z&end=2026-11-03T10:10:00Z&expand=payloads&limit=100")]
    public void Build_AsksThePlatformAboutTheTimeOfTheSubmit(string destination, string target)
    {
        var submit = Submit() with { Destination = new Uri(destination) };

        Assert.Equal(target, _adapter.Reconciliation.List!.Build(submit, null).Target);
        Assert.Equal(target + "&cursor=a%26b", _adapter.Reconciliation.List.Build(submit, "a&b").Target);
        Assert.True(!Uri.TryCreate(target, UriKind.Absolute, out var url) || target.StartsWith('/') || _adapter.TrustOf(url, submit.Destination, UrlUse.Job) == UrlTrust.WithKey);
    }

    [Theory]
    [InlineData("2026-11-03T10:00:01Z", Endpoint, null, true)]
    [InlineData("2026-11-03T09:59:54Z", Endpoint, null, false)]
    [InlineData("2026-11-03T10:10:01Z", Endpoint, null, false)]
    [InlineData("2026-11-03T10:00:01Z", "fal-ai/pika/v2/turbo/text-to-video", null, false)]
    [InlineData("2026-11-03T10:00:01Z", Endpoint, "another prompt", false)]
    public void Read_OnlyWhatBeganWithTheSubmitAndHasItsInput(string sentAt, string endpoint, string? prompt, bool found)
    {
        var submit = Submit();
        var input = JsonElement.Parse(submit.Native!.Body!.Bytes.Span).GetRawText();
        input = prompt is null ? input[..^1] + ""","filled_in":1}""" : input.Replace("a lighthouse", prompt, StringComparison.Ordinal);
        var body = $$"""{"items":[7,{"request_id":"r-1","endpoint_id":"{{endpoint}}","sent_at":"{{sentAt}}","ended_at":null,"json_input":{{input}}}],"next_cursor":"c","has_more":true}""";

        var jobs = Read(body, submit);

        Assert.Equal(found ? ["r-1"] : [], jobs.Candidates.Select(c => c.NativeId));
        Assert.All(jobs.Candidates, c => Assert.Equal(Endpoint, c.Model));
        Assert.Equal("c", jobs.NextCursor);
    }

    [Fact]
    public void Read_TheInputIsNotShown_IsNotTaken() =>
        Assert.Empty(Read($$"""{"items":[{"request_id":"r-1","endpoint_id":"{{Endpoint}}","sent_at":"2026-11-03T10:00:01Z"}],"has_more":false}""", Submit()).Candidates);

    [Fact]
    public void Read_TheMappingIsGone_IsNotTaken() =>
        Assert.Empty(Read($$"""{"items":[{"request_id":"r-1","endpoint_id":"{{Endpoint}}","sent_at":"2026-11-03T10:00:01Z","json_input":{} }]}""", Submit() with { Native = null }).Candidates);

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Read_NotAList_ThrowsJsonException(string body) => Assert.ThrowsAny<JsonException>(() => Read(body, Submit()));

    private FoundJobs Read(string body, LostSubmit submit) => _adapter.Reconciliation.List!.Read(Fixture.Answer(body), submit);

    private LostSubmit Submit()
    {
        var request = new GenerationRequest { Provider = "pika", Model = Endpoint, Prompt = "a lighthouse", MediaType = MediaType.Video };
        var model = _adapter.FindModel(Endpoint)!;
        return new LostSubmit(request, model, s_sent, new Uri("https://queue.fal.run/")) { Native = _adapter.BuildSubmit(request, model, new MappingIssues()) };
    }
}
