namespace Framegate.Sandbox.Tests.Engine;

/// <summary>The smallest picture.</summary>
internal static class OnePixel
{
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
}
