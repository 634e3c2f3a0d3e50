using System.Text;
using Framegate.Plugins;

namespace Framegate.Transforms.Forwarding;

/// <summary>Takes a key out of an answer by its value, since a provider that quotes it does so in words that no pattern knows.</summary>
internal static class KeyMask
{
    // Shorter pieces are words as well.
    private const int Shortest = 8;

    /// <summary>Overwrites each place where the key stands, or a part of one that is made of several.</summary>
    /// <param name="body">The bytes; changed in their place.</param>
    /// <param name="key">The key; null for none.</param>
    public static void Apply(Span<byte> body, Secret? key)
    {
        if (key is null)
        {
            return;
        }

        foreach (var part in (string[])[key.Reveal(), .. key.Reveal().Split(':')])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            while (bytes.Length >= Shortest && body.IndexOf(bytes) is var at and >= 0)
            {
                body.Slice(at, bytes.Length).Fill((byte)'*');
            }
        }
    }
}
