using Framegate.Plugins;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Media;

/// <summary>The results that a provider's answer brings as base64: files, as long as the answer is dealt with.</summary>
internal sealed class AnswerMedia(InputFolder folder) : IAnswerSink, IDisposable
{
    private readonly List<HeldFile> _files = [];
    private Base64Splitter? _splitter;

    /// <inheritdoc />
    public void Feed(ReadOnlySpan<byte> bytes) => (_splitter ??= new Base64Splitter(folder, isAnswer: true)).Feed(bytes);

    /// <inheritdoc />
    public byte[] Finish()
    {
        if (_splitter is not { } splitter)
        {
            return [];
        }

        splitter.End();
        _files.AddRange(splitter.Inputs.Select(i => i.Input));
        var body = splitter.Rest.ToArray();
        splitter.Dispose();
        _splitter = null;
        return body;
    }

    /// <summary>Takes the file of a result that came in another way, which is held.</summary>
    public void Keep(HeldFile file) => _files.Add(file);

    /// <summary>An outcome that outlives the answer: where results are still to be fetched, those that came with it have their bytes in their addresses.</summary>
    public JobOutcome Lasting(JobOutcome outcome) => _files.Count > 0 && outcome is JobOutcome.Succeeded done && !done.Media.All(m => DataUri.Is(m.Url))
        ? done with { Media = [.. done.Media.Select(m => folder.Find(m.Url) is { } file ? m with { Url = DataUri.Of(m.Url, file.Read()) } : m)] }
        : outcome;

    /// <summary>Lets go of the results that came so far.</summary>
    public void Forget()
    {
        _files.ForEach(f => f.LetGo());
        _files.Clear();
    }

    public void Dispose()
    {
        _files.AddRange(_splitter?.Inputs.Select(i => i.Input) ?? []);
        _splitter?.Dispose();
        _splitter = null;
        _files.ForEach(f => f.LetGo());
        _files.Clear();
    }
}
