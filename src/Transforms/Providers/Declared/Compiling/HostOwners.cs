namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <summary>Whose host a name is.</summary>
internal static class HostOwners
{
    /// <summary>Second parts of public suffixes, under which anybody can have a name, and hosts that anybody can have a name below.</summary>
    private static readonly HashSet<string> s_shared = new(StringComparer.Ordinal)
    {
        "ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ltd", "me", "mil", "ne", "net", "nom", "or", "org", "plc", "sch",
        "amazonaws", "appspot", "awsapprunner", "azurecontainerapps", "azurewebsites", "azurefd", "blogspot", "cloudfront", "cloudfunctions", "elasticbeanstalk", "fastly", "fly",
        "firebaseapp", "github", "githubusercontent", "gitlab", "herokuapp", "hf", "netlify", "ngrok", "onrender", "pages", "railway", "repl", "run", "trycloudflare", "vercel", "web", "windows", "workers",
    };

    /// <summary>The name of a host's domain, as <c>fal</c> for <c>queue.fal.run</c> and <c>api.fal.ai</c>, <c>acme</c> for <c>api.acme.co.uk</c>.</summary>
    /// <returns>The whole host where it has none, or where anybody can have a name beside it.</returns>
    public static string Owner(string host)
    {
        var parts = host.ToLowerInvariant().Split('.');
        var at = parts.Length - 2;
        if (at > 0 && parts[^1].Length == 2 && s_shared.Contains(parts[at]) && parts[at].Length <= 4)
        {
            at--;
        }

        return at < 0 || s_shared.Contains(parts[at]) ? host.ToLowerInvariant() : parts[at];
    }

    /// <summary>Whether two hosts belong to one owner, as far as their names show.</summary>
    public static bool AreOneOwners(string one, string other) => Owner(one) == Owner(other);
}
