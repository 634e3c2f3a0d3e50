namespace Framegate.Plugins.Loading;

/// <summary>A plugin cannot be loaded; the message names its file and the reason.</summary>
/// <param name="message">For people.</param>
/// <param name="innerException">What broke; null when nothing did.</param>
public sealed class PluginException(string message, Exception? innerException = null) : Exception(message, innerException);
