using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Edge.Native;

/// <summary>The answer to a native submit, kept for whoever asks for the same again.</summary>
/// <param name="Order">The order that it belongs to.</param>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers, without those of the connection.</param>
/// <param name="Body">Its body; null when the process died before it was known, and nobody knows whether a job was accepted.</param>
internal sealed record NativeReply(string Order, int Status, IReadOnlyList<KeyValuePair<string, string?[]>> Headers, byte[]? Body)
{
    private static readonly string[] OfTheConnection = ["Content-Length", "Transfer-Encoding", "Connection", "Date", "Server"];
    private ReplyRoom? _room;
    private int _taken;

    /// <summary>Why there is no answer that could be given once more, although the provider began one; null in all other cases.</summary>
    [JsonIgnore]
    public string? Missing { get; private init; }

    /// <summary>True when its row is about to be deleted: whoever asks for it elsewhere cannot find it.</summary>
    [JsonIgnore]
    public bool IsForgotten { get; set; }

    /// <summary>What was answered.</summary>
    public static NativeReply Of(string order, HttpResponse response, byte[] body) => new(
        order, response.StatusCode,
        [.. response.Headers.Where(h => !OfTheConnection.Contains(h.Key, StringComparer.OrdinalIgnoreCase)).Select(h => KeyValuePair.Create(h.Key, h.Value.ToArray()))], body);

    /// <summary>An answer that the provider began, and that its caller does not have.</summary>
    public static NativeReply Without(string order, string reason) => new(order, FailureStatus.NotToBeRepeated, [], null) { Missing = reason };

    /// <summary>What a process that died has left.</summary>
    public static NativeReply Of(LostNativeOrder lost) => lost.Answer is { } answer
        ? JsonSerializer.Deserialize(answer, NativeReplyJson.Default.NativeReply)!
        : lost.IsOver ? Without(lost.Id, "The answer to this submit came to another replica, after its caller had hung up, and is not kept for others. It may be paid for. The same request again is another order.")
        : new(lost.Id, FailureStatus.NotToBeRepeated, [], null);

    /// <summary>The reply as it is stored.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, NativeReplyJson.Default.NativeReply);

    /// <summary>What it takes beside its body, about.</summary>
    private const int Overhead = 1024;

    /// <summary>Notes the room that it takes until nobody can ask for it any more.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTake(ReplyRoom room)
    {
        var size = Overhead + (Body?.Length ?? 0);
        if (!room.TryTake(size))
        {
            return false;
        }

        (_room, _taken) = (room, size);
        return true;
    }

    /// <summary>Notes it where there is none: it is here already.</summary>
    public void Take(ReplyRoom room)
    {
        (_room, _taken) = (room, Overhead + (Body?.Length ?? 0));
        room.Take(_taken);
    }

    /// <summary>Gives that room back; it may be called more than once.</summary>
    public void GiveBack() => _room?.Return(Interlocked.Exchange(ref _taken, 0));

    /// <summary>Answers with it.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentLength = Body!.Length;
        await context.Response.Body.WriteAsync(Body, context.RequestAborted);
    }
}

[JsonSerializable(typeof(NativeReply))]
internal sealed partial class NativeReplyJson : JsonSerializerContext;
