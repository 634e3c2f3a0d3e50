using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Moderation;

/// <summary>What keeps a prompt from being sent: the rules of its client, those of the alias that it asks for, and the moderation service.</summary>
internal sealed class PromptGate(
    ClientKeys clients, AliasTable aliases, IEnumerable<IPromptModerator> moderators, IOptionsMonitor<ModerationOptions> options, FramegateMetrics metrics, TimeProvider time,
    ILogger<PromptGate> logger)
{
    /// <summary>Why the rules refuse a request.</summary>
    /// <param name="request">The request, its prompt normalised.</param>
    /// <param name="client">Whose it is.</param>
    /// <returns>Null when they do not.</returns>
    public GenerationError? Refuses(GenerationRequest request, string client)
    {
        var own = clients.SettingsOf(client);
        var alias = request.Provider == GenerationRequest.AnyProvider ? aliases.Find(request.Model) : null;
        return Refuses(request, own.DeniedPhrases, own.MaxPromptLength, $"the client {client}")
            ?? (alias is null ? null : Refuses(request, alias.DeniedPhrases, alias.MaxPromptLength, $"the alias {alias.Name}"));
    }

    /// <summary>Asks the moderation service, where one is set.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <returns>Why it is refused; null when it is not.</returns>
    public async ValueTask<GenerationError?> JudgeAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        var settings = options.CurrentValue;
        if (moderators.FirstOrDefault(m => m.Name.Equals(settings.Service, StringComparison.OrdinalIgnoreCase)) is not { } moderator)
        {
            return null;
        }

        if (Unjudgeable(request) is { } unjudgeable)
        {
            return unjudgeable;
        }

        var text = string.Join('\n', [request.Prompt, .. NativeTexts(request).Where(t => IsOfPrompts(t.Name) ? s_words.Contains(t.Name) || !IsLink(t.Text) : !(IsWord(t.Text) || IsLink(t.Text))).Select(t => t.Text)]);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        using var limit = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reasons = await moderator.JudgeAsync(text, settings, either.Token);
            metrics.Moderated(reasons.Count == 0 ? "allowed" : "refused");
            return reasons.Count == 0 ? null : RequestErrors.Moderated(time.GetUtcNow(), reasons);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var allows = settings.OnFailure == ModerationFailure.Allow;
            metrics.Moderated(allows ? "unjudged_allowed" : "unjudged_refused");
            Log.NotModerated(logger, moderator.Name, e is OperationCanceledException ? "it did not answer in time" : e.Message);
            return allows ? null : RequestErrors.NotModerated(time.GetUtcNow());
        }
    }

    private GenerationError? Refuses(GenerationRequest request, IReadOnlyList<string>? denied, int? longest, string whose)
    {
        var now = time.GetUtcNow();
        return request.Prompt.Length > longest ? RequestErrors.Of(now, "prompt", $"It has {request.Prompt.Length} characters, and {longest} are the most for {whose}.")
            : denied is { Count: > 0 } && Unjudgeable(request) is { } unjudgeable ? unjudgeable
            : PromptRules.Denies(denied, request.Prompt) || (request.Parameters.NegativePrompt is { } negative && PromptRules.Denies(denied, negative))
                || (denied is { Count: > 0 } && NativeTexts(request).Any(t => PromptRules.Denies(denied, PromptText.Normal(t.Text)))) ? RequestErrors.Denied(now, whose)
            : null;
    }

    private const int LongestWord = 64;

    private static readonly FrozenSet<string> s_prompts = FrozenSet.ToFrozenSet(["text", "content", "input", "lyrics"], StringComparer.OrdinalIgnoreCase);

    // Nothing but words stands in these, whatever they look like.
    private static readonly FrozenSet<string> s_words = FrozenSet.ToFrozenSet(["prompt", "text", "lyrics"], StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> s_word = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:*#-");

    private static readonly SearchValues<char> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=");

    /// <summary>A native text that is too long to be judged at a bearable price. Whoever wants it sent has it judged in pieces.</summary>
    private GenerationError? Unjudgeable(GenerationRequest request) => NativeTexts(request).FirstOrDefault(t => t.Text.Length > PromptRules.LongestPrompt) is (not null, not null) and var (name, text)
        ? RequestErrors.Of(time.GetUtcNow(), "parameters", $"The native text '{name}' has {text.Length} characters, and {PromptRules.LongestPrompt} are the most that can be judged.")
        : null;

    /// <summary>The texts of native parameters: a provider may take a prompt there too. Media are none.</summary>
    private static IEnumerable<(string Name, string Text)> NativeTexts(GenerationRequest request) => request.Parameters.Native.Values.SelectMany(v => TextsOf("", v));

    private static IEnumerable<(string Name, string Text)> TextsOf(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => TextsOf(p.Name, p.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(v => TextsOf(name, v)),
        JsonValueKind.String when value.GetString() is { } text && !IsFile(text) => [(name, text)],
        _ => [],
    };

    /// <summary>A setting in one word, as <c>high</c>, <c>16:9</c> or an id. Whatever else is text may be what a provider takes for its prompt.</summary>
    private static bool IsWord(string text) => text.Length <= LongestWord && !text.AsSpan().ContainsAnyExcept(s_word);

    /// <summary>Whether a member of this name is text for a model, also where it holds one word only. An image prompt is a picture.</summary>
    private static bool IsOfPrompts(string name) =>
        s_prompts.Contains(name) || (name.Contains("prompt", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("image_prompt", StringComparison.OrdinalIgnoreCase));

    /// <summary>The address of a file. It may be signed, and is for its provider only.</summary>
    private static bool IsLink(string text) => !text.Any(char.IsWhiteSpace) && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" or "gs" or "s3";

    /// <summary>A file in an address, and no prompt that begins like one; or bare base64 of a length that no text without a blank has.</summary>
    private static bool IsFile(string text) =>
        (text.Length > PromptRules.LongestPrompt && !text.AsSpan().ContainsAnyExcept(s_base64))
        || IsAddress(text);

    private static bool IsAddress(string text) =>
        text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && text.AsSpan(0, Math.Min(text.Length, 256)).Contains(";base64,", StringComparison.OrdinalIgnoreCase);
}
