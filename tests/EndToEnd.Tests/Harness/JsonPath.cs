using System.Globalization;
using System.Text.Json;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Reads JSON by paths like <c>metadata.attempts[0].billed</c>.</summary>
public static class JsonPath
{
    /// <summary>The value at a path.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message shows the whole.</exception>
    public static JsonElement At(this JsonElement json, string path) =>
        json.Find(path) ?? throw new KeyNotFoundException($"No {path} in {json}");

    /// <summary>The text at a path.</summary>
    public static string Text(this JsonElement json, string path) =>
        json.At(path).GetString() ?? throw new KeyNotFoundException($"{path} is null in {json}");

    /// <summary>The value at a path; null when there is none.</summary>
    public static JsonElement? Find(this JsonElement json, string path)
    {
        foreach (var step in path.Split('.', '['))
        {
            if (step.EndsWith(']'))
            {
                var index = int.Parse(step[..^1], CultureInfo.InvariantCulture);
                if (json.ValueKind != JsonValueKind.Array || index >= json.GetArrayLength())
                {
                    return null;
                }

                json = json[index];
            }
            else if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(step, out json))
            {
                return null;
            }
        }

        return json;
    }
}
