namespace Framegate.Plugins.Contract;

/// <summary>
/// The bytes of an input that do not lie in memory. In a body that is built of it a placeholder stands in their place, and they are put there while the body is sent.
/// </summary>
public abstract class HeldInput
{
    /// <summary>How each placeholder begins. A full stop is no character of base64.</summary>
    public const string Prefix = "fg.in.";

    /// <summary>Characters of a name.</summary>
    public const int NameLength = 32;

    /// <summary>Characters of a SHA-256 in hexadecimal.</summary>
    public const int HashLength = 64;

    /// <summary>Characters of a placeholder: the prefix, its kind, the name and the hash, each with a full stop behind it.</summary>
    public const int PlaceholderLength = 6 + 2 + NameLength + 1 + HashLength + 1;

    /// <summary>What an input is known by: 32 random hexadecimal digits, so that nobody can write a placeholder of another's.</summary>
    public abstract string Name { get; }

    /// <summary>How many bytes there are.</summary>
    public abstract long Length { get; }

    /// <summary>The SHA-256 of the bytes, lower-case hexadecimal.</summary>
    public abstract string Sha256 { get; }

    /// <summary>Stands for the bytes as base64.</summary>
    public string Base64 => $"{Prefix}b.{Name}.{Sha256}.";

    /// <summary>Stands for the bytes as they are.</summary>
    public string Raw => $"{Prefix}r.{Name}.{Sha256}.";

    /// <summary>Opens the bytes.</summary>
    /// <returns>A stream at the first of them, whose caller disposes of it. It stays readable when the input is deleted meanwhile.</returns>
    /// <exception cref="IOException">They are gone.</exception>
    public abstract Stream Open();

    /// <summary>Reads all of them into memory, for whoever cannot take a stream.</summary>
    /// <returns>The bytes.</returns>
    /// <exception cref="IOException">They are gone.</exception>
    public byte[] Read()
    {
        using var stream = Open();
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        stream.ReadExactly(bytes);
        return bytes;
    }
}
