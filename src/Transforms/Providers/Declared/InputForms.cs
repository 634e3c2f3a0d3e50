using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>In which forms a body takes media inputs. One that comes in another would be left out of it in silence.</summary>
internal sealed partial class InputForms
{
    private readonly Dictionary<string, (bool Bytes, bool Url)> _forms = new(StringComparer.Ordinal);

    /// <summary>Looks through a body.</summary>
    /// <param name="body">The template.</param>
    /// <param name="uploads">What is uploaded before, each with its name.</param>
    public InputForms(JsonElement body, IEnumerable<UploadPart> uploads)
    {
        Read(body, null);
        foreach (var upload in uploads)
        {
            if (upload.Encoding == DeclaredUpload.Raw)
            {
                Add(upload.Of, bytes: true, url: false);
            }

            Read(upload.Body, upload.Of);
        }
    }

    /// <summary>The inputs that it takes as bytes alone.</summary>
    public IReadOnlySet<string> OnlyBytes => Those(bytes: true);

    /// <summary>The inputs that it takes as addresses alone.</summary>
    public IReadOnlySet<string> OnlyUrls => Those(bytes: false);

    /// <summary>Whether it takes an input as an address, be it among other forms.</summary>
    public bool TakesUrls(string name) => _forms.GetValueOrDefault(name).Url;

    private HashSet<string> Those(bool bytes) => [.. _forms.Where(f => f.Value == (bytes, !bytes)).Select(f => f.Key)];

    private void Read(JsonElement json, string? item)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                foreach (Match use in ExpressionPattern().Matches(json.GetString()!))
                {
                    var name = use.Groups[1].Value is "item" ? item : use.Groups[1].Value;
                    var filters = use.Groups[2].Value.Split('|');
                    if (name is not null && Scope.IsMedia(name) && !filters.Contains("content_type"))
                    {
                        Add(name, filters.Contains("bytes"), filters.Contains("url"));
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var member in json.EnumerateArray())
                {
                    Read(member, item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    Read(member.Value, json.TryGetProperty("$each", out var list) ? list.Text() : item);
                }

                break;
        }
    }

    private void Add(string name, bool bytes, bool url)
    {
        var known = _forms.GetValueOrDefault(name);
        _forms[name] = bytes || url ? (known.Bytes || bytes, known.Url || url) : (true, true);
    }

    [GeneratedRegex(@"\{\s*([a-z_]+)((?:\|[^}]*)?)\}", RegexOptions.CultureInvariant)]
    private static partial Regex ExpressionPattern();
}
