using Framegate.Client;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Framegate's client among an app's services.</summary>
public static class FramegateServices
{
    private const string Name = "Framegate";

    /// <summary>Adds <see cref="FramegateClient"/>, whose calls are sent again where that pays nothing twice.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes the options; null for the defaults, which read the environment.</param>
    /// <returns>The client's <see cref="HttpClient"/>, for handlers of the app's own.</returns>
    public static IHttpClientBuilder AddFramegate(this IServiceCollection services, Action<FramegateClientOptions>? configure = null)
    {
        var options = services.AddOptions<FramegateClientOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        var http = services.AddHttpClient(Name, static client => client.Timeout = Timeout.InfiniteTimeSpan);
        http.AddResilienceHandler(Name, static (pipeline, context) =>
            RetryRules.Configure(pipeline, context.ServiceProvider.GetRequiredService<IOptions<FramegateClientOptions>>().Value.Checked()));
        services.AddTransient(static provider => new FramegateClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(Name), provider.GetRequiredService<IOptions<FramegateClientOptions>>().Value));
        return http;
    }
}
