namespace Framegate.Sandbox.Sora;

/// <summary>An uploaded part.</summary>
internal sealed record SoraFile(string ContentType, byte[] Bytes);
