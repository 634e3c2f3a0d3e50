using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Engine.Moderation;

/// <summary>OpenAI's moderation endpoint, or one that speaks like it: <c>POST /v1/moderations</c>. The prompt alone is judged, no pictures.</summary>
internal sealed class OpenAiModerator(ConnectGuard guard, HostSettings host) : IPromptModerator, IDisposable
{
    private const int LargestAnswer = 256 * 1024;
    private const int MostReasons = 20;
    private static readonly Uri s_live = new("https://api.openai.com/v1/moderations");
    private readonly HttpClient _client = GuardedClient.Create(guard, LargestAnswer);

    public string Name => "openai";

    public async ValueTask<IReadOnlyList<string>> JudgeAsync(string prompt, ModerationOptions settings, CancellationToken cancellationToken)
    {
        SecretFile.Look();
        var key = host.Sandbox is null ? EnvFile.Secret(settings.KeyEnv)?.Reveal() ?? throw new HttpRequestException($"{settings.KeyEnv} is not set.") : "sandbox";
        var url = settings.Url ?? (host.Sandbox?.GetValueOrDefault(Name) is { } standIn ? new Uri(standIn, "v1/moderations") : s_live);
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new ModerationCall(settings.Model, prompt), ModerationJson.Default.ModerationCall));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        // The operator has named it; it may be in the own network.
        request.Options.Set(AdapterTransformer.AtHome, true);
        using var answer = await _client.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"It answered {(int)answer.StatusCode}.");
        }

        var judged = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellationToken), ModerationJson.Default.ModerationAnswer);
        if (judged?.Results is not { Count: > 0 } results)
        {
            throw new HttpRequestException("Its answer has no results.");
        }

        var named = results.Where(r => r.Flagged).SelectMany(r => r.Categories ?? new Dictionary<string, bool?>()).Where(c => c.Value == true).Select(c => c.Key).Distinct().Take(MostReasons).ToList();
        return named.Count == 0 && results.Any(r => r.Flagged) ? ["flagged"] : named;
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>What is asked.</summary>
/// <param name="Model">The model that judges.</param>
/// <param name="Input">The text.</param>
internal sealed record ModerationCall(string Model, string Input);

/// <summary>What is read of the answer.</summary>
/// <param name="Results">One for each text.</param>
internal sealed record ModerationAnswer(IReadOnlyList<ModerationResult>? Results);

/// <summary>What is thought of a text.</summary>
/// <param name="Flagged">Whether anything is wrong with it.</param>
/// <param name="Categories">What is.</param>
internal sealed record ModerationResult(bool Flagged, IReadOnlyDictionary<string, bool?>? Categories);

/// <summary>Source-generated JSON of the moderation endpoint.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ModerationCall))]
[JsonSerializable(typeof(ModerationAnswer))]
internal sealed partial class ModerationJson : JsonSerializerContext;
