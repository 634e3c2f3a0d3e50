namespace Framegate.Proxy.Common;

/// <summary>What the data folder holds is not what was written there. Nothing has been changed.</summary>
/// <param name="message">Which file it is, what is wrong, and what to do.</param>
internal sealed class DataDamagedException(string message) : IOException(message);
