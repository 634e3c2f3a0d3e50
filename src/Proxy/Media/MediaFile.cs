using System.Security.Cryptography;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media;

/// <summary>Something in the media store that serves as an input.</summary>
internal sealed class MediaFile(string path, StoredMedia stored) : HeldInput
{
    /// <inheritdoc />
    public override string Name { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameLength / 2));

    /// <summary>False once the copy that it is has been swept: the bucket has it, and who needs it reads it anew.</summary>
    public bool IsThere => File.Exists(path);

    /// <inheritdoc />
    public override long Length => stored.Bytes;

    /// <inheritdoc />
    public override string Sha256 => stored.Sha256;

    /// <inheritdoc />
    public override Stream Open() => new FileStream(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.Read | FileShare.Delete, Options = FileOptions.SequentialScan });
}
