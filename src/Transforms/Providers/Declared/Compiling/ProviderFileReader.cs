using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <summary>Reads the text of provider files.</summary>
public static class ProviderFileReader
{
    /// <summary>The largest file, bytes.</summary>
    public const int Largest = 4 * 1024 * 1024;

    private const int MostFaults = 50;
    private const string Maps = "maps";
    private static readonly JsonDocumentOptions s_form = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 40, AllowDuplicateProperties = false };

    // What is free in form, and what holds texts under names of its own.
    private static readonly string[] s_free = ["body", "vars", "defaults", "error"];
    private static readonly string[] s_tables = ["words", "headers", "submit_headers", "query", "values", "facts", "keep", "ignores", "match", Maps];

    /// <summary>Reads a file.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="faults">Everything that is wrong.</param>
    /// <returns>The provider's adapter and the address of its API; null when anything is wrong.</returns>
    public static (ProviderAdapter Adapter, string Address)? Read(ReadOnlySpan<byte> text, out IReadOnlyList<ProviderFault> faults) => Read(text, out faults, out _);

    /// <summary>Reads a file.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="faults">Everything that is wrong.</param>
    /// <param name="warnings">What is not wrong and can hardly be meant: the file is used with it.</param>
    /// <returns>The provider's adapter and the address of its API; null when anything is wrong.</returns>
    public static (ProviderAdapter Adapter, string Address)? Read(ReadOnlySpan<byte> text, out IReadOnlyList<ProviderFault> faults, out IReadOnlyList<ProviderFault> warnings)
    {
        warnings = [];
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

            faults = Nulls(JsonNode.Parse(text, documentOptions: s_form));
            return faults.Count == 0 && ProviderCompiler.Compile(file, out faults, out warnings) is { } adapter ? (adapter, adapter.Address) : null;
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
            var root = JsonNode.Parse(text, documentOptions: s_form);
            var error = first;
            while (faults.Count < MostFaults && Remove(root, PointerOf(error.Path)))
            {
                try
                {
                    var nulls = Nulls(root);
                    faults.AddRange(nulls);
                    if (nulls.Count == 0 && root.Deserialize(ProviderFileJson.Default.ProviderFile) is { } rest)
                    {
                        ProviderCompiler.Compile(rest, out var others, out _);
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
        catch (JsonException e)
        {
            // The text is no JSON, and the first fault names where; or a member stands twice.
            if (e.Message != first.Message && ReadingFault.IsOfTwo(e))
            {
                faults.Add(Fault(e, null));
            }
        }

        return faults;
    }

    /// <summary>Items that are nothing, and members that are nothing in tables of texts: the reader takes them, and nobody else can.</summary>
    private static List<ProviderFault> Nulls(JsonNode? root)
    {
        var faults = new List<ProviderFault>();
        Look(root, "", isTable: false, "");
        return faults;

        void Look(JsonNode? node, string path, bool isTable, string name)
        {
            if (node is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++)
                {
                    Take(list[i], $"{path}/{i}", isItem: true, "");
                }
            }
            else if (node is JsonObject members && !s_free.Contains(name))
            {
                foreach (var (member, value) in members)
                {
                    // A table of tables: the maps.
                    Take(value, $"{path}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", isTable, isTable && name == Maps ? Maps : isTable ? "" : member);
                }
            }
        }

        void Take(JsonNode? value, string path, bool isItem, string name)
        {
            if (value is not null)
            {
                Look(value, path, s_tables.Contains(name), name);
            }
            else if (isItem && faults.Count < MostFaults)
            {
                faults.Add(new ProviderFault(path, "Must not be null; what has no value is left out."));
            }
        }
    }

    private static ProviderFault Fault(JsonException e, long? line) => new(PointerOf(e.Path), (line is { } at ? $"Line {at + 1}: " : "") + ReadingFault.Of(e));

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
