using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Cache.Redis;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Cache;

public class HeldTests
{
    private static readonly CachePlan s_ticket = new("local/flux:m:0:0", "auto", "portrait", TimeSpan.FromMinutes(30));

    // With everything that an answer shows.
    private static readonly GenerationState s_state = States.Accepted("gen_1", "native") with
    {
        Phase = GenerationPhase.Succeeded,
        IsOpen = false,
        FinishedAt = States.Now.AddSeconds(9),
        Client = "team",
        Alias = "portrait",
        Progress = 1,
        CachePlan = s_ticket,
        Cache = CacheUse.Miss,
        Result = new GenerationResult(
            [new MediaItem { Id = "med_1", Type = MediaType.Image, Url = "/media/med_1", ContentType = "image/png", Bytes = 68, Sha256 = "ab", Width = 1, Height = 1 }], "a text, \"quoted\" & ümläut 🎬", 7),
    };

    [Fact]
    public void Open_Packed_IsTheEntryThatWasKept()
    {
        var entry = CachedResult.Of(s_state, s_ticket, States.Now.AddSeconds(10));
        var held = Hold(entry);

        var opened = held.Open();

        Assert.NotSame(entry, opened);
        Assert.Equal(Json(entry), Json(opened));
        Assert.True(opened.Local.Accepted);
        Assert.Same(opened, held.Open());
        Assert.Same(opened, held.Value);
        Assert.Same(opened, held.Peek());
    }

    [Fact]
    public void Peek_Packed_StaysPacked()
    {
        var entry = CachedResult.Of(s_state, s_ticket, States.Now.AddSeconds(10));
        var held = Hold(entry);

        Assert.Equal(Json(entry), Json(held.Peek()));
        Assert.NotSame(held.Peek(), held.Peek());
    }

    [Fact]
    public void Open_ALittleResult_IsTheEntryThatWasKept()
    {
        // Nobody knows what it has cost, nor where it was made; it took two attempts.
        var entry = CachedResult.Of(
            s_state with
            {
                Cost = null, CostEstimated = false, JobLocation = null, Warnings = [], Progress = null, Result = new GenerationResult([], null),
                Attempts =
                [
                    new AttemptReport("flux", "a", AttemptOutcome.Refused, ErrorCode.RateLimitExceeded, Billed.No, 5),
                    new AttemptReport("flux", "b", AttemptOutcome.Accepted, null, Billed.Yes, 7),
                ],
            },
            s_ticket,
            States.Now);

        Assert.Equal(Json(entry), Json(Hold(entry).Open()));
    }

    private static Held Hold(CacheEntry entry) => new(entry, new ModelStats("auto", "portrait"));

    private static string Json(CacheEntry entry) => JsonSerializer.Serialize(entry, EntryJson.Default.CacheEntry);
}
