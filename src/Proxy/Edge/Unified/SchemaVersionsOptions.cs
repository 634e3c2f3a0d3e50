using System.Globalization;
using Framegate.Transforms.Schemas;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>What callers are notified of about versions of the schema, by version. Default: nothing. A version keeps working whatever is set here.</summary>
internal sealed class SchemaVersionsOptions : Dictionary<string, SchemaVersionNotice>
{
    public const string Section = "Framegate:SchemaVersions";
}

/// <summary>What callers of one version are notified of.</summary>
internal sealed class SchemaVersionNotice
{
    /// <summary>Since, or from, when the version is deprecated, at 00:00 UTC; sent as <c>Deprecation</c> (RFC 9745). Default: it is not.</summary>
    public DateOnly? Deprecated { get; set; }

    /// <summary>When the version may stop to answer, at 00:00 UTC; sent as <c>Sunset</c> (RFC 8594). Default: never. Not before <see cref="Deprecated"/>.</summary>
    public DateOnly? Sunset { get; set; }
}

internal sealed class SchemaVersionsOptionsRules(SchemaVersions versions) : IValidateOptions<SchemaVersionsOptions>
{
    public ValidateOptionsResult Validate(string? name, SchemaVersionsOptions options)
    {
        var problems = new List<string>();
        foreach (var (version, notice) in options)
        {
            if (!versions.IsSupported(version))
            {
                problems.Add($"{SchemaVersionsOptions.Section}:{version}: There is no such version. Allowed: {string.Join(", ", versions.Supported)}.");
            }

            if (notice.Sunset < notice.Deprecated)
            {
                problems.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{SchemaVersionsOptions.Section}:{version}: Sunset must not be before Deprecated, {notice.Deprecated:yyyy-MM-dd}."));
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
