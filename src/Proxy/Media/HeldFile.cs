using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media;

/// <summary>An input as a file of <see cref="InputFolder"/>. It is deleted once nobody holds it.</summary>
internal sealed class HeldFile(InputFolder folder, string name, long length, string sha256) : HeldInput
{
    private int _holders;

    /// <inheritdoc />
    public override string Name => name;

    /// <inheritdoc />
    public override long Length => length;

    /// <inheritdoc />
    public override string Sha256 => sha256;

    /// <inheritdoc />
    public override Stream Open() => new FileStream(folder.PathOf(name), new FileStreamOptions
    {
        // What reads it has blocks of its own.
        BufferSize = 0,
        Share = FileShare.Read | FileShare.Delete,
        Options = FileOptions.SequentialScan,
    });

    /// <summary>Holds it.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Lets it go.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            folder.Delete(this);
        }
    }
}
