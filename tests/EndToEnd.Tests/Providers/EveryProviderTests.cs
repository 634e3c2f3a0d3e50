using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Providers;

/// <summary>Every provider that is a data file, against stand-ins that know nothing of the files: what it makes, what it calls its failures, and what it is paid for.</summary>
public sealed class EveryProviderTests : IAsyncLifetime
{
    // One for each test: what one of them does to the accounts would be the trouble of the next.
    private readonly Gateway _gateway = new();

    private static readonly (string Provider, string Model, string Type)[] s_models =
    [
        ("alibaba", "wan3.0-video", "video"), ("byteplus", "dreamina-seedance-2-0-260128", "video"), ("byteplus", "seedream-4-5-251128", "image"),
        ("elevenlabs", "eleven_v3", "audio"), ("elevenlabs", "eleven_text_to_sound_v2", "audio"), ("fal", "fal-ai/flux/dev", "image"), ("fal", "alibaba/wan-3.0/text-to-video", "video"),
        ("google", "gemini-nano-banana-2.1", "image"), ("google", "gemini-3.8-flash", "text"), ("kling", "kling-3.0", "video"), ("luma", "ray-3.2", "video"), ("luma", "uni-1", "image"),
        ("minimax", "MiniMax-H3", "video"), ("minimax", "MiniMax-Hailuo-2.3", "video"), ("minimax", "image-01", "image"), ("openai", "gpt-image-2.6-flare", "image"), ("openai", "gpt-5.5", "text"),
        ("openai", "tts-1", "audio"), ("pika-dev", "pika-2.5", "video"), ("recraft", "recraftv4_1", "image"), ("replicate", "black-forest-labs/flux-schnell", "image"),
        ("xai", "grok-imagine-video-1.5", "video"), ("xai", "grok-imagine-image", "image"),
    ];

    public Task InitializeAsync() => _gateway.InitializeAsync();

    public Task DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public Task ARequest_MakesOneResult() => AllAsync("a boat", (model, answer) =>
    {
        Assert.True(answer.Status == 200, $"{model}: {answer}");
        Assert.Equal("success", answer.Json.Text("status"));
        if (model.Type == "text")
        {
            Assert.NotEmpty(answer.Json.Text("result.text"));
            Assert.True(answer.Json.GetProperty("tokens_used").GetInt64() > 0, model.Model);
        }
        else
        {
            Assert.Equal(model.Type, answer.Json.At("result.media")[0].Text("type"));
        }

        return 1;
    });

    [Theory]
    [InlineData("sandbox:moderated", 422, "CONTENT_POLICY_VIOLATION", null)]
    [InlineData("sandbox:rate-limited", 429, "RATE_LIMIT_EXCEEDED", 0)]
    [InlineData("sandbox:credits", 402, "INSUFFICIENT_CREDITS", 0)]
    [InlineData("sandbox:error", 502, "PROVIDER_ERROR", null)]
    public Task AFailure_HasItsCodeAndIsNotRepeated(string prompt, int status, string code, int? paid) => AllAsync(prompt, (model, answer) =>
    {
        // Whoever answers at once with an error of its own may have begun: 424 says so.
        Assert.True(answer.Status == status || (answer.Status == 424 && code == "PROVIDER_ERROR"), $"{model}: {answer}");
        Assert.True(code == answer.Json.Text("error.code"), $"{model}: {answer}");
        return paid;
    });

    [Fact]
    public Task ALostAnswer_IsPaidOnce() => AllAsync("sandbox:drop", (model, answer) =>
    {
        Assert.True(answer.Status is 200 or 424 or 504, $"{model}: {answer}");
        return 1;
    });

    /// <summary>Their answers carry the result itself, so that there is nothing to fetch.</summary>
    private static readonly string[] s_inline = ["google", "openai"];

    /// <summary>Whose key is not good is found out by the provider; whose job it does not know any more, and whose result is gone, has been paid for once.</summary>
    [Fact]
    public async Task WhatElseCanHappen_HasItsCodeAndIsPaidOnceAtMost()
    {
        var models = s_models.Where(m => m.Type is "image" or "video").DistinctBy(m => m.Provider).ToList();
        (string Words, int? Paid, Func<string, HttpAnswer, bool> IsRight)[] rows =
        [
            ("sandbox:fail=quota sandbox:slow=0.2", 1, (_, a) => a.Status is 502 or 402 or 422 or 424 or 429 or 504),
            ("sandbox:result=410 sandbox:times=99 sandbox:slow=0.2", 1, (provider, a) => s_inline.Contains(provider) ? a.Status == 200 : a.Status == 424 && a.Json.Text("error.details.reason") == "result_not_fetched"),
            ("sandbox:refuse=401-bad", 0, (_, a) => a.Status == 502 && a.Json.Text("error.code") == "AUTHENTICATION_FAILED"),
        ];
        foreach (var (words, paid, isRight) in rows)
        {
            await AllAsync(words, (model, answer) =>
            {
                Assert.True(isRight(model.Provider, answer), $"{words} {model}: {answer}");
                return model.Type == "text" ? null : paid;
            }, models, 6);
        }
    }

    [Fact]
    public async Task AnUnknownModel_IsInvalid()
    {
        foreach (var provider in s_models.Select(m => m.Provider).Distinct())
        {
            var answer = await _gateway.Client.PostAsync(Bodies.Of(provider, "x", ("model", "no/such/model/anywhere!"), ("media_type", "image")));
            Assert.True(answer.Status is 404 or 400, $"{provider}: {answer}");
        }
    }

    /// <summary>Asks all of them at once.</summary>
    /// <param name="words">The prompt; each gets something of its own behind it.</param>
    /// <param name="check">Checks an answer, and says how many jobs must have been begun for it; null for one at most.</param>
    /// <param name="models">The models; null for all.</param>
    /// <param name="timeout">How long each may take, seconds.</param>
    private async Task AllAsync(string words, Func<(string Provider, string Model, string Type), HttpAnswer, int?> check, IEnumerable<(string Provider, string Model, string Type)>? models = null, int timeout = 25)
    {
        var asked = (models ?? s_models).Select(async model =>
        {
            var prompt = Bodies.Unique(words);
            var body = JsonSerializer.Serialize(new
            {
                provider = model.Provider, model = model.Model, media_type = model.Type, prompt, timeout, retry_config = new { max_attempts = 1 },
            });
            return (Model: model, Prompt: prompt, Answer: await _gateway.Client.PostAsync(body));
        }).ToList();
        var answered = await Task.WhenAll(asked);
        var ledger = await _gateway.Sandbox.LedgerAsync();
        foreach (var (model, prompt, answer) in answered)
        {
            var expected = check(model, answer);
            var paid = ledger.Count(e => e.Prompt == prompt);
            Assert.True(expected is null ? paid <= 1 : paid == expected, $"{model}: {paid} jobs, {answer}");
        }
    }
}
