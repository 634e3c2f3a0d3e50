using System.Text;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>A request as it came over the wire.</summary>
public sealed record ScriptedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The path without the query.</summary>
    public string Path => Target.Split('?')[0];

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>What to do about a request.</summary>
public abstract record Reaction
{
    /// <summary>Close the connection with a reset.</summary>
    public static Reaction Reset { get; } = new ResetReaction();

    /// <summary>Say nothing until the caller leaves.</summary>
    public static Reaction Hang { get; } = new HangReaction();

    /// <summary>Answer as a decent server does.</summary>
    public static Reaction Answer(int status, string body, string contentType = "application/json", params string[] headers) =>
        Answer(status, Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <inheritdoc cref="Answer(int, string, string, string[])"/>
    public static Reaction Answer(int status, byte[] body, string contentType, params string[] headers) =>
        new WriteReaction([.. Head(status, contentType, body.Length, headers), .. body], Close: false);

    /// <summary>Send these bytes, whatever they are, then close.</summary>
    public static Reaction Raw(byte[] bytes) => new WriteReaction(bytes, Close: true);

    /// <summary>Promise a longer body than is sent, then close.</summary>
    public static Reaction Cut(int status, byte[] body, string contentType) =>
        new WriteReaction([.. Head(status, contentType, body.Length * 2), .. body], Close: true);

    /// <summary>Promise a longer body than is sent, then say nothing more.</summary>
    public static Reaction Stall(int status, byte[] body, string contentType) =>
        new StallReaction([.. Head(status, contentType, body.Length * 2), .. body]);

    private static byte[] Head(int status, string contentType, int length, params string[] headers) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {status} Scripted\r\nContent-Type: {contentType}\r\nContent-Length: {length}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    internal sealed record ResetReaction : Reaction;

    internal sealed record HangReaction : Reaction;

    internal sealed record StallReaction(byte[] Bytes) : Reaction;

    internal sealed record WriteReaction(byte[] Bytes, bool Close) : Reaction;
}
