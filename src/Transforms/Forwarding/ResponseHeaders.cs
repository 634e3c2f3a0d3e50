using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using Framegate.Transforms.Secrets;

namespace Framegate.Transforms.Forwarding;

/// <summary>The headers of an answer, read when somebody asks for one: most answers hold all there is to know in their body.</summary>
/// <param name="response">The answer; its headers outlive it.</param>
/// <param name="mask">Finds the secrets that must not be left in a value.</param>
internal sealed class ResponseHeaders(HttpResponseMessage response, SecretMask mask) : IReadOnlyDictionary<string, string>
{
    private readonly HttpResponseHeaders _own = response.Headers;
    private readonly HttpContentHeaders _content = response.Content.Headers;
    private Dictionary<string, string>? _all;

    public int Count => All.Count;

    public IEnumerable<string> Keys => All.Keys;

    public IEnumerable<string> Values => All.Values;

    private Dictionary<string, string> All => _all ??= Read();

    public string this[string key] => All[key];

    public bool ContainsKey(string key) => All.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => All.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => All.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dictionary<string, string> Read()
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Add(_own.NonValidated);
        Add(_content.NonValidated);
        return all;

        void Add(HttpHeadersNonValidated source)
        {
            foreach (var (name, values) in source)
            {
                all[name] = mask.Apply(values.ToString());
            }
        }
    }
}
