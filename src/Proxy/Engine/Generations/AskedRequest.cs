using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Transforms.Schemas;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>What a generation was asked for with, kept as long as the generation: to be shown to its client, found again, and asked for once more.</summary>
internal sealed record AskedRequest
{
    /// <summary>The longest prompt that is kept whole, characters.</summary>
    public const int LongestPrompt = 4000;

    private const int LargestParameters = 8192;

    /// <summary>The kind of result.</summary>
    public required MediaType MediaType { get; init; }

    /// <summary>The prompt, cut after <see cref="LongestPrompt"/> characters; null where prompts are not kept.</summary>
    public string? Prompt { get; init; }

    /// <summary>The SHA-256 of the prompt, hexadecimal, where that alone is kept; null otherwise.</summary>
    public string? PromptHash { get; init; }

    /// <summary>The parameters without media that came as bytes; null where prompts are not kept, or when they are larger than 8 KiB.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>The parameters whose media came as bytes and are not kept; null for none.</summary>
    public IReadOnlyList<string>? Inline { get; init; }

    /// <summary>What is kept in part, or was too large to be kept: <c>prompt</c>, <c>parameters</c>; null for nothing.</summary>
    public IReadOnlyList<string>? Cut { get; init; }

    /// <summary>What is kept of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="storage">What is kept of its prompt and parameters.</param>
    public static AskedRequest Of(GenerationRequest request, PromptStorage storage)
    {
        if (storage != PromptStorage.Full)
        {
            return new AskedRequest
            {
                MediaType = request.MediaType,
                PromptHash = storage == PromptStorage.Hash ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Prompt))) : null,
            };
        }

        var inline = new List<string>();
        var p = request.Parameters;
        MediaInput? Kept(string name, MediaInput? input)
        {
            if (input is { IsInline: true })
            {
                inline.Add(name);
                return null;
            }

            return input;
        }

        var parameters = GenerationRequestWriter.WriteParameters(p with
        {
            Image = Kept("image", p.Image),
            LastImage = Kept("last_image", p.LastImage),
            Mask = Kept("mask", p.Mask),
            ControlImage = Kept("control_image", p.ControlImage),
            Video = Kept("video", p.Video),
            ReferenceImages = [.. p.ReferenceImages.Where((r, i) => Kept($"reference_images[{i}]", r) is not null)],
        });
        var (isLong, isLarge) = (request.Prompt.Length > LongestPrompt, parameters.Length > LargestParameters);
        return new AskedRequest
        {
            MediaType = request.MediaType,
            Prompt = isLong ? request.Prompt[..LongestPrompt] : request.Prompt,
            Parameters = isLarge ? null : JsonElement.Parse(parameters),
            Cut = (isLong, isLarge) switch { (true, true) => ["prompt", "parameters"], (true, false) => ["prompt"], (false, true) => ["parameters"], _ => null },
            Inline = inline.Count == 0 ? null : inline,
        };
    }
}
