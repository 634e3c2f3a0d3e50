using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Edge.Http;

/// <summary>
/// What links are signed with: <c>FRAMEGATE_LINK_SECRET</c>, which replicas share, else a key that is made once and kept in the data folder, so that links
/// survive a restart.
/// </summary>
internal sealed class LinkKey(HostSettings settings, DataFolder data)
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "FRAMEGATE_LINK_SECRET";

    private const string FileName = "links.key";
    private const int KeyBytes = 32;
    private const int SealBytes = 18;

    // Not made before the first link is: a check of a configuration leaves no file behind.
    private readonly Lazy<byte[]> _key = new(() => settings.LinkSecret is { } secret ? SHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal())) : OfFile(Path.Combine(data.Path, FileName)));

    /// <summary>The seal of a text, 24 characters of a URL.</summary>
    /// <param name="use">What the text is for; the seal is good for nothing else.</param>
    /// <param name="text">The text.</param>
    public string Seal(string use, string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{use}\n{text}")).AsSpan(0, SealBytes));

    /// <summary>Whether a seal is the one of a text; takes as long whatever is wrong with it.</summary>
    public bool Fits(string use, string text, string? seal) =>
        seal is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Seal(use, text)), Encoding.UTF8.GetBytes(seal));

    private static byte[] OfFile(string path)
    {
        try
        {
            using var made = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            var key = RandomNumberGenerator.GetBytes(KeyBytes);
            made.Write(key);
            made.Flush(flushToDisk: true);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            return File.ReadAllBytes(path) is { Length: KeyBytes } kept ? kept : throw new InvalidDataException($"{path} holds no key; delete it, and links that were signed with it end.");
        }
    }
}
