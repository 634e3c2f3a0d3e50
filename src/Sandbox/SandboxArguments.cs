namespace Framegate.Sandbox;

/// <summary>Reads the command line of the standalone sandbox.</summary>
internal static class SandboxArguments
{
    private const string Usage = "Usage: --urls http://127.0.0.1:9090 [--keys flux=KEY,sora=KEY]";

    public static SandboxOptions Parse(IReadOnlyList<string> args)
    {
        var options = new SandboxOptions { Url = new Uri("http://127.0.0.1:9090") };
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (value is null && ++i < args.Count)
            {
                value = args[i];
            }

            options = name switch
            {
                "--urls" when Uri.TryCreate(value, UriKind.Absolute, out var url) => options with { Url = url },
                "--keys" when value is not null => options with { Keys = ParseKeys(value) },
                _ => throw new ArgumentException($"Cannot read '{args[Math.Min(i, args.Count - 1)]}'. {Usage}"),
            };
        }

        return options;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=') : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static Dictionary<string, string> ParseKeys(string list)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=');
            if (equals <= 0 || equals == pair.Length - 1)
            {
                throw new ArgumentException($"Cannot read the key '{pair}': expected PROVIDER=KEY. {Usage}");
            }

            keys[pair[..equals]] = pair[(equals + 1)..];
        }

        return keys;
    }
}
