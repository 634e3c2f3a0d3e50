using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>How the key travels.</content>
internal sealed partial class ProviderCompiler
{
    private void CheckAuth(Uri? address)
    {
        var auth = _file.Auth;
        if (auth.Scheme is not ("header" or "query" or "jwt" or "hmac" or "google"))
        {
            Fault("/auth/scheme", "Must be header, query, jwt, hmac or google.");
        }

        if (auth.Scheme is not ("query" or "hmac") && !auth.Value.Contains(DeclaredAdapter.KeyMark, StringComparison.Ordinal))
        {
            Fault("/auth/value", "Must hold {key}.");
        }

        if (auth.Keys.Count == 0 || auth.Keys.Any(k => k.Split('+') is not { Length: 1 or 2 } halves || !halves.All(h => VariablePattern().IsMatch(h))))
        {
            Fault("/auth/keys", "Must name at least one environment variable, in upper case; two with a plus between them for the halves of a key.");
        }

        foreach (var fault in auth.Keys.Select(k => address is null ? null : KeyOwners.Fault(k, address)).OfType<string>())
        {
            Fault("/auth/keys", fault);
        }

        if (auth.Scheme == "query" != auth.Parameter is not null || (auth.Parameter is { } parameter && !HeaderPattern().IsMatch(parameter)))
        {
            Fault("/auth/parameter", "Must name the parameter of the query with the scheme query, and only with it.");
        }

        if (auth.Lifetime is < 600 or > 86_400)
        {
            Fault("/auth/lifetime", "Must be 600 to 86400.");
        }

        foreach (var (name, _) in auth.Headers.Where(h => NamesVariable(h.Value)))
        {
            Fault($"/auth/headers/{name}", "Is sent as it is, and takes no variables; those of a submit, a poll or a cancel stand in 'headers' there.");
        }

        CheckHmac(auth);
        if (!HeaderPattern().IsMatch(_file.Auth.Header))
        {
            Fault("/auth/header", "Must be the name of a header.");
        }

        // A key goes to the provider's own domain, whatever the file names.
        foreach (var host in _file.KeyHosts.Where(h => address is null || Uri.CheckHostName(h) != UriHostNameType.Dns || !HostOwners.AreOneOwners(h, address.IdnHost)))
        {
            Fault("/key_hosts", $"'{host}' does not have the name of the address's domain.");
        }

        foreach (var host in _file.Native.Endpoints.Select(e => e.Host).OfType<string>()
            .Where(h => address is null || Uri.CheckHostName(h) != UriHostNameType.Dns || !HostOwners.AreOneOwners(h, address.IdnHost)))
        {
            Fault("/native/endpoints", $"'{host}' does not have the name of the address's domain.");
        }

        // A pattern of a few letters would let the headers of proxies and users through.
        foreach (var name in _file.Native.RequestHeaders.Where(n => !HeadersPattern().IsMatch(n)))
        {
            Fault("/native/request_headers", $"'{name}' must be the name of a header, or two of its words and an asterisk.");
        }
    }

    /// <summary>Whether a text looks like a template; JSON, which some headers hold, does not.</summary>
    private static bool NamesVariable(string text) =>
        text.Split('{').Skip(1).Where(static p => p.Contains('}', StringComparison.Ordinal)).Select(static p => p.Split('|', '}')[0].Trim()).Any(static n => n == "key" || Scope.Knows(n));

    private void CheckHmac(AuthPart auth)
    {
        if (auth.Scheme == "hmac" != auth.Hmac is not null)
        {
            Fault("/auth/hmac", "Must be there with the scheme hmac, and only with it.");
        }

        if (auth.Hmac is not { } hmac)
        {
            return;
        }

        if (hmac.Algorithm is not ("sha256" or "sha512" or "sha1") || hmac.Encoding is not ("hex" or "base64"))
        {
            Fault("/auth/hmac", "Must have the algorithm sha256, sha512 or sha1, and the encoding hex or base64.");
        }

        foreach (var (at, text) in hmac.Headers.Select(h => ($"/auth/hmac/headers/{h.Key}", h.Value)).Prepend(("/auth/hmac/message", hmac.Message)))
        {
            foreach (var name in BracePattern().Matches(text).Select(m => m.Groups[1].Value).Where(n => !RequestSigner.Names.Contains(n) && !(n == "signature" && at != "/auth/hmac/message")))
            {
                Fault(at, $"There is no '{name}' to sign.");
            }
        }

        if (!hmac.Headers.Values.Any(v => v.Contains("{signature}", StringComparison.Ordinal)) || hmac.Headers.Keys.Any(h => !HeaderPattern().IsMatch(h)))
        {
            Fault("/auth/hmac/headers", "Must be names of headers, one of which holds {signature}.");
        }

        if (hmac.Message.Contains("{body", StringComparison.Ordinal) && _file.Native.Endpoints.Any(e => e.Methods.Contains("POST", StringComparison.Ordinal)))
        {
            Fault("/native/endpoints", "Must not take bodies where they are signed: nobody reads them on the native route.");
        }
    }
}
