namespace Framegate.Proxy.Tests.Architecture;

/// <summary>One use of a type of src/Proxy in another folder.</summary>
/// <param name="From">The folder of the file that names it.</param>
/// <param name="To">The folder of the type.</param>
/// <param name="File">The file, below src/Proxy.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Type">The type.</param>
internal sealed record Reference(string From, string To, string File, int Line, string Type)
{
    public override string ToString() => $"{File}({Line}): {From} -> {To}: {Type}";
}
