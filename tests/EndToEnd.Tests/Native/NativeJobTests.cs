using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>A provider with two accounts whose answers hold no URL: a job is found again by its id.</summary>
public sealed class NativeJobTests : IClassFixture<NativeGateway>
{
    private const int Jobs = 6;
    private readonly NativeGateway _gateway;

    public NativeJobTests(NativeGateway gateway)
    {
        _gateway = gateway;
        gateway.Behave();
    }

    [Fact]
    public async Task Get_JobOfOneOfTwoAccounts_GoesToTheAccountThatHasIt()
    {
        // Ids as both accounts could give them out: only the order of the submits tells whose they are.
        Answer(_gateway.Provider, "a");
        Answer(_gateway.FluxB, "b");
        var ids = new List<string>();
        for (var i = 0; i < Jobs; i++)
        {
            ids.Add((await _gateway.Client.PostToAsync("/twins/v1/videos", """{"prompt":"x"}""")).Json.Text("id"));
        }

        Assert.Equal((Jobs / 2, Jobs / 2), (_gateway.Provider.Requests.Count, _gateway.FluxB.Requests.Count));
        foreach (var path in ids.SelectMany(id => new[] { $"/{id}", $"/{id}/content", $"/{id}" }))
        {
            var answer = await _gateway.Client.GetAsync("/twins/v1/videos" + path);

            // The account answers with its own letter, which is the last of the id.
            Assert.Equal((200, path.Split('/')[1][^1..]), (answer.Status, answer.Json.Text("account")));
        }

        Assert.All(_gateway.Provider.Requests, r => Assert.Equal("Bearer " + NativeGateway.SoraKey, r.Headers["Authorization"]));
        Assert.All(_gateway.FluxB.Requests, r => Assert.Equal("Bearer " + NativeGateway.FluxKeyB, r.Headers["Authorization"]));
    }

    [Fact]
    public async Task Get_JobNobodyRemembers_IsTakenInTurn()
    {
        var before = _gateway.Provider.Requests.Count + _gateway.FluxB.Requests.Count;
        await _gateway.Client.GetAsync("/twins/v1/videos/video_never_seen");
        await _gateway.Client.GetAsync("/twins/v1/videos/video_never_seen");

        Assert.Equal((1, 1), (_gateway.Provider.Requests.Count, _gateway.FluxB.Requests.Count));
        Assert.Equal(0, before);
    }

    private static void Answer(ScriptedServer account, string letter)
    {
        var number = 0;
        account.React = r => Reaction.Answer(200, r.Method == "POST"
            ? $$"""{"id":"video_{{Interlocked.Increment(ref number)}}{{letter}}","object":"video","status":"queued"}"""
            : $$"""{"account":"{{letter}}"}""");
    }
}
