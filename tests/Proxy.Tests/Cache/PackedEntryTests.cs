using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Cache;

public class PackedEntryTests
{
    private const string Key = "local/auto:portrait:0:0";
    private static readonly CachePlan s_plan = new(Key, "auto", "portrait", TimeSpan.FromMinutes(30));

    // With everything that an answer shows.
    private static readonly GenerationState s_state = States.Accepted("gen_1", "native") with
    {
        Phase = GenerationPhase.Succeeded,
        IsOpen = false,
        FinishedAt = States.Now.AddSeconds(9),
        Client = "team",
        Alias = "portrait",
        Progress = 1,
        CachePlan = s_plan,
        Cache = CacheUse.Miss,
        Result = new GenerationResult(
            [new MediaItem { Id = "med_1", Type = MediaType.Image, Url = "/media/med_1", ContentType = "image/png", Bytes = 68, Sha256 = "ab", Width = 1, Height = 1 }], "a text, \"quoted\" & ümläut 🎬", 7),
    };

    [Fact]
    public void Open_Packed_IsTheEntryThatWasKept()
    {
        var entry = CachedResult.Of(s_state, s_plan, States.Now.AddSeconds(10));
        var packed = new PackedEntry(entry);

        var opened = packed.Open(Key);

        Assert.NotSame(entry, opened);
        Assert.Equal(Json(entry), Json(opened));
        Assert.True(packed.Accepted);
        Assert.Same(opened, packed.Open(Key));
        Assert.Same(opened, packed.Peek(Key));
    }

    [Fact]
    public void Peek_Packed_StaysPacked()
    {
        var entry = CachedResult.Of(s_state, s_plan, States.Now.AddSeconds(10));
        var packed = new PackedEntry(entry);

        Assert.Equal(Json(entry), Json(packed.Peek(Key)));
        Assert.NotSame(packed.Peek(Key), packed.Peek(Key));
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
            s_plan,
            States.Now);

        Assert.Equal(Json(entry), Json(new PackedEntry(entry).Open(Key)));
    }

    [Fact]
    public void Deserialize_WhatWasSerialized_IsTheEntryAndNotYetAccepted()
    {
        var serializer = new PackedEntrySerializer();
        var entry = CachedResult.Of(s_state, s_plan, States.Now);
        foreach (var opened in new[] { false, true })
        {
            var packed = new PackedEntry(entry);
            _ = opened ? packed.Open(Key) : null;
            var output = new System.Buffers.ArrayBufferWriter<byte>();

            serializer.Serialize(packed, output);
            var read = serializer.Deserialize(new(output.WrittenMemory));

            Assert.False(read.Accepted);
            Assert.Equal(Json(entry), Json(read.Open(Key)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Open_NoEntry_Throws(string json) => Assert.ThrowsAny<JsonException>(() => new PackedEntry(System.Text.Encoding.UTF8.GetBytes(json)).Open(Key));

    private static string Json(CacheEntry entry) => JsonSerializer.Serialize(entry, CacheEntryJson.Default.CacheEntry);
}
