using System.Diagnostics.CodeAnalysis;
using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Flux;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Tests.Egress;

public sealed class SendMiddlewareTests : IDisposable
{
    private static readonly FluxAdapter _adapter = new();
    private static readonly DestinationState _destination = new("eu", new DestinationModel(new DestinationConfig { Address = "https://api.example/" }));
    private readonly HttpMessageInvoker _client = new(new HttpClientHandler());
    private readonly Clusters _clusters;

    // As they come out of YARP: the provider's own is neither the first nor the last.
    public SendMiddlewareTests() => _clusters = new Clusters("another", "flux", EgressEndpoint.Cluster.ClusterId, "a third", _client);

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("flux", "flux")]
    [InlineData("gone from the configuration", "framegate-egress")]
    public async Task InvokeAsync_Pinned_GoesOutWithTheClientOfItsOwnClusterOrOfNone(string asked, string used)
    {
        var sent = await SendAsync(new ProviderExchange(_adapter, NativeCall.Poll, NativeRequest.Get("/"), [asked]) { Pinned = _destination });

        Assert.Equal(used, sent.Cluster.Config.ClusterId);
        Assert.Equal(_destination, Assert.Single(sent.AvailableDestinations));
    }

    [Fact]
    public async Task InvokeAsync_TheSubmitCannotBeWrittenDown_Throws()
    {
        var exchange = new ProviderExchange(_adapter, NativeCall.Submit, NativeRequest.Get("/"), ["flux"])
        {
            Picked = _destination,
            OnSending = (_, _) => throw new IOException("The disk is full."),
        };

        // The forwarder makes a failed call of it.
        await Assert.ThrowsAsync<IOException>(() => SendAsync(exchange, () => Assert.True(exchange.BeginAsync().IsFaulted)));
    }

    private async Task<IReverseProxyFeature> SendAsync(ProviderExchange exchange, Action? sending = null)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(exchange);
        context.Features.Set<IReverseProxyFeature>(new ReverseProxyFeature());
        var keys = new ProviderKeys(true, null!);
        var middleware = new SendMiddleware(
            _ =>
            {
                sending?.Invoke();
                return Task.CompletedTask;
            },
            _clusters,
            new ProviderRoutes(),
            new ProviderTable(_clusters, new AdapterRegistry([_adapter]), keys),
            keys,
            new Framegate.Proxy.Common.Secrets.SecretVault(),
            NullLogger<SendMiddleware>.Instance);
        await middleware.InvokeAsync(context);
        return context.GetReverseProxyFeature();
    }

    private sealed class Clusters(string first, string second, string third, string fourth, HttpMessageInvoker client) : IProxyStateLookup
    {
        private readonly List<ClusterState> _all = [New(first, client), New(second, client), New(third, client), New(fourth, client)];

        public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route) => throw new NotSupportedException();

        public IEnumerable<RouteModel> GetRoutes() => [];

        public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster) => (cluster = _all.Find(c => c.ClusterId == id)) is not null;

        public IEnumerable<ClusterState> GetClusters() => _all;

        private static ClusterState New(string id, HttpMessageInvoker client) => new(id, new ClusterModel(new ClusterConfig { ClusterId = id }, client));
    }
}
