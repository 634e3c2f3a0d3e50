using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary><c>GET /v1/videos</c>.</summary>
public sealed class VideoListTests(OpenAiProgram program) : IClassFixture<OpenAiProgram>
{
    [Fact]
    public async Task Get_VideosBehindManyOthers_AreOnTheFirstPage()
    {
        var store = program.Services.GetRequiredService<IGenerationStore>();
        async Task AddAsync(string id, MediaType kind, int second)
        {
            var state = States.Ended(id, GenerationPhase.Failed) with
            {
                Provider = "sora", Model = kind == MediaType.Video ? "sora-2" : "none", CreatedAt = States.Now.AddSeconds(second), Asked = new AskedRequest { MediaType = kind },
            };
            await store.InsertAsync(new GenerationChange(state, "me"), States.Request(), default);
        }

        // More than are looked at for one page.
        await AddAsync("first", MediaType.Video, 0);
        await Task.WhenAll(Enumerable.Range(0, 5200).Select(i => AddAsync($"image{i}", MediaType.Image, 1)));
        await AddAsync("last", MediaType.Video, 2);
        using var client = new HttpClient { BaseAddress = program.Address };

        var page = (await client.GetFromJsonAsync<JsonNode>("/v1/videos"))!;
        Assert.Equal(["last", "first"], page["data"]!.AsArray().Select(v => (string)v!["id"]!));
        Assert.False((bool)page["has_more"]!);
        page = (await client.GetFromJsonAsync<JsonNode>("/v1/videos?limit=1"))!;
        Assert.Equal(("last", true), ((string)page["last_id"]!, (bool)page["has_more"]!));
        page = (await client.GetFromJsonAsync<JsonNode>("/v1/videos?limit=1&after=last"))!;
        Assert.Equal(("first", false), ((string)page["last_id"]!, (bool)page["has_more"]!));
    }
}
