using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>The native parameters a caller wrote for one provider, as in <c>"parameters": {"flux": {"raw": true}}</c>.</summary>
public sealed class NativeExtras
{
    private readonly string _path;
    private readonly List<KeyValuePair<string, JsonElement>> _fields = [];

    private NativeExtras(string provider) => _path = $"parameters.{provider}";

    /// <summary>Takes them from a request.</summary>
    /// <param name="parameters">The request's parameters.</param>
    /// <param name="provider">The adapter's <see cref="ProviderAdapter.ExtrasKey"/>.</param>
    /// <param name="issues">Takes the refusal of a name that is not text.</param>
    /// <returns>The native parameters; none when the caller wrote none.</returns>
    public static NativeExtras Of(GenerationParameters parameters, string provider, MappingIssues issues)
    {
        var extras = new NativeExtras(provider);
        if (parameters.Native.TryGetValue(provider, out var block) && block.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in block.EnumerateObject())
            {
                if (property.Name() is { } name)
                {
                    extras._fields.Add(new(name, property.Value));
                }
                else
                {
                    issues.Refuse(extras._path, "holds a name that is not text.");
                }
            }
        }

        return extras;
    }

    /// <summary>True for a field that was given and is not <c>null</c>.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>Whether the caller asked for something.</returns>
    public bool Has(string name) => Find(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The field's value; undefined when it was not given.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>The value as the caller wrote it.</returns>
    public JsonElement Find(string name)
    {
        foreach (var (key, value) in _fields)
        {
            if (key == name)
            {
                return value;
            }
        }

        return default;
    }

    /// <summary>Where a field lies in the request, for a refusal.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>A path, as in <c>parameters.flux.raw</c>.</returns>
    public string PathOf(string name) => $"{_path}.{name}";

    /// <summary>Adds them to a body. What is known is checked, what is unknown passes as it is, and nothing is overwritten.</summary>
    /// <param name="fields">The body, as far as the neutral parameters filled it.</param>
    /// <param name="rules">What is known about the model's native fields.</param>
    /// <param name="issues">Takes refusals.</param>
    /// <param name="consumed">Names that the mapping has dealt with itself.</param>
    public void MergeInto(
        NativeFields fields, IReadOnlyDictionary<string, NativeRule> rules, MappingIssues issues, params ReadOnlySpan<string> consumed) =>
        MergeInto(_ => fields, rules, issues, consumed);

    /// <summary>The same for a body in several parts.</summary>
    /// <param name="partOf">The part that a field belongs to.</param>
    /// <param name="rules">What is known about the model's native fields.</param>
    /// <param name="issues">Takes refusals.</param>
    /// <param name="consumed">Names that the mapping has dealt with itself.</param>
    public void MergeInto(
        Func<string, NativeFields> partOf, IReadOnlyDictionary<string, NativeRule> rules, MappingIssues issues, params ReadOnlySpan<string> consumed)
    {
        foreach (var (name, value) in _fields)
        {
            if (consumed.Contains(name))
            {
                continue;
            }

            var fields = partOf(name);
            var rule = rules.GetValueOrDefault(name);
            if (rule is not null && value.ValueKind == JsonValueKind.Null)
            {
                // The providers document null as "not given".
                continue;
            }

            if (rule is not null && !rule.Accepts(value))
            {
                issues.Refuse(PathOf(name), rule.Message, rule.Allowed);
            }
            else if (fields.Has(name))
            {
                issues.Refuse(PathOf(name), "is set by the rest of the request already.");
            }
            else
            {
                fields.Set(name, value);
            }
        }
    }
}
