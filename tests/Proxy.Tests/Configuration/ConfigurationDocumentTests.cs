using System.Collections;
using System.ComponentModel;
using System.Reflection;

namespace Framegate.Proxy.Tests.Configuration;

/// <summary><c>docs/configuration.md</c> holds every setting there is.</summary>
public sealed class ConfigurationDocumentTests
{
    [Fact]
    public void Document_EverySectionAndSetting_IsInIt()
    {
        using var program = new GuardedProgram();
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

        var missing = program.Sections.SelectMany(s => Names(s.OptionsType).Prepend(s.Section)).Where(n => !document.Contains(n, StringComparison.Ordinal)).Distinct();

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Names(Type type)
    {
        var item = type.IsGenericType || typeof(IEnumerable).IsAssignableFrom(type) ? Generic(type)?.GetGenericArguments()[^1] : null;
        if (item is not null)
        {
            return Names(item);
        }

        return type.Namespace?.StartsWith("Framegate", StringComparison.Ordinal) == true && !TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string))
            ? type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(p => Names(p.PropertyType).Prepend(p.Name))
            : [];
    }

    private static Type? Generic(Type? type)
    {
        while (type is { IsGenericType: false })
        {
            type = type.BaseType;
        }

        return type;
    }
}
