namespace Framegate.Transforms.Native;

/// <summary>Names where a link of a native answer leads from now on.</summary>
public interface ILinkTarget
{
    /// <summary>Writes the new link.</summary>
    /// <param name="link">The link as it stands in the answer: a JSON string with its quotes and its escapes.</param>
    /// <param name="output">Takes the new JSON string, with its quotes.</param>
    /// <returns>False to leave the link as it is; what was written then is taken back.</returns>
    bool TryWrite(ReadOnlySpan<byte> link, LinkBuffer output);
}
