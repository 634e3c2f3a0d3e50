namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <summary>Whose keys the environment variables hold that many people have set: no provider file may name one of them beside an address of somebody else.</summary>
public static class KeyOwners
{
    /// <summary>The domain of the hosts that a variable's key may go to, by variable.</summary>
    private static readonly Dictionary<string, string> s_owners = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AI_GATEWAY_API_KEY"] = "vercel", ["ANTHROPIC_API_KEY"] = "anthropic", ["ARK_API_KEY"] = "bytepluses,volces", ["BFL_API_KEY"] = "bfl", ["DASHSCOPE_API_KEY"] = "aliyuncs",
        ["ELEVENLABS_API_KEY"] = "elevenlabs", ["ELEVEN_API_KEY"] = "elevenlabs", ["FAL_KEY"] = "fal", ["GEMINI_API_KEY"] = "googleapis", ["GOOGLE_API_KEY"] = "googleapis",
        ["GOOGLE_APPLICATION_CREDENTIALS"] = "googleapis", ["GOOGLE_GENERATIVE_AI_API_KEY"] = "googleapis", ["GOOGLE_VERTEX_ACCESS_TOKEN"] = "googleapis",
        ["KLINGAI_ACCESS_KEY"] = "klingai", ["KLINGAI_API_KEY"] = "klingai", ["KLINGAI_SECRET_KEY"] = "klingai", ["LUMAAI_API_KEY"] = "lumalabs", ["LUMA_API_KEY"] = "lumalabs",
        ["LUMA_AGENTS_API_KEY"] = "lumalabs", ["MINIMAX_API_KEY"] = "minimax,minimaxi", ["OPENAI_API_KEY"] = "openai", ["PIKA_API_KEY"] = "pika", ["PIKA_DEV_API_KEY"] = "pika",
        ["RECRAFT_API_KEY"] = "recraft", ["RECRAFT_API_TOKEN"] = "recraft", ["REPLICATE_API_TOKEN"] = "replicate", ["RUNWAYML_API_SECRET"] = "runwayml", ["XAI_API_KEY"] = "x",
    };

    /// <summary>Framegate's own secrets, and those of the places it runs at: keys of no provider.</summary>
    private static readonly string[] s_own = ["FRAMEGATE_", "AWS_", "AZURE_CLIENT", "AZURE_STORAGE", "DATABASE_", "GITHUB_TOKEN", "POSTGRES", "PGPASSWORD", "REDIS"];

    /// <summary>What is wrong with sending the key of a variable to an address.</summary>
    /// <param name="variable">A variable, or two with a plus between them.</param>
    /// <param name="address">The address.</param>
    /// <returns>Null when nothing is known to be.</returns>
    public static string? Fault(string variable, Uri address)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(address);
        foreach (var name in variable.Split('+'))
        {
            if (s_own.Any(o => name.StartsWith(o, StringComparison.OrdinalIgnoreCase)))
            {
                return $"{name} is no key of a provider.";
            }

            if (!address.IsLoopback && s_owners.TryGetValue(name, out var owners) && !owners.Split(',').Contains(HostOwners.Owner(address.IdnHost)))
            {
                return $"{name} holds the key of {owners.Split(',')[0]}; it does not go to {address.IdnHost}. Name another variable.";
            }
        }

        return null;
    }

    /// <summary>Whether two addresses may be sent the key of one variable.</summary>
    /// <param name="one">An address.</param>
    /// <param name="other">Another.</param>
    public static bool MayShare(Uri one, Uri other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.IsLoopback || other.IsLoopback || HostOwners.AreOneOwners(one.IdnHost, other.IdnHost);
    }
}
