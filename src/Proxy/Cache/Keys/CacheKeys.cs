using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Cache.Keys;

/// <summary>
/// The key of a request: <c>SCOPE/PROVIDER:MODEL:HASH(PROMPT):HASH(PARAMETERS)</c>. Two requests that mean the same have the same key. What shapes
/// neither the result nor its price is not in it: ids, metadata, time-outs, retries, callbacks, the schema's version.
/// </summary>
internal static class CacheKeys
{
    /// <summary>The scope of results that every client shares; no client can have it as its name.</summary>
    public const string Shared = "*";

    private const int HashChars = 2 * SHA256.HashSizeInBytes;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>The key.</summary>
    /// <param name="scope">Whose results may answer.</param>
    /// <param name="request">The request; its provider is <c>auto</c> where an alias is asked for.</param>
    /// <param name="defaults">What the model takes where the request specifies nothing.</param>
    /// <param name="hashOfStored">The SHA-256 of something in the media store, as hex; null when it is unknown.</param>
    public static string Of(string scope, GenerationRequest request, GenerationParameters defaults, Func<string, string?> hashOfStored)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        buffer.Advance(Encoding.UTF8.GetBytes(request.Prompt, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(request.Prompt.Length))));
        Span<byte> prompt = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, prompt);

        buffer.ResetWrittenCount();
        CanonicalParameters.Write(buffer, request.Parameters, defaults, request.Held, hashOfStored);
        Span<byte> parameters = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, parameters);
        if (buffer.Capacity > 1024 * 1024)
        {
            t_buffer = null;
        }

        Span<char> hashes = stackalloc char[(2 * HashChars) + 1];
        Convert.TryToHexStringLower(prompt, hashes, out _);
        hashes[HashChars] = ':';
        Convert.TryToHexStringLower(parameters, hashes[(HashChars + 1)..], out _);
        return $"{scope}/{request.Provider}:{request.Model}:{hashes}";
    }

    /// <summary>A client's name as a scope.</summary>
    public static string ScopeOf(string client) => client.AsSpan().ContainsAny("/*%") ? Uri.EscapeDataString(client).Replace("*", "%2A", StringComparison.Ordinal) : client;

    /// <summary>The provider and the model that a key asks for; empty where it is no key of ours.</summary>
    public static (string Provider, string Model) AskedFor(string key)
    {
        var text = WithoutScope(key);
        var end = text.Length - (2 * (HashChars + 1));
        var colon = text.IndexOf(':');
        return colon < 0 || colon >= end ? ("", "") : (text[..colon].ToString(), text[(colon + 1)..end].ToString());
    }

    /// <summary>The key without its scope.</summary>
    public static ReadOnlySpan<char> WithoutScope(string key) => key.AsSpan(key.IndexOf('/', StringComparison.Ordinal) + 1);
}
