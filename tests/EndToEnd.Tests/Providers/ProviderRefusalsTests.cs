using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Providers;

/// <summary>What every declared provider says of a model or a key that is not good, in its own status and code; and a job that it takes and does not know any more.</summary>
public sealed class ProviderRefusalsTests : IAsyncLifetime
{
    private SandboxProcess _sandbox = null!;
    private FramegateProcess _framegate = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxProcess.StartAsync();
        _framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Sandbox = _sandbox.Address, Variables = new Dictionary<string, string> { ["Framegate__Jobs__NotFoundGrace"] = "00:00:01" },
        });
    }

    public async Task DisposeAsync()
    {
        await _framegate.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    /// <summary>Of Luma, MiniMax and Recraft the words alone tell, which the tests of their files go through.</summary>
    [Fact]
    public Task AModelThatTheProviderDoesNotKnow_IsInvalidAndNotPaid() => AllAsync(
        [
            ("alibaba", "wan3.0-video", "video", "404-ModelNotFound"), ("byteplus", "seedream-4-5-251128", "image", "404-InvalidEndpointOrModel.NotFound"),
            ("elevenlabs", "eleven_v3", "audio", "404-model_not_found"), ("fal", "fal-ai/flux/dev", "image", "404-not_found"), ("google", "gemini-nano-banana-2.1", "image", "404-NOT_FOUND"),
            ("kling", "kling-3.0", "video", "404-1203"), ("openai", "gpt-image-2.6-flare", "image", "404-model_not_found"), ("pika-dev", "pika-2.5", "video", "404-not_found"),
            ("replicate", "black-forest-labs/flux-schnell", "image", "404-not_found"), ("xai", "grok-imagine-image", "image", "404-not_found"),
        ],
        (row, answer, paid) => Assert.True((answer.Status, answer.Json.Text("error.code"), answer.Json.GetProperty("error").GetProperty("retryable").GetBoolean(), paid) == (404, "INVALID_MODEL", false, 0), $"{row}: {paid} jobs, {answer}"));

    [Fact]
    public Task AKeyThatTheProviderRefuses_IsToldAsOursAndNotPaid() => AllAsync(
        [
            ("alibaba", "wan3.0-video", "video", "401-InvalidApiKey"), ("byteplus", "seedream-4-5-251128", "image", "401-AuthenticationError"), ("elevenlabs", "eleven_v3", "audio", "401-invalid_api_key"),
            ("fal", "fal-ai/flux/dev", "image", "401-unauthorized"), ("google", "gemini-nano-banana-2.1", "image", "400-API_KEY_INVALID"), ("kling", "kling-3.0", "video", "401-1002"),
            ("luma", "uni-1", "image", "401-unauthorized"), ("minimax", "MiniMax-H3", "video", "401-authorized_error"), ("openai", "gpt-image-2.6-flare", "image", "401-invalid_api_key"),
            ("pika-dev", "pika-2.5", "video", "401-unauthorized"), ("recraft", "recraftv4_1", "image", "401-unauthorized"), ("replicate", "black-forest-labs/flux-schnell", "image", "401-unauthorized"),
            ("xai", "grok-imagine-image", "image", "401-unauthorized"),
        ],
        (row, answer, paid) => Assert.True((answer.Status, answer.Json.Text("error.code"), paid) == (502, "AUTHENTICATION_FAILED", 0), $"{row}: {paid} jobs, {answer}"));

    [Fact]
    public Task AJobThatDisappears_IsPaidOnceAndNotToBeRepeated() => AllAsync(
        [
            ("alibaba", "wan3.0-video", "video", null), ("byteplus", "dreamina-seedance-2-0-260128", "video", null), ("elevenlabs", "eleven_v3", "audio", null), ("fal", "fal-ai/flux/dev", "image", null),
            ("kling", "kling-3.0", "video", null), ("luma", "uni-1", "image", null), ("minimax", "MiniMax-H3", "video", null), ("pika-dev", "pika-2.5", "video", null),
            ("replicate", "black-forest-labs/flux-schnell", "image", null), ("xai", "grok-imagine-video-1.5", "video", null),
        ],
        (row, answer, paid) =>
        {
            Assert.True(answer.Status == 424 && !answer.Json.GetProperty("error").GetProperty("retryable").GetBoolean(), $"{row}: {answer}");
            Assert.True(paid == 1 && answer.Json.At("metadata.attempts")[0].Text("billed") != "no", $"{row}: {paid} jobs, {answer}");
            Assert.True(answer.Json.Text("error.message").Contains("does not know", StringComparison.Ordinal), $"{row}: {answer}");
        });

    private async Task AllAsync(
        (string Provider, string Model, string Type, string? Refusal)[] rows, Action<(string Provider, string Model, string Type, string? Refusal), HttpAnswer, int> check)
    {
        var answered = await Task.WhenAll(rows.Select(async row =>
        {
            var prompt = Bodies.Unique(row.Refusal is null ? "sandbox:vanish" : $"sandbox:refuse={row.Refusal}");
            var body = JsonSerializer.Serialize(new { provider = row.Provider, model = row.Model, media_type = row.Type, prompt, timeout = 25, retry_config = new { max_attempts = 1 } });
            return (Row: row, Prompt: prompt, Answer: await _framegate.Client.PostAsync(body));
        }));
        var ledger = await _sandbox.LedgerAsync();
        Assert.All(answered, a => check(a.Row, a.Answer, ledger.Count(e => e.Prompt == a.Prompt)));
    }
}
