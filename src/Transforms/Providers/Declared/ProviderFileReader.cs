using System.Text.Json;
using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>Reads the text of provider files.</summary>
public static class ProviderFileReader
{
    /// <summary>The largest file, bytes.</summary>
    public const int Largest = 4 * 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="faults">Everything that is wrong.</param>
    /// <returns>The provider's adapter and the address of its API; null when anything is wrong.</returns>
    public static (ProviderAdapter Adapter, string Address)? Read(ReadOnlySpan<byte> text, out IReadOnlyList<ProviderFault> faults)
    {
        if (text.Length > Largest)
        {
            faults = [new ProviderFault("", $"The file is larger than {Largest} bytes.")];
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(text.StartsWith("\uFEFF"u8) ? text[3..] : text, ProviderFileJson.Default.ProviderFile) is not { } file)
            {
                faults = [new ProviderFault("", "Must be an object.")];
                return null;
            }

            return ProviderCompiler.Compile(file, out faults) is { } adapter ? (adapter, adapter.Address) : null;
        }
        catch (JsonException e)
        {
            faults = [new ProviderFault(PointerOf(e.Path), $"Line {e.LineNumber + 1}: {e.Message.Split(" Path:")[0]}")];
            return null;
        }
    }

    /// <summary>A JSON Pointer for the path of a reading error, as <c>$.operations[0].read</c>.</summary>
    private static string PointerOf(string? path) => path is null or "$" ? "" : path[1..].Replace('.', '/').Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
}
