using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Media;

/// <summary>Writes one input, and hashes it on the way. Disposing of one that is not finished deletes what is there.</summary>
internal sealed class InputWriter : IDisposable
{
    private readonly InputFolder _folder;
    private readonly string _name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SafeFileHandle _file;
    private readonly long _most;
    private readonly bool _removesLocation;
    private long _taken;
    private bool _finished;

    public InputWriter(InputFolder folder, long expected, long most, bool removesLocation)
    {
        (_folder, _most, _removesLocation) = (folder, most, removesLocation);

        // The length is set when it is known; a file that grows block by block costs a third more.
        _file = File.OpenHandle(
            folder.PathOf(_name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.None, Math.Min(expected, most));
    }

    /// <summary>How many bytes came.</summary>
    public long Length { get; private set; }

    /// <summary>Writes more.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="force">True to write them whether there is room or not.</param>
    /// <returns>False when there is no room for it.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool TryAppend(ReadOnlySpan<byte> bytes, bool force = false)
    {
        if (Length + bytes.Length > _most)
        {
            Length += bytes.Length;
            return true;
        }

        if (!_folder.TryTake(bytes.Length))
        {
            if (!force)
            {
                return false;
            }

            _folder.Return(-bytes.Length);
        }

        try
        {
            RandomAccess.Write(_file, bytes, Length);
        }
        catch (IOException)
        {
            _folder.Return(bytes.Length);
            throw;
        }

        _taken += bytes.Length;
        _hash.AppendData(bytes);
        Length += bytes.Length;
        return true;
    }

    /// <summary>No more comes.</summary>
    /// <returns>The input, which nobody holds yet.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public HeldFile Finish()
    {
        RandomAccess.SetLength(_file, _taken);
        var sha256 = Convert.ToHexStringLower(WithoutLocation() ?? _hash.GetHashAndReset());
        _file.Dispose();
        _finished = true;

        // What was not kept is counted until its refusal.
        _folder.Return(_taken - Length);
        return _folder.Add(_name, Length, sha256);
    }

    /// <summary>Takes the place where a picture was made out of it, where the setting asks for that.</summary>
    /// <returns>The hash of what is there then; null when there is nothing to take out.</returns>
    private byte[]? WithoutLocation()
    {
        if (!_removesLocation)
        {
            return null;
        }

        using var stream = new FileStream(_file, FileAccess.ReadWrite, 1);
        return ImageLocation.Erase(stream) ? SHA256.HashData(stream) : null;
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
        if (!_finished)
        {
            _folder.Delete(_name, _taken);
            _finished = true;
        }
    }
}
