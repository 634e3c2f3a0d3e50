using Framegate.Proxy.Clients;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A store that the <see cref="StoreConformance"/> tries. Disposing of it is an orderly stop.</summary>
internal interface IStoreUnderTest : IAsyncDisposable
{
    IGenerationStore Generations { get; }

    IGenerationReports Reports { get; }

    IMediaCatalogue Media { get; }

    ICallbackStore Callbacks { get; }

    INativeJobs NativeJobs { get; }

    INativeOrders NativeOrders { get; }

    IClientStore Clients { get; }

    /// <summary>Time goes by for the store's own clock.</summary>
    ValueTask PassAsync(TimeSpan time);
}
