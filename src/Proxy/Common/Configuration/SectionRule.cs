using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>Checks a section against its options class: the keys, the types of the values, and then every registered validator.</summary>
internal sealed partial class SectionRule<T>(
    string section, IEnumerable<IValidateOptions<T>> validators, IServiceProvider services) : ISectionRule
    where T : class, new()
{
    public string Section => section;

    public Type OptionsType => typeof(T);

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var values = candidate.Configuration.GetSection(section);
        var keys = new SectionKeys(candidate, candidate.Sections);
        keys.Check(values, typeof(T));
        var options = new T();
        (keys.Unfit.Count == 0 ? values : Without(values, keys.Unfit)).Bind(options);
        foreach (var failure in validators.Select(v => Of(candidate, v).Validate(Options.DefaultName, options)).Where(r => r.Failed).SelectMany(r => r.Failures ?? []))
        {
            var (path, reason) = Split(failure);
            candidate.Refuse(path, reason);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A validator that looks at other sections too, as one of aliases looks at clusters, must look at the candidate's.</summary>
    private IValidateOptions<T> Of(ConfigurationCandidate candidate, IValidateOptions<T> validator) =>
        validator.GetType().GetConstructors().Any(c => c.GetParameters().Any(p => p.ParameterType == typeof(IConfiguration)))
            ? (IValidateOptions<T>)ActivatorUtilities.CreateInstance(services, validator.GetType(), candidate.Configuration)
            : validator;

    /// <summary>What can be read of a section: its other faults are reported as well.</summary>
    private static IConfiguration Without(IConfigurationSection section, IReadOnlyCollection<string> unfit)
    {
        var left = unfit.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in section.AsEnumerable().Where(v => !IsBelow(v.Key, left)))
        {
            values[key] = value;
        }

        return new ConfigurationBuilder().Add(new IndexedConfiguration(values)).Build().GetSection(section.Path);
    }

    private static bool IsBelow(string key, HashSet<string> unfit)
    {
        for (var path = key; path is not null; path = ConfigurationPath.GetParentPath(path))
        {
            if (unfit.Contains(path))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Finds the path in a failure. Ours begin with it; those of attributes read "MaxOpen: The field JobsOptions.MaxOpen must be between 1 and 9".
    /// </summary>
    private (string Path, string Reason) Split(string failure)
    {
        if (OfAttribute().Match(failure) is { Success: true } attribute)
        {
            return ($"{section}:{attribute.Groups["member"].Value}", $"It {attribute.Groups["reason"].Value}");
        }

        return failure.StartsWith(section, StringComparison.OrdinalIgnoreCase) && failure.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end
            ? (failure[..end], failure[(end + 2)..])
            : (section, failure);
    }

    [GeneratedRegex(@"^(?<member>\w+): The (field )?\S+( field)? (?<reason>.+)$")]
    private static partial Regex OfAttribute();
}
