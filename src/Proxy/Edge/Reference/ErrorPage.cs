using System.Text;
using System.Text.Encodings.Web;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.Reference;

/// <summary>The page that explains every code; each stands under an anchor of its name in small letters.</summary>
internal static class ErrorPage
{
    /// <summary>The page.</summary>
    public static byte[] Render()
    {
        var page = new StringBuilder(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Error codes of Framegate</title>
            <link rel="stylesheet" href="docs.css">
            </head>
            <body class="guide">
            <main>
            <h1>Error codes</h1>
            <p>Every failure of the unified API has one of these codes in <code>error.code</code>. <a href="../docs">API reference</a></p>

            """);
        foreach (var entry in ErrorGuide.Entries)
        {
            page.Append(
                $"""
                <section id="{HelpLink.AnchorOf(entry.Code)}">
                <h2>{entry.Code.ToWireName()}</h2>
                <p><b>{Encode(entry.Meaning)}</b> HTTP {Encode(ErrorGuide.StatusesOf(entry.Code))}.{(entry.Code.IsRetryableByNature() ? " Retryable." : "")}</p>
                <p>{Encode(entry.Remedy)}</p>
                </section>

                """);
        }

        page.Append($"<section id=\"424\">\n<h2>HTTP 424</h2>\n<p>{Encode(ErrorGuide.Once)}</p>\n</section>\n</main>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
