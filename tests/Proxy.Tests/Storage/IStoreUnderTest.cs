using Framegate.Proxy.Clients;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
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

    IClientStore Clients { get; }
}
