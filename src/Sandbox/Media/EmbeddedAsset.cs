namespace Framegate.Sandbox.Media;

/// <summary>Files that are part of the assembly.</summary>
internal static class EmbeddedAsset
{
    public static byte[] Read(string name)
    {
        using var stream = typeof(EmbeddedAsset).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource '{name}' is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
