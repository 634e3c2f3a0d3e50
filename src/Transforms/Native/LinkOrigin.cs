using System.Text;
using System.Text.Json;
using Framegate.Plugins;

namespace Framegate.Transforms.Native;

/// <summary>The links that one destination gives out.</summary>
public sealed class LinkOrigin
{
    private static readonly string[] s_writing = ["PUT", "POST", "DELETE"];

    private readonly ProviderAdapter _adapter;
    private readonly string _destination;
    private readonly Uri _address;
    private readonly byte[] _below;
    private readonly string _pin;
    private readonly Func<string, string>? _seal;
    private readonly NativeEndpointTable? _calls;

    /// <summary>Prepares what all links of a destination share.</summary>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="destination">The destination's id.</param>
    /// <param name="address">Its address.</param>
    /// <param name="seal">Seals the URLs of results; null where results keep their links.</param>
    public LinkOrigin(ProviderAdapter adapter, string destination, Uri address, Func<string, string>? seal = null)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(address);
        if (seal is not null && adapter.NativeResults.Count > 0)
        {
            (_seal, _calls) = (seal, new NativeEndpointTable(adapter.NativeEndpoints));
        }

        (_adapter, _destination, _address) = (adapter, destination, address);
        _below = Encoding.UTF8.GetBytes($"\"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/");
        _pin = $"/~{Uri.EscapeDataString(destination)}/";
    }

    /// <summary>Whether links of results are replaced too.</summary>
    public bool SealsResults => _seal is not null;

    /// <summary>Writes the pinned form of a link.</summary>
    /// <param name="link">The link, a JSON string with its quotes.</param>
    /// <param name="prefix">The route's address at the gateway, as in <c>http://127.0.0.1:8080/flux</c>.</param>
    /// <param name="output">Takes the JSON string.</param>
    /// <returns>False for a link that leads nowhere the key may go.</returns>
    public bool TryWrite(ReadOnlySpan<byte> link, string prefix, LinkBuffer output)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(output);
        if (!link.StartsWith(_below) || !IsCall(link[(_below.Length - 1)..]))
        {
            return TryWriteOther(link, prefix, output);
        }

        // What the route serves anyway: the rest of the link stays as the provider wrote it.
        output.Write("\""u8);
        Escaped(prefix, output);
        output.Write(_pin);
        output.Write(link[_below.Length..]);
        return true;
    }

    private bool TryWriteOther(ReadOnlySpan<byte> link, string prefix, LinkBuffer output)
    {
        if (Text(link) is not { } text || !Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            return false;
        }

        if (Write(url, prefix, _seal) is not { } written)
        {
            return false;
        }

        output.Write("\""u8);
        output.Write(JsonEncodedText.Encode(written).EncodedUtf8Bytes);
        output.Write("\""u8);
        return true;
    }

    /// <summary>Where a redirect leads through the gateway.</summary>
    /// <param name="url">Where the provider sends the client.</param>
    /// <param name="prefix">The route's address at the gateway.</param>
    /// <param name="seal">Seals the URLs of results; null where the client cannot follow with a GET.</param>
    /// <returns>Null for one that leads nowhere the key may go, and to no result.</returns>
    public string? WriteRedirect(Uri url, string prefix, Func<string, string>? seal)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Write(url, prefix, seal);
    }

    private string? Write(Uri url, string prefix, Func<string, string>? seal) =>
        seal is not null && !(_calls is null ? _adapter.TrustOf(url, _address, UrlUse.Job) == UrlTrust.WithKey : IsCall(url)) && OpensWithoutKey(url)
            ? NativePin.WriteResult(url, prefix, _destination, seal(NativePin.Sealed(_destination, url)))
            : _adapter.TrustOf(url, _address, UrlUse.Job) == UrlTrust.WithKey ? NativePin.Write(url, prefix, _destination, _address)
            : null;

    /// <summary>Whether what follows the destination's address in a link is a call that the native route serves, and no result that lies at the same host.</summary>
    private bool IsCall(ReadOnlySpan<byte> link)
    {
        if (_calls is null)
        {
            return true;
        }

        var end = link.IndexOfAny("?\"\\"u8);
        return IsCall(Encoding.UTF8.GetString(end < 0 ? link : link[..end]));
    }

    private bool IsCall(Uri url) => _adapter.TrustOf(url, _address, UrlUse.Job) == UrlTrust.WithKey
        && IsCall(Origin.Same(url, _address) && url.AbsolutePath.StartsWith(_address.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? url.AbsolutePath[_address.AbsolutePath.TrimEnd('/').Length..]
            : url.AbsolutePath);

    /// <summary>Whether it reads something, or does something with a job: what cancels one is called with PUT, POST or DELETE.</summary>
    private bool IsCall(string path) => _calls!.Find("GET", path) is not null
        || s_writing.Any(method => _calls.Find(method, path) is { Endpoint.Use: NativeEndpointUse.Job });

    /// <summary>Whether a result is fetched without a key. A stand-in's lie at its own address.</summary>
    private bool OpensWithoutKey(Uri url) => _adapter.TrustOf(url, _address, UrlUse.Download) switch
    {
        UrlTrust.WithoutKey => true,
        UrlTrust.WithKey => url.IsLoopback,
        _ => false,
    };

    private static void Escaped(string prefix, LinkBuffer output)
    {
        if (prefix.AsSpan().IndexOfAnyExceptInRange('#', 'z') < 0 && !prefix.Contains('\\', StringComparison.Ordinal))
        {
            output.Write(prefix);
        }
        else
        {
            output.Write(JsonEncodedText.Encode(prefix).EncodedUtf8Bytes);
        }
    }

    private static string? Text(ReadOnlySpan<byte> link)
    {
        try
        {
            var reader = new Utf8JsonReader(link);
            return reader.Read() ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
