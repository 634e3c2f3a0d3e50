using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Proxy.Egress;

/// <summary>
/// What the proxy pipeline sees of a call to a provider: a request that no client has sent, and a response that nobody reads. One object and
/// a short list take the place of the dictionary and the dozen objects that a context is made of otherwise.
/// </summary>
internal sealed class EgressContext(IServiceProvider services, Endpoint endpoint, string method)
    : IFeatureCollection, IHttpRequestFeature, IHttpResponseFeature, IHttpRequestLifetimeFeature, IEndpointFeature, IServiceProvidersFeature
{
    private readonly HeaderDictionary _headers = [];
    private readonly List<KeyValuePair<Type, object>> _others = new(6);
    private HeaderDictionary? _responseHeaders;

    /// <summary>Runs out when the caller gives up.</summary>
    public CancellationToken RequestAborted { get; set; }

    public int Revision { get; private set; }

    bool IFeatureCollection.IsReadOnly => false;

    string IHttpRequestFeature.Protocol { get; set; } = HttpProtocol.Http11;

    string IHttpRequestFeature.Scheme { get; set; } = Uri.UriSchemeHttp;

    string IHttpRequestFeature.Method { get; set; } = method;

    string IHttpRequestFeature.PathBase { get; set; } = "";

    string IHttpRequestFeature.Path { get; set; } = "/";

    string IHttpRequestFeature.QueryString { get; set; } = "";

    string IHttpRequestFeature.RawTarget { get; set; } = "/";

    IHeaderDictionary IHttpRequestFeature.Headers { get => _headers; set => throw new NotSupportedException(); }

    Stream IHttpRequestFeature.Body { get; set; } = Stream.Null;

    int IHttpResponseFeature.StatusCode { get; set; } = StatusCodes.Status200OK;

    string? IHttpResponseFeature.ReasonPhrase { get; set; }

    IHeaderDictionary IHttpResponseFeature.Headers { get => _responseHeaders ??= []; set => throw new NotSupportedException(); }

    Stream IHttpResponseFeature.Body { get => Stream.Null; set => throw new NotSupportedException(); }

    bool IHttpResponseFeature.HasStarted => false;

    Endpoint? IEndpointFeature.Endpoint { get; set; } = endpoint;

    IServiceProvider IServiceProvidersFeature.RequestServices { get; set; } = services;

    public object? this[Type key]
    {
        get
        {
            if (IsOwn(key))
            {
                return this;
            }

            foreach (var (type, feature) in _others)
            {
                if (type == key)
                {
                    return feature;
                }
            }

            return key == typeof(IHttpResponseBodyFeature) ? NewBody() : null;
        }

        set
        {
            if (IsOwn(key))
            {
                throw new NotSupportedException();
            }

            Revision++;
            _others.RemoveAll(o => o.Key == key);
            if (value is not null)
            {
                _others.Add(new(key, value));
            }
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <summary>There is nobody to be cut off.</summary>
    public void Abort()
    {
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
    }

    public void OnCompleted(Func<object, Task> callback, object state)
    {
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _others.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsOwn(Type key) =>
        key == typeof(IHttpRequestFeature) || key == typeof(IHttpResponseFeature) || key == typeof(IHttpRequestLifetimeFeature) || key == typeof(IEndpointFeature)
        || key == typeof(IServiceProvidersFeature);

    private StreamResponseBodyFeature NewBody()
    {
        var made = new StreamResponseBodyFeature(Stream.Null);
        _others.Add(new(typeof(IHttpResponseBodyFeature), made));
        return made;
    }
}
