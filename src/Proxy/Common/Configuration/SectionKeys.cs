using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>
/// Holds the keys and the values of a section against the type they are bound to, and notes each one that does not fit. The binder itself would
/// leave out an unknown key in silence, and stop at the first value it cannot read. The types are Framegate's options, and YARP's for <c>ReverseProxy</c>.
/// </summary>
internal sealed partial class SectionKeys(ConfigurationCandidate candidate, SectionNames names)
{
    private readonly List<string> _unfit = [];

    /// <summary>The paths that do not fit. Binding what is left cannot fail.</summary>
    public IReadOnlyCollection<string> Unfit => _unfit;

    /// <summary>Checks a section.</summary>
    public void Check(IConfigurationSection section, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var converter = TypeDescriptor.GetConverter(type);
        if (type.IsDefined(typeof(FlagsAttribute)) && section.Value is null)
        {
            foreach (var child in section.GetChildren())
            {
                CheckValue(child, type, converter);
            }
        }
        else if (type == typeof(string) || converter is not (CollectionConverter or ArrayConverter) && converter.CanConvertFrom(typeof(string)))
        {
            CheckValue(section, type, converter);
        }
        else if (section.Value is { Length: > 0 })
        {
            Refuse(section.Path, ItemOf(type) is null || ValueOf(type) is not null ? "It must be an object." : "It must be a list.");
        }
        else if (ValueOf(type) is null && ItemOf(type) is not null && section.GetChildren().FirstOrDefault(c => !c.Key.All(char.IsAsciiDigit)) is not null)
        {
            Refuse(section.Path, "It must be a list.");
        }
        else if ((ValueOf(type) ?? ItemOf(type)) is { } item)
        {
            foreach (var child in section.GetChildren())
            {
                if (ValueOf(type) is null && child.Value is null && !child.GetChildren().Any())
                {
                    // The binder makes a null of it, in lists that nobody expects one in.
                    Refuse(child.Path, $"It must be {(item == typeof(string) ? "text" : "an object")}; it is empty.");
                }
                else
                {
                    Check(child, item);
                }
            }
        }
        else
        {
            CheckMembers(section, type);
        }
    }

    private void CheckMembers(IConfigurationSection section, Type type)
    {
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && (p.SetMethod is { IsPublic: true } || typeof(IEnumerable).IsAssignableFrom(p.PropertyType)))
            .ToDictionary(p => p.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (members.TryGetValue(child.Key, out var member))
            {
                Check(child, member);
            }
            else if (!names.LeadsToOne(child.Path))
            {
                Refuse(child.Path, $"There is no such setting; there are {string.Join(", ", members.Keys.Concat(names.Under(section.Path)).Order(StringComparer.Ordinal))}.");
            }
        }
    }

    private void CheckValue(IConfigurationSection section, Type type, TypeConverter converter)
    {
        if (section.GetChildren().Any() || (section.Value is { } value && !Reads(value, type, converter)))
        {
            Refuse(section.Path, type == typeof(TimeSpan) ? Duration.Describe(section.Value) : $"It must be {Describe(type)}.");
        }
    }

    private static bool Reads(string value, Type type, TypeConverter converter)
    {
        if (type.IsEnum)
        {
            // The framework also reads numbers, with a sign or without, and lists: "owner,public" would be one of them.
            return Enum.GetNames(type).Contains(value.Trim(), StringComparer.OrdinalIgnoreCase);
        }

        if (type == typeof(TimeSpan))
        {
            return Duration.IsOne(value);
        }

        if (type == typeof(double))
        {
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        }

        // The framework reads 1.5 as the fifth of January, and 1/2/2027 as it likes.
        if ((type == typeof(DateOnly) || type == typeof(DateTimeOffset)) && value.Length > 0 && !Date().IsMatch(value))
        {
            return false;
        }

        if (type == typeof(Version))
        {
            // YARP takes "2" for 2.0.
            return Version.TryParse(value.Contains('.', StringComparison.Ordinal) ? value : $"{value}.0", out _);
        }

        try
        {
            converter.ConvertFromInvariantString(value);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException or InvalidCastException)
        {
            return false;
        }
    }

    private static string Describe(Type type) =>
        type == typeof(bool) ? "true or false"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(Version) ? "a version like 2 or 1.1"
        : type == typeof(DateOnly) ? "a date like 2026-11-30"
        : type == typeof(DateTimeOffset) || type == typeof(DateTime) ? "a time like 2026-11-30T12:00:00Z"
        : type == typeof(Uri) ? "a URL"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(double) || type == typeof(decimal) ? "a number"
        : type.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "text";

    /// <summary>What a dictionary with text as keys holds.</summary>
    private static Type? ValueOf(Type type) => Interfaces(type)
        .FirstOrDefault(i => i.GetGenericTypeDefinition() is var d && (d == typeof(IDictionary<,>) || d == typeof(IReadOnlyDictionary<,>)))?.GetGenericArguments()[1];

    /// <summary>What a list holds.</summary>
    private static Type? ItemOf(Type type) => Interfaces(type).FirstOrDefault(i => i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static IEnumerable<Type> Interfaces(Type type) => type.GetInterfaces().Append(type).Where(i => i is { IsInterface: true, IsGenericType: true });

    [GeneratedRegex(@"^\s*\d{4}-\d{1,2}-\d{1,2}")]
    private static partial Regex Date();

    private void Refuse(string path, string reason)
    {
        _unfit.Add(path);
        candidate.Refuse(path, reason);
    }
}
