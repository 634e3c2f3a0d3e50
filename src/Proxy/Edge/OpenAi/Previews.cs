using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Framegate.Plugins.Kit;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>What providers show of images while these are made, for one answer that is written as events.</summary>
/// <param name="generation">The image; null when it has ended already.</param>
/// <param name="most">How many previews are wanted.</param>
internal sealed class Previews(Generation? generation, int most)
{
    private static readonly SearchValues<char> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
    private int _seen;
    private int _written;

    /// <summary>Ends when there may be another one. To be asked for before <see cref="WriteAsync"/>, so that none is missed.</summary>
    public Task Changed => generation is not null && _written < most ? generation.Observe().Changed : Task.Delay(Timeout.Infinite, CancellationToken.None);

    /// <summary>Writes those that have come.</summary>
    /// <param name="write">Writes one, given its number in this answer; the base64 is written by <see cref="PutAsync"/>.</param>
    /// <returns>True when there was one.</returns>
    public async Task<bool> WriteAsync(Func<int, Preview, Task> write)
    {
        var before = _written;
        var found = generation?.PreviewsAfter(_seen) ?? [];
        try
        {
            foreach (var (number, preview) in found)
            {
                _seen = number;
                if (_written < most && (preview.Base64 is null || !preview.Base64.AsSpan().ContainsAnyExcept(s_base64)))
                {
                    await write(_written++, preview);
                }
            }
        }
        finally
        {
            foreach (var (_, preview) in found)
            {
                preview.File?.LetGo();
            }
        }

        return _written > before;
    }

    /// <summary>Writes the picture as base64 without quotes.</summary>
    public static async Task PutAsync(PipeWriter output, Preview preview, CancellationToken cancellationToken)
    {
        if (preview.File is not { } file)
        {
            ImageAnswer.Put(output, preview.Base64!);
            return;
        }

        await using var stream = file.Open();
        await ImageAnswer.WriteBase64Async(output, stream, cancellationToken);
    }

    /// <summary>What the provider reports about it, where that is a word; else what was asked for.</summary>
    public static string FactOf(Preview preview, string name, string asked) =>
        preview.Facts.Member(name) is { ValueKind: JsonValueKind.String } fact && fact.GetString() is { Length: > 0 and <= 32 } word && word.All(char.IsAsciiLetterOrDigit) ? word : asked;

    /// <summary>Waits until one of several things has happened.</summary>
    /// <param name="things">The things.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="aborted">The client has gone.</param>
    /// <returns>False when none has.</returns>
    public static async Task<bool> AnyAsync(IEnumerable<Task> things, TimeSpan atMost, TimeProvider time, CancellationToken aborted)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return false;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var pause = Task.Delay(atMost, time, end.Token);
        var first = await Task.WhenAny([.. things, pause]);
        await end.CancelAsync();
        return first != pause;
    }
}
