using Framegate.Proxy.Egress;
using Framegate.Transforms.Providers;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Health;

/// <summary>The active probe of a destination: the call that its adapter names, which costs nothing.</summary>
internal sealed class ProbeRequests(AdapterRegistry adapters, ProviderKeys keys) : IProbingRequestFactory
{
    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination)
    {
        var config = cluster.Config;
        if (adapters.Find(config.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? config.ClusterId) is not { } adapter)
        {
            return new HttpRequestMessage(HttpMethod.Get, destination.Config.Health ?? destination.Config.Address);
        }

        var native = adapter.BuildProbe();
        var request = new HttpRequestMessage(new HttpMethod(native.Method), (destination.Config.Health ?? destination.Config.Address).TrimEnd('/') + native.Target);
        if (native.Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body.Bytes);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "Framegate/0.1");
        foreach (var (name, value) in native.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        // The key is put in by the handler: for some providers it takes a call of its own.
        request.Options.Set(ProbeHandler.Key, new ProbeHandler.Probe(adapter, keys.VariableFor(adapter, destination.Config)));
        return request;
    }
}
