using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>Collects what is wrong with a request, up to a bound: a hostile body must not make the answer as long as itself.</summary>
internal sealed class FieldErrorList
{
    private const int LongestName = 64;
    private List<FieldError>? _errors;

    public int Count => _errors?.Count ?? 0;

    public IReadOnlyList<FieldError> ToList() => _errors ?? (IReadOnlyList<FieldError>)[];

    public void Add(string field, string message, IReadOnlyList<string>? allowed = null)
    {
        _errors ??= [];
        if (_errors.Count < GenerationRequestReader.MaxErrors && !_errors.Exists(e => e.Field == field && e.Message == message))
        {
            _errors.Add(new FieldError(field, message, allowed));
        }
    }

    public bool Has(string field) => _errors?.Exists(e => e.Field == field) ?? false;

    /// <summary>The path of a member whose name came from outside: clipped, and quoted unless it looks like a name.</summary>
    public static string PathOf(string parent, string name)
    {
        if (name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(Characters.Name))
        {
            return parent == "$" ? name : $"{parent}.{name}";
        }

        var cut = name.Length <= LongestName ? name.Length : char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName;
        return $"{parent}[\"{JsonEncodedText.Encode(name.AsSpan(0, cut))}\"]";
    }
}
