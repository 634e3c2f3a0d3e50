using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>The providers of <c>config/providers</c>.</summary>
internal static class ShippedProviders
{
    public static IReadOnlyList<string> Names { get; } =
        ["alibaba", "byteplus", "dream-machine", "elevenlabs", "fal", "google", "kling", "luma", "minimax", "openai", "pika-dev", "recraft", "replicate", "xai"];

    private static readonly Lazy<Dictionary<string, ProviderAdapter>> s_all = new(() => Names.ToDictionary(n => n, Load));

    public static string Folder { get; } = Path.Combine(Root(), "config", "providers");

    public static ProviderAdapter Of(string name) => s_all.Value[name];

    private static ProviderAdapter Load(string name)
    {
        var provider = ProviderFileReader.Read(File.ReadAllBytes(Path.Combine(Folder, name + ".json")), out var faults);
        Assert.True(provider is not null, $"{name}: {string.Join("; ", faults)}");
        return provider!.Value.Adapter;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Proxy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
