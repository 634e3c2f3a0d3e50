using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Secrets;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Takes our secrets out of a native answer: its status line, its headers, and its body unless that is media.</summary>
internal static class MaskedAnswer
{
    private static readonly string[] _media = ["image/", "video/", "audio/", "font/", "application/octet-stream", "application/zip", "application/pdf"];

    /// <summary>Does so. Runs before any other change of the body.</summary>
    public static async ValueTask ApplyAsync(ResponseTransformContext response, SecretVault vault)
    {
        var mask = vault.Mask;
        var answer = response.HttpContext.Response;
        if (response.ProxyResponse is not { } native)
        {
            return;
        }

        SafeMedia.PassedOn(answer.Headers);
        if (mask.IsEmpty)
        {
            return;
        }

        foreach (var (name, values) in answer.Headers)
        {
            if (!Equals(mask.Apply(values.ToString()), values.ToString()))
            {
                answer.Headers[name] = values.Select(v => v is null ? null : mask.Apply(v)).ToArray();
            }
        }

        if (answer.HttpContext.Features.Get<IHttpResponseFeature>() is { ReasonPhrase: { } reason } status && mask.Apply(reason) != reason)
        {
            status.ReasonPhrase = null;
        }

        if (HttpMethods.IsHead(response.HttpContext.Request.Method) || (native.IsSuccessStatusCode && IsMedia(native.Content.Headers.ContentType?.MediaType)))
        {
            return;
        }

        try
        {
            // Nothing packed was asked for. What comes so all the same is unpacked, since a secret cannot be seen in it.
            var packed = native.Content.Headers.ContentEncoding.Count > 0;
            if (!native.Content.Headers.ContentEncoding.All(ContentCoding.IsUndone))
            {
                throw new InvalidDataException("No secret can be seen in it.");
            }

            var body = packed
                ? await ContentCoding.OpenAsync(native.Content, response.HttpContext.RequestAborted)
                : await native.Content.ReadAsStreamAsync(response.HttpContext.RequestAborted);
            native.Content = new MaskedContent(native.Content, new MaskedStream(body, mask), packed);
            if (packed)
            {
                answer.Headers.Remove("Content-Encoding");
                answer.Headers.Remove("Content-MD5");
                answer.ContentLength = null;
            }
        }
        catch (InvalidDataException)
        {
            // Nobody has asked for this coding, and nobody can read it.
            response.SuppressResponseBody = true;
            answer.Headers.Remove("Content-Encoding");
            answer.ContentLength = 0;
        }
    }

    private static bool IsMedia(string? type) => type is not null && Array.Exists(_media, m => type.StartsWith(m, StringComparison.OrdinalIgnoreCase));

    /// <summary>The body in the place of the provider's.</summary>
    private sealed class MaskedContent : HttpContent
    {
        private readonly HttpContent _original;
        private readonly MaskedStream _body;

        public MaskedContent(HttpContent original, MaskedStream body, bool unpacked)
        {
            (_original, _body) = (original, body);
            foreach (var (name, values) in original.Headers.NonValidated)
            {
                if (!unpacked || !(name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)))
                {
                    Headers.TryAddWithoutValidation(name, values);
                }
            }
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(_body);

        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _body;

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => _body.CopyToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _body.Dispose();
                _original.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
