using System.Collections.Frozen;
using System.Text;
using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge.Console;

/// <summary>The built files of the console, which are embedded in the program. Built from <c>clients/console</c>.</summary>
internal sealed class ConsoleFiles
{
    /// <summary>The page that every address of the console shows.</summary>
    public const string Index = "index.html";

    private const string Prefix = "console/";

    // As it is built.
    private const string Home = "/console/";
    private readonly FrozenDictionary<string, EmbeddedFile> _files;

    public ConsoleFiles()
    {
        var assembly = typeof(ConsoleFiles).Assembly;
        _files = assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(n => n[Prefix.Length..], n => Read(assembly.GetManifestResourceStream(n)!, n), StringComparer.Ordinal);
    }

    /// <summary>A file.</summary>
    /// <param name="name">Its name in the folder of built files, as in <c>assets/index-1a2b.js</c>.</param>
    /// <returns>Null when there is none of this name.</returns>
    public EmbeddedFile? Find(string name) => _files.GetValueOrDefault(name);

    /// <summary>The page, with all of its addresses below one.</summary>
    /// <param name="home">Where the console is, as the page's browser sees it; with a slash at its end.</param>
    public EmbeddedFile? Page(string home) => Find(Index) is not { } page ? null
        : home == Home ? page
        : EmbeddedFile.Of(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(page.Plain).Replace(
            $"<base href=\"{Home}\">", $"<base href=\"{System.Text.Encodings.Web.HtmlEncoder.Default.Encode(home)}\">", StringComparison.Ordinal)), page.ContentType);

    private static EmbeddedFile Read(Stream stream, string name)
    {
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return EmbeddedFile.Of(bytes, Path.GetExtension(name) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => "application/octet-stream",
            });
        }
    }
}
