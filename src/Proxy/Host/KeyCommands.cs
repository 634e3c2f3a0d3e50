using System.CommandLine;
using System.Globalization;
using Framegate.Proxy.Clients;

namespace Framegate.Proxy.Host;

/// <summary><c>keys new</c>: makes a client's key, and prints it once, with what the configuration keeps of it.</summary>
internal static class KeyCommands
{
    /// <summary>The command <c>keys</c>.</summary>
    public static Command Command()
    {
        var name = new Option<string>("--name") { Description = "The client's name: 1 to 64 letters, digits, '.', '_' or '-'.", Required = true };
        var expires = new Option<string?>("--expires") { Description = "How long the key works, as in 90d or 12h. Default: for ever." };
        var make = new Command("new", "Makes a key for a client and prints it, and the hash that the configuration keeps. Exit code: 0 it was made, 2 an argument is wrong.") { name, expires };
        make.SetAction(parsed => New(parsed.GetValue(name)!, parsed.GetValue(expires), TimeProvider.System, Console.Out, Console.Error));
        return new Command("keys", "Keys of clients.") { make };
    }

    /// <summary>Makes one.</summary>
    /// <returns>0; 2 when an argument is wrong.</returns>
    internal static int New(string name, string? expires, TimeProvider time, TextWriter output, TextWriter errors)
    {
        if (!ClientsOptionsRules.IsName(name))
        {
            errors.WriteLine("--name: It must be 1 to 64 letters, digits, '.', '_' or '-'.");
            return 2;
        }

        var lifetime = TimeSpan.Zero;
        if (expires is not null && !Lifetime.TryParse(expires, out lifetime))
        {
            errors.WriteLine("--expires: It must be a time like 90d, 12h or 30m.");
            return 2;
        }

        var key = ClientKey.New();
        var end = expires is null ? "" : string.Create(CultureInfo.InvariantCulture, $", \"Expires\": \"{(time.GetUtcNow() + lifetime).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\"");
        output.WriteLine($"Key of {name}, shown once: {key}");
        output.WriteLine("For the configuration, which keeps its hash only:");
        output.WriteLine($$"""  "Framegate": { "Clients": { "{{name}}": { "KeyHash": "{{KeyDigest.Of(key).ToText()}}"{{end}} } } }""");
        return 0;
    }
}
