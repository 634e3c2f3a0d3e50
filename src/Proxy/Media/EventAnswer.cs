using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Media;

/// <summary>Takes an answer that a provider streams as events: shows previews as they come, and hands on the results as the one answer that they would be without a stream.</summary>
/// <param name="folder">Where the files lie.</param>
/// <param name="events">What the events mean.</param>
/// <param name="keep">Takes the file of a result, which is held.</param>
/// <param name="show">Takes a preview, whose file is held.</param>
internal sealed class EventAnswer(InputFolder folder, AnswerEvents events, Action<HeldFile> keep, Action<Preview> show) : IAnswerSink, IDisposable
{
    private const string Data = "data:";
    private const string Type = "type";
    private readonly List<JsonElement> _results = [];
    private JsonElement? _error;
    private Base64Splitter? _splitter;
    private bool _isInLine;

    /// <inheritdoc />
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..(end + 1)];
            bytes = bytes[line.Length..];
            (_splitter ??= new Base64Splitter(folder, isAnswer: true)).Feed(line);
            _isInLine |= !line.TrimEnd("\r\n"u8).IsEmpty;
            if (end < 0)
            {
                continue;
            }

            if (!_isInLine)
            {
                // An empty line ends an event.
                Take();
            }

            _isInLine = false;
        }
    }

    /// <inheritdoc />
    public byte[] Finish()
    {
        Take();
        var (results, error) = (_results.ToList(), _error);
        _results.Clear();
        (_error, _isInLine) = (null, false);
        return results.Count > 0 ? Whole(results) : error is { } failure ? Encoding.UTF8.GetBytes(failure.GetRawText()) : [];
    }

    public void Dispose()
    {
        foreach (var (file, _) in _splitter?.Inputs ?? [])
        {
            file.LetGo();
        }

        _splitter?.Dispose();
        _splitter = null;
    }

    private void Take()
    {
        if (_splitter is not { } splitter)
        {
            return;
        }

        splitter.End();
        var files = splitter.Inputs.Select(i => i.Input).ToList();
        var data = string.Concat(Encoding.UTF8.GetString(splitter.Rest.Span).Split('\n').Where(l => l.StartsWith(Data, StringComparison.Ordinal)).Select(l => l[Data.Length..].Trim('\r')));
        splitter.Dispose();
        _splitter = null;
        var json = JsonReading.Parse(Encoding.UTF8.GetBytes(data));
        var type = json.Member(Type).Text() ?? "";
        if (events.Results.Contains(type, StringComparer.Ordinal))
        {
            _results.Add(json);
            files.ForEach(keep);
            return;
        }

        var text = json.Member(events.Picture).Text();
        if (events.Previews.Contains(type, StringComparer.Ordinal) && text is not null)
        {
            var index = json.Member(events.Index) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var whole) ? whole : 0;
            var file = files.Find(f => f.Base64 == text);
            show(new Preview(index, file, file is null ? text : null, json));
            if (file is not null)
            {
                files.Remove(file);
            }
        }
        else if (json.Member("error").ValueKind == JsonValueKind.Object)
        {
            _error = json;
        }

        files.ForEach(f => f.LetGo());
    }

    private byte[] Whole(List<JsonElement> results)
    {
        using var answer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(answer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray(events.Into);
            results.ForEach(r => r.WriteTo(writer));
            writer.WriteEndArray();
            foreach (var member in results[^1].EnumerateObject().Where(m => m.Name != events.Into && m.Name != events.Picture && m.Name != Type))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return answer.ToArray();
    }
}
