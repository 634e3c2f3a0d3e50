using System.Globalization;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>Templates, pointers, conditions and patterns.</content>
internal sealed partial class ProviderCompiler
{
    private IReadOnlyList<Condition> Conditions(IReadOnlyList<string> texts, string path) => [.. texts.Select((t, i) =>
    {
        var condition = Condition.Parse(t, out var fault);
        return condition ?? Fault<Condition?>($"{path}/{i}", fault!);
    }).OfType<Condition>()];

    private Template Text(string text, string path) => Template.Parse(text, _file.Maps, reason => Fault(path, reason)) ?? Template.Parse("", _file.Maps, _ => { })!;

    private Template Path(string text, string path)
    {
        var isOwn = text.StartsWith('/') || text.StartsWith("{poll_url", StringComparison.Ordinal) || text.StartsWith("{job.", StringComparison.Ordinal)
            || text.StartsWith("{destination|map:", StringComparison.Ordinal)
            || _file.KeyHosts.Any(h => text.StartsWith($"https://{h}/", StringComparison.OrdinalIgnoreCase));
        if (!isOwn || text.StartsWith("//", StringComparison.Ordinal))
        {
            Fault(path, "Must begin with a slash, with {poll_url}, with {job.NAME}, with {destination|map:NAME}, or with https:// and one of key_hosts.");
        }

        return Text(text, path);
    }

    private Template First(IReadOnlyList<string> texts, string path) => Template.FirstOf([.. texts.Select((t, i) => Path(t, texts.Count == 1 ? path : $"{path}/{i}"))]);

    private IReadOnlyList<Pointer> All(IReadOnlyList<string> texts, string path) => [.. texts.Select((t, i) => At(t, texts.Count == 1 ? path : $"{path}/{i}"))];

    private Pointer At(string text, string path) => Pointer.Parse(text) ?? Fault(path, Pointer.Parse("")!, "Must be a JSON Pointer: empty, or with a slash before each part.");

    private IReadOnlyList<string> Names(string text, string path) => At(text, path).Names ?? Fault<IReadOnlyList<string>>(path, [], "Must be a JSON Pointer without wild cards.");

    private LinearPattern? Pattern(string text, string path, bool ignoreCase = true)
    {
        if (LinearPattern.Parse(text, ignoreCase, out var fault) is { } pattern)
        {
            return pattern;
        }

        Fault(path, $"Is no regular expression that can be used: {fault}");
        return null;
    }

    private void Unique(IEnumerable<string> names, string path, string what)
    {
        foreach (var twice in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Fault(path, $"The {what} '{twice.Key}' stands twice.");
        }
    }

    private void AtMost(int count, int most, string path)
    {
        if (count > most)
        {
            Fault(path, string.Create(CultureInfo.InvariantCulture, $"Must have at most {most} items."));
        }
    }
}
