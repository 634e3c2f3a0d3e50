namespace Framegate.EndToEnd.Tests.DotnetClient;

/// <summary>A network that loses the first answer of each kind of call: to an order the whole of it, to a stream what follows its first event.</summary>
internal sealed class CutHandler : DelegatingHandler
{
    private int _orders;
    private int _streams;

    /// <summary>How many orders were sent.</summary>
    public int Orders => _orders;

    /// <summary>The ids that streams were taken up from.</summary>
    public List<string> TakenUp { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.Method == HttpMethod.Post && Interlocked.Increment(ref _orders) == 1)
        {
            response.Dispose();
            throw new HttpRequestException("The answer is lost.");
        }

        if (request.RequestUri!.AbsolutePath.EndsWith("/events", StringComparison.Ordinal))
        {
            if (request.Headers.TryGetValues("Last-Event-ID", out var ids))
            {
                TakenUp.AddRange(ids);
            }

            if (Interlocked.Increment(ref _streams) == 1)
            {
                response.Content = await FirstEventAsync(response.Content, cancellationToken);
            }
        }

        return response;
    }

    private static async Task<HttpContent> FirstEventAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await content.ReadAsStreamAsync(cancellationToken));
        var text = "";
        for (var isEvent = false; await reader.ReadLineAsync(cancellationToken) is { } line && (line.Length > 0 || !isEvent);)
        {
            isEvent |= line.StartsWith("data:", StringComparison.Ordinal);
            text += line + "\n";
        }

        return new StringContent(text + "\n");
    }
}
