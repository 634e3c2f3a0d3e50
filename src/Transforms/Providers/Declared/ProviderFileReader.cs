using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>Reads the text of provider files.</summary>
public static class ProviderFileReader
{
    /// <summary>The largest file, bytes.</summary>
    public const int Largest = 4 * 1024 * 1024;

    private const int MostFaults = 50;

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

        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        try
        {
            if (JsonSerializer.Deserialize(text, ProviderFileJson.Default.ProviderFile) is not { } file)
            {
                faults = [new ProviderFault("", "Must be an object.")];
                return null;
            }

            return ProviderCompiler.Compile(file, out faults) is { } adapter ? (adapter, adapter.Address) : null;
        }
        catch (JsonException e)
        {
            faults = FaultsIn(text, e);
            return null;
        }
    }

    /// <summary>Every fault of the form. The reader stops at the first one; without the member that it names it goes on to the next.</summary>
    private static List<ProviderFault> FaultsIn(ReadOnlySpan<byte> text, JsonException first)
    {
        List<ProviderFault> faults = [Fault(first, first.LineNumber)];
        try
        {
            var options = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 40 };
            var root = JsonNode.Parse(text, documentOptions: options);
            var error = first;
            while (faults.Count < MostFaults && Remove(root, PointerOf(error.Path)))
            {
                try
                {
                    if (root.Deserialize(ProviderFileJson.Default.ProviderFile) is { } rest)
                    {
                        ProviderCompiler.Compile(rest, out var others);
                        faults.AddRange(others);
                    }

                    break;
                }
                catch (JsonException next)
                {
                    faults.Add(Fault(next, null));
                    error = next;
                }
            }
        }
        catch (JsonException)
        {
            // The text is no JSON; the first fault says where.
        }

        return faults;
    }

    private static ProviderFault Fault(JsonException e, long? line) =>
        new(PointerOf(e.Path), (line is { } at ? $"Line {at + 1}: " : "") + e.Message.Split(" Path:")[0].Replace(" could not be mapped to any .NET member contained in type", " is unknown to", StringComparison.Ordinal)
            .Replace("'Framegate.Transforms.Providers.Declared.", "'", StringComparison.Ordinal)
            .Replace("The JSON value could not be converted to System.Nullable`1[System.DateOnly].", "Must be a date like 2026-11-30.", StringComparison.Ordinal)
            .Replace("The JSON value could not be converted to System.Nullable`1[System.Int32].", "Must be a whole number.", StringComparison.Ordinal)
            .Replace("The JSON value could not be converted to System.Int32.", "Must be a whole number.", StringComparison.Ordinal)
            .Replace("The JSON value could not be converted to System.Nullable`1[System.Double].", "Must be a number.", StringComparison.Ordinal)
            .Replace("The JSON value could not be converted to System.Nullable`1[System.Decimal].", "Must be a number.", StringComparison.Ordinal)
            .Replace("The JSON value could not be converted to System.Boolean.", "Must be true or false.", StringComparison.Ordinal)
            .Replace("The JSON value could not be converted to System.String.", "Must be text.", StringComparison.Ordinal));

    private static bool Remove(JsonNode? root, string pointer)
    {
        var names = pointer.Split('/')[1..];
        var at = root;
        for (var i = 0; i < names.Length - 1; i++)
        {
            at = at is JsonArray list && int.TryParse(names[i], out var index) && index < list.Count ? list[index] : (at as JsonObject)?[names[i]];
        }

        return names.Length > 0 && at is JsonObject members && members.Remove(names[^1]);
    }

    /// <summary>A JSON Pointer for the path of a reading error, as <c>$.operations[0].read</c>.</summary>
    private static string PointerOf(string? path) => path is null or "$" ? "" : path[1..].Replace('.', '/').Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
}
