namespace Framegate.Sandbox.Engine;

/// <summary>What text models answer, and how many tokens that is.</summary>
internal static class SayBack
{
    public static string To(string prompt) => $"The sandbox read: {prompt}";

    /// <summary>About four letters each, at least one.</summary>
    public static int Tokens(string text) => Math.Max(1, (text.Length + 3) / 4);
}
