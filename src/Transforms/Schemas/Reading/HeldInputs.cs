using System.Runtime.InteropServices;
using System.Text;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>The inputs that were taken out of a body while it was read, each by the placeholder that stands in its place.</summary>
public sealed class HeldInputs
{
    /// <summary>No inputs.</summary>
    public static HeldInputs None { get; } = new([]);

    private readonly IReadOnlyList<(HeldInput Input, string? Refusal)> _inputs;
    private readonly HashSet<HeldInput> _found = [];

    /// <summary>Inputs of one body.</summary>
    /// <param name="inputs">The inputs, each with what is wrong with it; null when nothing is.</param>
    public HeldInputs(IReadOnlyList<(HeldInput Input, string? Refusal)> inputs) => _inputs = inputs;

    /// <summary>The inputs.</summary>
    public IEnumerable<HeldInput> All => _inputs.Select(i => i.Input);

    /// <summary>How many there are.</summary>
    public int Count => _inputs.Count;

    /// <summary>The input whose placeholder a text is.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <returns>The input with what is wrong with it; null when it is no placeholder of this body.</returns>
    public (HeldInput Input, string? Refusal)? Find(ReadOnlySpan<byte> text)
    {
        if (text.Length == HeldInput.PlaceholderLength)
        {
            foreach (var held in _inputs)
            {
                if (Ascii.Equals(text, held.Input.Base64))
                {
                    _found.Add(held.Input);
                    return held;
                }
            }
        }

        return null;
    }

    /// <summary>A text in which the names of inputs, which differ each time, are blank. What is left of a placeholder names the bytes it stands for.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="held">The inputs it may name.</param>
    /// <returns>A copy.</returns>
    public static byte[] WithoutNames(ReadOnlySpan<byte> text, IEnumerable<HeldInput> held)
    {
        var copy = text.ToArray();
        foreach (var input in held)
        {
            var placeholder = Encoding.ASCII.GetBytes(input.Base64);
            for (var rest = copy.AsSpan(); rest.IndexOf(placeholder) is >= 0 and var at; rest = rest[at..])
            {
                rest.Slice(at + HeldInput.Prefix.Length + 2, HeldInput.NameLength).Fill((byte)'0');
            }
        }

        return copy;
    }

    /// <summary>Why inputs cannot be where they are: no media parameter has them and no native one, or what was written for them is no base64.</summary>
    /// <param name="parameters">What has been read.</param>
    /// <returns>The reason; null when all is well.</returns>
    public string? Misplaced(GenerationParameters parameters)
    {
        foreach (var (input, refusal) in _inputs)
        {
            if (_found.Contains(input))
            {
                continue;
            }

            if (!parameters.Native.Values.Any(v => JsonMarshal.GetRawUtf8Value(v).IndexOf(Encoding.ASCII.GetBytes(input.Base64)) >= 0))
            {
                return "A data: URI of more than 64 KiB stands where no image and no video is expected.";
            }

            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }
}
