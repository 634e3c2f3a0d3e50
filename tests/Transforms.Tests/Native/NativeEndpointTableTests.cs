using Framegate.Plugins;
using Framegate.Transforms.Native;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Native;

public sealed class NativeEndpointTableTests
{
    [Theory]
    [InlineData("flux", "POST /v1/flux-2-pro", NativeEndpointUse.Submit, null)]
    [InlineData("flux", "GET /v1/get_result", NativeEndpointUse.Job, null)]
    [InlineData("pika", "POST /fal-ai/pika/v2.2/text-to-video", NativeEndpointUse.Submit, null)]
    [InlineData("pika", "GET /fal-ai/pika/requests/abc/status", NativeEndpointUse.Job, "abc")]
    [InlineData("pika", "GET /fal-ai/pika/v2.2/text-to-video/requests/abc", NativeEndpointUse.Job, "abc")]
    [InlineData("pika", "PUT /fal-ai/pika/requests/abc/cancel", NativeEndpointUse.Job, "abc")]
    [InlineData("pika", "PUT /fal-ai/pika/requests/abc/cancel/", NativeEndpointUse.Job, "abc")]
    [InlineData("pika", "POST /fal-ai/pika/requests/abc/cancel/", NativeEndpointUse.Job, "abc")]
    [InlineData("runway", "DELETE /v1/tasks/abc", NativeEndpointUse.Job, "abc")]
    [InlineData("runway", "HEAD /v1/tasks/abc", NativeEndpointUse.Job, "abc")]
    [InlineData("sora", "POST /v1/videos/abc/remix", NativeEndpointUse.Submit, "abc")]
    [InlineData("sora", "GET /v1/videos", NativeEndpointUse.List, null)]
    [InlineData("sora", "GET /v1/videos/abc/content", NativeEndpointUse.Job, "abc")]
    [InlineData("veo", "POST /v1/projects/p/locations/us-central1/publishers/google/models/veo-3:predictLongRunning", NativeEndpointUse.Submit, null)]
    [InlineData("veo-gemini", "GET /v1beta/models/veo-3/operations/abc", NativeEndpointUse.Job, "abc")]
    [InlineData("veo-gemini", "GET /v1beta/files/f:download", NativeEndpointUse.Job, "f")]
    public void Find_CallOfTheVendorsClient_IsServed(string adapter, string call, NativeEndpointUse use, string? id)
    {
        var found = Find(adapter, call);

        Assert.Equal((use, id), (found?.Endpoint.Use, found?.Id));
    }

    [Theory]
    [InlineData("flux", "GET /v1/credits")]
    [InlineData("flux", "GET /v1/my_finetunes")]
    [InlineData("flux", "POST /v1/delete_finetune")]
    [InlineData("flux", "POST /v1/get_result")]
    [InlineData("flux", "POST /v1/flux-dev/../delete_finetune")]
    [InlineData("flux", "POST /v1/flux-dev%2F..%2Fdelete_finetune")]
    [InlineData("flux", "POST /v1/flux-%2e%2e%2fcredits")]
    [InlineData("flux", "POST //v1/flux-dev")]
    [InlineData("pika", "POST /fal-ai/pika/requests//abc/cancel")]
    [InlineData("pika", "POST /fal-ai/pika/requests/abc/cancel//")]
    [InlineData("pika", "POST /fal-ai/pika//requests/abc")]
    [InlineData("flux", "POST /V1/flux-dev")]
    [InlineData("flux", "post /v1/flux-dev")]
    [InlineData("pika", "POST /fal-ai/flux/dev")]
    [InlineData("pika", "POST /v1/models/pricing/estimate")]
    [InlineData("pika", "GET /v1/account/billing")]
    [InlineData("pika", "GET /fal-ai/pika")]
    [InlineData("pika", "POST /fal-ai/pika/../flux/dev")]
    [InlineData("runway", "GET /v1/organization")]
    [InlineData("runway", "POST /v1/organization/usage")]
    [InlineData("runway", "GET /v1/tasks")]
    [InlineData("runway", "GET /v1/tasks/")]
    [InlineData("runway", "GET /v1/tasks/a%2Fb")]
    [InlineData("runway", "GET /v1/tasks/..%2Forganization")]
    [InlineData("runway", "GET /v1/tasks/a%252Fb")]
    [InlineData("runway", "PATCH /v1/tasks/abc")]
    [InlineData("sora", "GET /v1/organization/admin_api_keys")]
    [InlineData("sora", "POST /v1/chat/completions")]
    [InlineData("sora", "POST /v1/images/generations")]
    [InlineData("sora", "GET /v1/files")]
    [InlineData("sora", "DELETE /v1/videos")]
    [InlineData("sora", "GET /v1/videos/abc/content/more")]
    [InlineData("sora", "DELETE /v1/models/ft-abc")]
    [InlineData("veo-gemini", "POST /v1beta/models/gemini-3:generateContent")]
    [InlineData("veo-gemini", "POST /v1beta/models/x:y:predictLongRunning")]
    [InlineData("veo-gemini", "DELETE /v1beta/files/f")]
    [InlineData("veo", "GET /v1/projects/p/locations/l/endpoints")]
    public void Find_AnythingElseOfTheAccount_IsNotServed(string adapter, string call) => Assert.Null(Find(adapter, call));

    [Fact]
    public void Find_TwoThatFit_TakesTheEarlier()
    {
        var table = new NativeEndpointTable([new("GET", "/a/{id}", NativeEndpointUse.Job), new("GET", "/**")]);

        Assert.Equal(NativeEndpointUse.Job, table.Find("GET", "/a/b")?.Endpoint.Use);
        Assert.Equal(NativeEndpointUse.Open, table.Find("GET", "/a/b/c")?.Endpoint.Use);
    }

    private static (NativeEndpoint Endpoint, string? Id)? Find(string adapter, string call)
    {
        var parts = call.Split(' ');
        var named = AdapterRegistry.BuiltIn().Single(a => a.Name == adapter);
        return new NativeEndpointTable(named.NativeEndpoints).Find(parts[0], parts[1]);
    }
}
