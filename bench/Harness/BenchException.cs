namespace Framegate.Bench.Harness;

/// <summary>A measurement cannot be made; the message gives the reason.</summary>
internal sealed class BenchException(string message) : Exception(message);
