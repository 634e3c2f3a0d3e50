
namespace Framegate.Proxy.Engine.Generations;

/// <summary>What the dialect keeps of its requests beside the generations themselves. A task that completes means the change survives <c>kill -9</c>.</summary>
internal interface IOpenAiRequests
{
    /// <summary>Notes a request, before its generation is begun.</summary>
    ValueTask AddAsync(OpenAiRequest request, CancellationToken cancellationToken);

    /// <summary>The generations that a client has asked for with the same content since then, newest first.</summary>
    IReadOnlyList<string> FindRecent(string client, byte[] fingerprint, DateTimeOffset since);

    /// <summary>The request that a generation was made by.</summary>
    /// <returns>Null when it was not made through the dialect, and nothing was noted since.</returns>
    OpenAiRequest? Find(string generation);

    /// <summary>Notes that the client has deleted a video.</summary>
    ValueTask DeleteAsync(string generation, string client, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A request of the dialect.</summary>
/// <param name="Generation">The id of its generation.</param>
/// <param name="Client">Whose.</param>
/// <param name="Fingerprint">What a repetition is recognised by.</param>
/// <param name="CreatedAt">When it came.</param>
/// <param name="Attachment">What the dialect keeps beside it; null for nothing.</param>
/// <param name="Deleted">True once the client has deleted the video.</param>
internal sealed record OpenAiRequest(
    string Generation, string Client, byte[] Fingerprint, DateTimeOffset CreatedAt, byte[]? Attachment, bool Deleted = false);
