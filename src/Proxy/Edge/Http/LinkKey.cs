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

    private readonly Lock _lock = new();
    private byte[]? _key;

    /// <summary>The seal of a text, 24 characters of a URL.</summary>
    /// <param name="use">What the text is for; the seal is good for nothing else.</param>
    /// <param name="text">The text.</param>
    public string Seal(string use, string text) => Base64Url.EncodeToString(HMACSHA256.HashData(Key(), Encoding.UTF8.GetBytes($"{use}\n{text}")).AsSpan(0, SealBytes));

    /// <summary>Whether a seal is the one of a text; takes as long whatever is wrong with it.</summary>
    public bool Fits(string use, string text, string? seal) =>
        seal is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Seal(use, text)), Encoding.UTF8.GetBytes(seal));

    /// <summary>Not made before the first link is: a check of a configuration leaves no file behind. What fails is tried again: a disk is full for a while.</summary>
    private byte[] Key()
    {
        lock (_lock)
        {
            return _key ??= settings.LinkSecret is { } secret ? SHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal())) : OfFile(Path.Combine(data.Path, FileName));
        }
    }

    /// <summary>The key of the data folder. It gets its name once it is on the disk: a full disk would leave an empty file, with which no link could be signed ever after.</summary>
    private static byte[] OfFile(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            Make(path);
        }

        return PlainFile.Read(path) is { Length: KeyBytes } kept ? kept : throw new InvalidDataException($"{path} holds no key; delete it, and links that were signed with it end.");
    }

    private static void Make(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():n}";
        try
        {
            using (var made = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                made.Write(RandomNumberGenerator.GetBytes(KeyBytes));
                made.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
