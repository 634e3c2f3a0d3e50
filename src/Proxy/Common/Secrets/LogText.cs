using System.Text.RegularExpressions;
using Framegate.Transforms.Secrets;

namespace Framegate.Proxy.Common.Secrets;

/// <summary>Makes a text fit for a log: no secret, no query of a URL (signatures stand there), no user info, and no token of a webhook's address.</summary>
internal static partial class LogText
{
    /// <summary>The text as it may be logged.</summary>
    /// <returns>The text itself when nothing has to be taken out.</returns>
    public static string Clean(string text, SecretMask mask)
    {
        var clean = mask.Apply(text);
        if (clean.Contains("://", StringComparison.Ordinal))
        {
            clean = UserInfo().Replace(clean, "://***@");
            clean = Query().Replace(clean, "$1?***");
        }

        if (clean.Contains('?', StringComparison.Ordinal))
        {
            clean = RelativeQuery().Replace(clean, "?***");
        }

        return clean.Contains("/provider-webhooks/", StringComparison.OrdinalIgnoreCase) ? WebhookToken().Replace(clean, "$1***") : clean;
    }

    [GeneratedRegex(@"://(?!\*\*\*@)[^/?#\s@""'<>]+@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(\b[A-Za-z][A-Za-z0-9+.\-]{0,20}://[^\s""'<>?#]*)(?!\?\*\*\*)[?#][^\s""'<>]*")]
    private static partial Regex Query();

    [GeneratedRegex(@"\?(?!\*\*\*)[A-Za-z0-9_.~%\[\]\-]+=[^\s""'<>]*")]
    private static partial Regex RelativeQuery();

    [GeneratedRegex(@"(/provider-webhooks/[^/\s""']+/)(?!\*\*\*)[^\s""'?/]+", RegexOptions.IgnoreCase)]
    private static partial Regex WebhookToken();
}
