namespace Framegate.Sandbox.Engine;

/// <summary>What text models answer, and how many tokens that is.</summary>
internal static class EchoText
{
    public static string Of(string prompt) => $"The sandbox read: {prompt}";

    /// <summary>What fits of a text into so many tokens; null for any number. Models think first: where thoughts take all of them no text is left.</summary>
    public static (string Text, bool IsCut) Within(string text, long? most, int thoughts)
    {
        if (!(Tokens(text) > most))
        {
            return (text, false);
        }

        if (most <= thoughts)
        {
            return ("", true);
        }

        var end = (int)most.Value * 4;
        return (text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)], true);
    }

    /// <summary>About four letters each, at least one.</summary>
    public static int Tokens(string text) => Math.Max(1, (text.Length + 3) / 4);
}
