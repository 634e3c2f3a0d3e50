using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>A call that uploads an input before the submit that names it.</summary>
internal sealed record DeclaredUpload(
    string Of, Template Path, IReadOnlyList<(string Name, Template Value)> Headers, Template? Body, string Encoding, IReadOnlyList<(string Name, Pointer At)> Keep)
{
    /// <summary>The encoding of a body that is the input's bytes.</summary>
    public const string Raw = "raw";

    private const string Unknown = "upload";

    /// <summary>The variables that it uses.</summary>
    public IEnumerable<string> Used => [Of, .. Path.Names, .. Headers.SelectMany(h => h.Value.Names), .. Body?.Names ?? []];

    /// <summary>What stands for what it gives, before it has: prices and limits see that there is something.</summary>
    public void Promise(Scope scope)
    {
        foreach (var (name, _) in scope.Find(Of) is MediaInput ? Keep : [])
        {
            scope.Set(Scope.Upload + name, Unknown);
        }
    }

    /// <summary>A scope that holds what uploads have given.</summary>
    /// <param name="scope">The variables of the request.</param>
    /// <param name="given">What they have given.</param>
    /// <param name="isPath">True where it goes into a path, in which an answer of a provider's may not lead elsewhere.</param>
    public static Scope With(Scope scope, IReadOnlyDictionary<string, JsonElement> given, bool isPath = false)
    {
        var inner = new Scope(scope);
        foreach (var (name, value) in given)
        {
            inner.Set(Scope.Upload + name, isPath ? Uri.EscapeDataString(value.IdText() ?? "") : value);
        }

        return inner;
    }

    /// <summary>The call.</summary>
    /// <param name="scope">The variables of the request.</param>
    /// <returns>Null where the request has no such input.</returns>
    public NativeUpload? Call(Scope scope) => scope.Find(Of) is not MediaInput input ? null : new NativeUpload(
        given =>
        {
            var own = With(scope, given).Set("item", input);
            var body = Body?.Render(own) as Fields;
            return new NativeRequest("POST", DeclaredOperation.Target(Path, [], With(scope, given, isPath: true).Set("item", input)))
            {
                TakesAttemptId = Used.Contains("uuid"),
                Headers = [.. Headers.Select(h => KeyValuePair.Create(h.Name, Values.Text(h.Value.Render(own)) ?? "")).Where(h => h.Value.Length > 0 && !h.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))],
                Body = Encoding == Raw ? new NativeBody(input.Held is { } held ? System.Text.Encoding.ASCII.GetBytes(held.Raw) : input.Bytes, input.ContentType ?? "application/octet-stream")
                    : body is null ? null
                    : Encoding == "multipart" ? Rendered.ToForm(body) : Rendered.ToJson(body),
            };
        },
        Read);

    private Dictionary<string, JsonElement>? Read(NativeResponse response)
    {
        var answer = JsonReading.Parse(response.Json.Span);
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, at) in Keep)
        {
            if (at.First(answer) is not { ValueKind: JsonValueKind.String or JsonValueKind.Number } value || value.IdText() is null or "." or "..")
            {
                return null;
            }

            given[name] = value;
        }

        return given;
    }
}
