using System.Text.Json;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>What is known about native fields that no neutral parameter stands for, and the rules that follow from a call's table.</summary>
internal static class RunwayRules
{
    /// <summary>Any seed the provider takes (docs.dev.runwayml.com).</summary>
    public static NativeRule Seed { get; } = NativeRule.Whole(0, uint.MaxValue);

    public static NativeRule Percent { get; } = NativeRule.Whole(0, 100);

    public static NativeRule Mode { get; } = NativeRule.OneOf("reference", "extend", "edit");

    public static NativeRule Moderation { get; } = NativeRule.Where(
        "must be an object with publicFigureThreshold auto or low.",
        v => v.ValueKind == JsonValueKind.Object && v.Member("publicFigureThreshold") is var level
            && (level.ValueKind == JsonValueKind.Undefined || level.Text() is "auto" or "low"));

    public static NativeRule ProresProfile { get; } = NativeRule.OneOf("422", "4444", "422 Proxy", "422 LT", "422 HQ", "4444 XQ");

    public static NativeRule Keyframes { get; } = NativeRule.Where(
        "must be a list of at most 5 objects with uri and either seconds or at.",
        v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() <= 5 && v.Items().All(IsKeyframe));

    /// <summary>Images, clips or recordings: a list of objects with a <c>uri</c>.</summary>
    public static NativeRule Uris(int max) => NativeRule.Where(
        $"must be a list of at most {max} objects with a uri.",
        v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() <= max && v.Items().All(i => i.Member("uri").Text() is { Length: > 0 }));

    public static Dictionary<string, NativeRule> Of(params (string Name, NativeRule Rule)[] rules) => rules.ToDictionary(r => r.Name, r => r.Rule);

    /// <summary>All rules of a call.</summary>
    public static Dictionary<string, NativeRule> For(RunwayCall call)
    {
        var rules = new Dictionary<string, NativeRule>();
        foreach (var (name, rule) in call.Own)
        {
            rules[name] = rule;
        }

        if ((call.Sizes.Count > 0 || call.AutoSizes.Count > 0) && call.FreeArea is null)
        {
            rules["ratio"] = NativeRule.OneOf([.. call.Sizes.Select(s => s.ToString()), .. call.AutoSizes]);
        }
        else if (call.Shapes.Count > 0)
        {
            rules[call.ShapeField] = NativeRule.OneOf([.. call.Shapes, .. call.AutoSizes]);
        }

        if (call.Resolutions.Count > 0)
        {
            rules["resolution"] = NativeRule.OneOf([.. call.Resolutions]);
        }

        if (call.Lengths is { } lengths)
        {
            rules["duration"] = NativeRule.Where(
                RunwaySizing.LengthsOf(lengths),
                v => (v.Number() is { } seconds && lengths.Holds(seconds)) || (lengths.Auto && v.Text() == "auto"));
        }

        if (call.Audio)
        {
            rules["audio"] = NativeRule.Flag;
        }

        if (call.Seed)
        {
            rules["seed"] = Seed;
        }

        if (call.Formats.Count > 0)
        {
            rules["outputFormat"] = NativeRule.OneOf([.. call.Formats]);
        }

        if (call.Counts.Count > 0)
        {
            rules["outputCount"] = NativeRule.Where("is no number of results it makes.", v => v.Whole() is { } n && call.Counts.Any(c => c == n));
        }

        if (call.ReferenceField is { } references)
        {
            rules[references] = Uris(call.MaxReferences);
        }

        return rules;
    }

    private static bool IsKeyframe(JsonElement value) =>
        value.Member("uri").Text() is { Length: > 0 } && value.Member("seconds").Number() is not null != value.Member("at").Number() is not null;
}
