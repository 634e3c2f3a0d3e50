using System.Net;
using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Native;
using Framegate.Transforms.Providers;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// Native drop-in routes: plain streaming YARP with two additions. Our key replaces the client's, and URLs in JSON answers that lead to
/// the provider lead back here, pinned to the destination that gave them out.
/// </summary>
internal sealed class NativeRoute(
    AdapterRegistry adapters, ProviderKeys keys, ClientKeys clients, INativeJobs jobs, SecretVault vault, MediaLinks seals, IOptionsMonitor<SecurityOptions> security,
    IOptionsMonitor<NativeOptions> native, TimeProvider time, ILogger<NativeRoute> logger) : ITransformProvider
{
    /// <summary>Every way in which a vendor's client sends its key. None of them goes on to a provider.</summary>
    private static readonly string[] ClientKeys = ["Authorization", "x-key", "x-api-key", "xi-api-key", "x-goog-api-key", "api-key", "Cookie", "x-goog-user-project"];

    private static readonly TimeSpan s_longestRenewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(2);
    private static readonly NativeEndpoint s_result = new("GET,HEAD", "/**");

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        if (context.Cluster is not { } cluster || adapters.Find(cluster.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? cluster.ClusterId) is not { } adapter)
        {
            return;
        }

        context.UseDefaultForwarders = false;
        context.CopyResponseTrailers = false;

        // First, so that a header that the route itself sets is not taken away.
        context.RequestTransforms.Insert(0, new RequestFuncTransform(request =>
        {
            NativeRequestHeaders.Filter(request.ProxyRequest, adapter, security.CurrentValue.NativeRequestHeaders);
            return default;
        }));
        context.AddRequestTransform(request => PrepareAsync(request, adapter, cluster.ClusterId));
        context.AddResponseTransform(response => NativeAnswerHeaders.FilterAsync(response, adapter.NativeAnswerHeaders));
        context.AddResponseTransform(response => MaskedAnswer.ApplyAsync(response, vault));

        // Before the next, since a rewritten body starts the response.
        context.AddResponseTransform(response =>
        {
            NativeAnswer.ForbidRetry(response, adapter);
            return default;
        });
        context.AddResponseTransform(response =>
        {
            if (ReferenceEquals(NativeTarget.Of(response.HttpContext).Endpoint, s_result))
            {
                // Somebody else's bytes under our name: no browser runs them.
                response.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
                response.HttpContext.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
            }

            return default;
        });
        context.AddResponseTransform(response => RenewAsync(response, adapter));
        context.AddResponseTransform(response => NativeAnswer.RedirectAsync(response, adapter, SendsResults(cluster.ClusterId), vault.Mask));
        var several = cluster.Destinations?.Count > 1;
        string[] names = [.. adapter.NativeLinks, .. adapter.NativeResults];
        var links = names.Length > 0 ? new LinkRewriter(names) : null;
        context.AddResponseTransform(response => NativeTarget.Of(response.HttpContext).Endpoint is { Use: NativeEndpointUse.List } list && clients.AreSeveral
            ? NativeLists.FilterAsync(response, adapter, list, cluster.ClusterId, jobs, time)
            : default);

        // A result is a file, whatever is in it.
        context.AddResponseTransform(response => ReferenceEquals(NativeTarget.Of(response.HttpContext).Endpoint, s_result) ? default : NativeAnswer.RewriteAsync(
            response, adapter, links, SendsResults(cluster.ClusterId),
            several || IsOwned(response.HttpContext) ? id => RememberAsync(response.HttpContext, cluster.ClusterId, id) : null,
            clients.Required ? NativeTarget.Of(response.HttpContext).Endpoint?.AnswerMember : null, time));
    }

    /// <summary>Whether the links of results lead to the gateway.</summary>
    private bool SendsResults(string provider) => native.CurrentValue.GetValueOrDefault(provider)?.Results != ResultLinks.Provider;

    private async ValueTask PrepareAsync(RequestTransformContext request, ProviderAdapter adapter, string provider)
    {
        var http = request.HttpContext;
        var target = NativeTarget.Of(http);
        var headers = request.ProxyRequest.Headers;
        foreach (var name in ClientKeys)
        {
            headers.Remove(name);
        }

        // An answer whose URLs must be rewritten has to arrive as plain text.
        headers.Remove("Accept-Encoding");
        var full = http.Request.Path.Value ?? "/";
        var path = request.Path.Value is { Length: > 0 } given ? given : "/";
        var prefix = path == "/" ? full.TrimEnd('/') : full.EndsWith(path, StringComparison.Ordinal) ? full[..^path.Length] : "";
        target.Prefix = prefix;
        var address = adapter.NativeBase(request.DestinationPrefix);
        path = NativeAddress.Encoded(http, prefix, path);
        if (target.Pin is { } allowed && NativePin.Read(path, out var rest) is not null)
        {
            path = rest;
            if (allowed.Host is { } host)
            {
                address = "https://" + host;
            }
        }

        if (target.Pin is { Seal: { } seal, Scheme: { } scheme } result)
        {
            await PrepareResultAsync(request, adapter, target, new Uri($"{scheme}://{result.Host}{path}{request.Query.QueryString.Value}"), result.Destination, seal);
            return;
        }

        path = adapter.NativePathRepair?.Invoke(path) ?? path;
        var body = await GivenBackLinks.ReplaceAsync(http, request.ProxyRequest.Content, http.RequestServices.GetRequiredService<PublicAddress>().Of(http) + prefix);
        var url = target.Url ?? NativeAddress.Join(address, path, NativeAddress.WithoutKey(request.Query.QueryString.Value));
        await http.RequestServices.GetRequiredService<NativeWall>().CheckAsync(
            http, adapter, provider, NativeAddress.Below(url, address), url.Query, target.Url is null || Origin.Same(url, new Uri(address)) ? null : url.IdnHost);
        if (target.Endpoint is null)
        {
            return;
        }

        if (target.MayBePaid && !jobs.CanAdd)
        {
            await NativeMiddleware.RefuseUnstoredAsync(http, adapter);
            return;
        }

        // The check has looked into it.
        body?.Position = 0;

        request.ProxyRequest.RequestUri = url;
        if (HttpMethods.IsPost(http.Request.Method))
        {
            foreach (var (name, value) in adapter.NativeSubmitHeaders)
            {
                if (!headers.Contains(name))
                {
                    headers.TryAddWithoutValidation(name, value);
                }
            }
        }

        if (await keys.ResolveAsync(adapter, target.KeyVariable, renew: false, http.RequestAborted) is not { } key)
        {
            await NativeRefusal.WriteAsync(http, adapter, StatusCodes.Status502BadGateway, $"{keys.WhyNone(adapter, target.KeyVariable)} Nothing was sent.");
            return;
        }

        target.Sent = key;
        vault.LearnKey(adapter, key, keys.Now);
        request.ProxyRequest.RequestUri = CallSeal.Apply(adapter, key, new OutgoingCall(http.Request.Method, url, default, keys.Now), headers);

        if (target.Endpoint.Use != NativeEndpointUse.Submit)
        {
            NativeSubmits.PassBy(http);
        }
        else
        {
            await BeginAsync(http, adapter);
        }
    }

    /// <summary>A refused token is replaced, so that the next call has another one.</summary>
    private async ValueTask RenewAsync(ResponseTransformContext response, ProviderAdapter adapter)
    {
        var target = NativeTarget.Of(response.HttpContext);
        if (response.ProxyResponse?.StatusCode != HttpStatusCode.Unauthorized || target.Sent is not { } refused || !keys.IsRenewable(adapter, target.KeyVariable))
        {
            return;
        }

        using var stop = new CancellationTokenSource(s_longestRenewal, time);
        try
        {
            // Another call may have done so.
            if (await keys.ResolveAsync(adapter, target.KeyVariable, renew: false, stop.Token) is { } known && known.Reveal() == refused.Reveal())
            {
                await keys.ResolveAsync(adapter, target.KeyVariable, renew: true, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The next call tries it again.
        }
    }

    private static async ValueTask BeginAsync(HttpContext context, ProviderAdapter adapter)
    {
        try
        {
            // Not of the constructor: a check of a configuration makes these routes, and needs no store.
            await context.RequestServices.GetRequiredService<NativeSubmits>().BeginAsync(context);
        }
        catch (StoreUnavailableException)
        {
            await NativeMiddleware.RefuseUnstoredAsync(context, adapter);
        }
    }

    /// <summary>A result that this gateway itself gave the link of: fetched as the provider named it, and without a key.</summary>
    private async ValueTask PrepareResultAsync(RequestTransformContext request, ProviderAdapter adapter, NativeTarget target, Uri url, string destination, string seal)
    {
        var http = request.HttpContext;
        if (!seals.Fits(destination, url, seal) || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
        {
            await NativeRefusal.WriteAsync(http, adapter, StatusCodes.Status403Forbidden, "This is no link of a result that was given out here.");
            return;
        }

        target.Endpoint = s_result;
        request.ProxyRequest.RequestUri = url;
    }

    private bool IsOwned(HttpContext context) => clients.Required && NativeTarget.Of(context).Endpoint is { Use: NativeEndpointUse.Submit } or { AnswerMember: not null };

    /// <summary>Writes down whose a job is and where. It is accepted: its answer waits for the store, and comes all the same where that stays away.</summary>
    private async ValueTask RememberAsync(HttpContext context, string provider, string id)
    {
        var (destination, client, target) = (context.GetReverseProxyFeature().ProxiedDestination!.DestinationId, clients.Required ? Client.Of(context) : null, NativeTarget.Of(context));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        while (true)
        {
            try
            {
                await jobs.AddAsync(provider, id, destination, client, time.GetUtcNow(), CancellationToken.None);
                return;
            }
            catch (StoreUnavailableException e) when (!gone.IsCancellationRequested && MayWait(target))
            {
                StoreUnavailableException.TryLog(logger, e);
                await Task.Delay(TimeSpan.FromSeconds(1), time, gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                Log.NativeJobNotWritten(logger, id, client ?? "", provider, destination, e);
                return;
            }
        }
    }

    /// <summary>Whether the store has not been waited for too long, for all that an answer names.</summary>
    private bool MayWait(NativeTarget target) => time.GetElapsedTime(target.WaitsSince ??= time.GetTimestamp()) < s_longestWait;
}
