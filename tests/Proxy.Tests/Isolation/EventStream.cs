namespace Framegate.Proxy.Tests.Isolation;

/// <summary>An open stream of events.</summary>
internal sealed class EventStream(HttpResponseMessage answer, StreamReader reader) : IAsyncDisposable
{
    /// <summary>The next event.</summary>
    public async Task<(string Name, string Data)> NextAsync()
    {
        var name = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (name, line[6..]);
            }
        }

        throw new EndOfStreamException();
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
