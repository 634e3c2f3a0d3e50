using System.Reflection;

namespace Framegate.Proxy.Common;

/// <summary>The version of the program.</summary>
internal static class ProgramVersion
{
    /// <summary>As in <c>0.1.0+0a1b2c3</c>.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
