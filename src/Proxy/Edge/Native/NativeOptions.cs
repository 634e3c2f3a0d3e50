using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Native routes by provider: <c>"Native": { "runway": { "Allow": [ "GET /v1/organization" ] } }</c>.</summary>
internal sealed class NativeOptions : Dictionary<string, NativeProviderOptions>
{
    public const string Section = "Framegate:Native";

    public NativeOptions()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }
}

/// <summary>The native route of one provider.</summary>
internal sealed class NativeProviderOptions
{
    /// <summary>
    /// Calls that are served beside those of the adapter: a method, a space and a path below the provider's base address, in which <c>{name}</c> stands for a
    /// segment and <c>**</c> for any number of them. Every client may make them, whatever they show. Default: none.
    /// </summary>
    public IReadOnlyList<string> Allow { get; set; } = [];

    /// <summary>Where the links of results in answers lead. Default Gateway.</summary>
    public ResultLinks Results { get; set; } = ResultLinks.Gateway;
}

/// <summary>Where links of results lead.</summary>
internal enum ResultLinks
{
    /// <summary>Back here; the gateway fetches them without any key.</summary>
    Gateway,

    /// <summary>Where the provider put them. A vendor's client that sends its key along sends Framegate's there.</summary>
    Provider,
}

/// <summary>Each call that is allowed has a method and a path.</summary>
internal sealed partial class NativeOptionsRules : IValidateOptions<NativeOptions>
{
    public ValidateOptionsResult Validate(string? name, NativeOptions options)
    {
        var failures = new List<string>();
        foreach (var (provider, settings) in options.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            for (var i = 0; i < settings.Allow.Count; i++)
            {
                if (!Call().IsMatch(settings.Allow[i]))
                {
                    failures.Add($"{NativeOptions.Section}:{provider}:{nameof(settings.Allow)}:{i}: Write a method and a path, as in 'GET /v1/organization'; '{{name}}' stands for a segment, '**' for several.");
                }
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    [GeneratedRegex(@"^[A-Z]+(,[A-Z]+)* /[^\s?#]*$")]
    private static partial Regex Call();
}
