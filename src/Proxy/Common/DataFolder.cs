namespace Framegate.Proxy.Common;

/// <summary>The folder that holds everything Framegate must not forget.</summary>
/// <param name="Path">An absolute path; the folder exists.</param>
internal sealed record DataFolder(string Path);
