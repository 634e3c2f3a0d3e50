using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>What an operation has a field for and no capability names, and the reverse: the file can be used, and does less than it seems to.</content>
internal sealed partial class ProviderCompiler
{
    private static readonly string[] s_switches = ["audio"];

    // What a capability works on. One of these is enough, and what makes something of nothing is not here.
    private static readonly Dictionary<string, string[]> s_inputsOf = new(StringComparer.Ordinal)
    {
        ["image-to-image"] = ["image", "reference_images"],
        ["inpainting"] = ["mask"],
        ["outpainting"] = ["image", "mask"],
        ["controlnet"] = ["control_image", "image"],
        ["image-to-video"] = ["image", "last_image", "reference_images"],
        ["video-to-video"] = ["video"],
        ["extend"] = ["video"],
        ["upscale"] = ["image", "video"],
    };

    /// <summary>What a model's operations take as bytes alone is read before it is sent. What one of them takes as an address stays one.</summary>
    public static DeclaredModel WithForms(DeclaredModel model, IReadOnlyList<DeclaredOperation> operations)
    {
        var scope = Scoped(model.Info.MediaType, model.Info.Id, model.Vars);
        List<InputForms> forms = [.. operations.Where(o => MayBeTaken(o, scope)).Select(o => o.Forms)];
        string[] read = [.. forms.SelectMany(f => f.OnlyBytes).Distinct().Where(n => !forms.Exists(f => f.TakesUrls(n)))];
        return read.Length == 0 ? model : model with { Info = model.Info with { InputsRead = read } };
    }

    private void WarnOfInputs(List<DeclaredOperation> operations, List<DeclaredModel> models)
    {
        var ways = models.Select(m => (Model: m, Operations: operations.Where(o => MayBeTaken(o, Scoped(m.Info.MediaType, m.Info.Id, m.Vars))).ToList())).ToList();

        // 1. A field that every request is refused for. What a model that is not listed takes is for its provider to decide.
        var unlisted = _file.AnyModel.Select(m => Scoped(MediaTypeOf(m.Type) ?? MediaType.Image, m.Pattern, m.Vars)).ToList();
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            var served = ways.Where(w => w.Operations.Contains(operation) && w.Model.Info.Capabilities.Count > 0).Select(w => w.Model).ToList();
            foreach (var name in served.Count == 0 || unlisted.Exists(s => MayBeTaken(operation, s)) ? [] : DeclaredChecks.Inputs.Concat(s_switches).Where(n => Sends(operation, n)))
            {
                var needed = served.SelectMany(m => DeclaredChecks.CapabilitiesFor(name, m.Info.MediaType)).Distinct().ToList();
                if (needed.Count > 0 && !served.Exists(m => m.Info.Capabilities.Any(needed.Contains)))
                {
                    _warnings.Add(new ProviderFault($"/operations/{i}/submit/body", $"Sends '{name}', and no model that it is for has one of {string.Join(", ", needed)} among its capabilities."));
                }
            }
        }

        // 2. A capability that no operation can serve. A sound that is always there needs no field.
        for (var i = 0; i < ways.Count; i++)
        {
            var (model, own) = ways[i];
            foreach (var word in model.Info.Capabilities)
            {
                var inputs = s_inputsOf.GetValueOrDefault(word) ?? [];
                if (inputs.Length > 0 && !inputs.Any(n => !model.Lacks.Contains(n) && own.Exists(o => Sends(o, n))))
                {
                    _warnings.Add(new ProviderFault($"/models/{i}/capabilities", $"Names '{word}', and no operation for {model.Info.Id} sends {string.Join(" or ", inputs)}."));
                }
            }
        }
    }

    /// <summary>Whether an operation can be taken for a model, whatever else the request holds.</summary>
    private static bool MayBeTaken(DeclaredOperation operation, Scope model) =>
        operation.When.Where(c => c.Names.All(n => n is "media_type" or "model" || n.StartsWith("model.", StringComparison.Ordinal))).All(c => c.Holds(model));

    private static Scope Scoped(MediaType type, string model, IReadOnlyDictionary<string, JsonElement> vars)
    {
        var scope = new Scope().Set("media_type", type.ToString().ToLowerInvariant()).Set("model", model);
        foreach (var (name, value) in vars)
        {
            scope.Set("model." + name, Values.Of(value));
        }

        return scope;
    }

    private static bool Sends(DeclaredOperation operation, string name) => operation.Used.Any(u => u == name || (u.StartsWith(name, StringComparison.Ordinal) && u[name.Length] == '.'));
}
