using Framegate.Proxy.Egress;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Framegate.Proxy.Host;

/// <summary>
/// Kestrel with an end that does not depend on its clients. A stop closes the port at once, leaves connections open as long as a submit is on its way, and
/// gives what is left a moment: waiting callers get their generation's id, and a download goes on elsewhere.
/// </summary>
internal sealed class StoppingServer(IServer kestrel, SubmitsUnderway submits, TimeProvider time) : IServer
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public IFeatureCollection Features => kestrel.Features;

    /// <summary>Puts it in the place of the server that is registered.</summary>
    public static void Wrap(IServiceCollection services)
    {
        var type = services.Last(s => s.ServiceType == typeof(IServer)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IServer>(s => new StoppingServer(
            (IServer)ActivatorUtilities.CreateInstance(s, type), s.GetRequiredService<SubmitsUnderway>(), s.GetRequiredService<TimeProvider>())));
    }

    /// <inheritdoc />
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => kestrel.StartAsync(application, cancellationToken);

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopping = kestrel.StopAsync(cut.Token);
        await ((Task)Task.WhenAny(stopping, submits.NoneAsync())).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stopping.WaitAsync(Moment, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await cut.CancelAsync();
        await stopping;
    }

    /// <inheritdoc />
    public void Dispose() => kestrel.Dispose();
}
