using System.Globalization;
using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>Finds the sizes of a model that agree with everything a request specifies about size.</summary>
public static class SizeChoice
{
    /// <summary>The sizes that are left, in the table's order.</summary>
    /// <param name="parameters">Width, height, aspect ratio and resolution count.</param>
    /// <param name="sizes">All sizes of the model.</param>
    /// <param name="model">For the refusal.</param>
    /// <param name="issues">Takes the refusal, with the values of its field that go with the rest.</param>
    /// <returns>Null when there is none; the refusal then names the field that ruled out the last one.</returns>
    public static IReadOnlyList<PixelSize>? Narrow(
        GenerationParameters parameters, IReadOnlyList<PixelSize> sizes, ModelInfo model, MappingIssues issues)
    {
        List<(string Field, Func<PixelSize, bool> Holds)> wishes = [];
        if (parameters.Width is { } width)
        {
            wishes.Add(("parameters.width", s => s.Width == width));
        }

        if (parameters.Height is { } height)
        {
            wishes.Add(("parameters.height", s => s.Height == height));
        }

        if (parameters.AspectRatio is { } text and not "auto")
        {
            var ratio = AspectRatio.Parse(text);
            wishes.Add(("parameters.aspect_ratio", s => ratio is { } shape && s.Is(shape)));
        }

        if (parameters.Resolution is { } resolution)
        {
            var name = PixelSize.ClassName(resolution);
            wishes.Add(("parameters.resolution", s => s.Class == name));
        }

        var left = sizes;
        foreach (var (field, holds) in wishes)
        {
            IReadOnlyList<PixelSize> fitting = [.. left.Where(holds)];
            if (fitting.Count == 0)
            {
                issues.Refuse(
                    field,
                    sizes.Any(holds) ? $"goes with no size of {model.Id} that fits the rest." : $"is no size of {model.Id}.",
                    Allowed(field, left));
                return null;
            }

            left = fitting;
        }

        return left;
    }

    // In the field's own words.
    private static string[] Allowed(string field, IReadOnlyList<PixelSize> sizes) => [.. sizes.Select(size => field switch
    {
        "parameters.width" => size.Width.ToString(CultureInfo.InvariantCulture),
        "parameters.height" => size.Height.ToString(CultureInfo.InvariantCulture),
        "parameters.aspect_ratio" => size.PlainShape().ToString(),
        "parameters.resolution" when size.Class.Length > 0 => size.Class,
        _ => size.ToString(),
    }).Distinct()];
}
