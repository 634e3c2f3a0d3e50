using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>What both adapters have in common besides the mapping.</summary>
internal static class VeoShared
{
    /// <summary>A clip takes 11 s to 6 min; Google's examples ask every 10 s.</summary>
    public static PollPace Pace { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), 1.5);

    /// <summary>An error as Google writes it. Its clients insist on a number and a status word.</summary>
    public static ReadOnlyMemory<byte> Error(int status, string message) => NativeErrors.Write(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteNumber("code", status);
        writer.WriteString("message", message);
        writer.WriteString("status", status switch
        {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            429 => "RESOURCE_EXHAUSTED",
            499 => "CANCELLED",
            502 or 503 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            _ => "INTERNAL",
        });
        writer.WriteEndObject();
    });
}
