using System.Collections.Concurrent;
using System.Globalization;
using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Limits;
using Framegate.Transforms.Native;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// What a native call may do with our key: the calls that the adapter names, on jobs of the client that calls, as often as the provider's limit allows. The
/// URL that goes out is judged, not the one that came in.
/// </summary>
internal sealed class NativeWall : IDisposable
{
    private readonly ClientKeys _clients;
    private readonly INativeJobs _jobs;
    private readonly IOptionsMonitor<NativeOptions> _options;
    private readonly ProviderLimiters _limiters;
    private readonly IDisposable? _reloads;
    private readonly NativeEndpoint[] _ofSandbox;
    private volatile ConcurrentDictionary<string, NativeEndpointTable> _tables = [];

    public NativeWall(ClientKeys clients, INativeJobs jobs, IOptionsMonitor<NativeOptions> options, ProviderLimiters limiters, HostSettings settings)
    {
        // What a stand-in reports about itself: its ledger, and what it was asked.
        _ofSandbox = settings.Sandbox is null ? [] : [new("GET,POST,PUT,DELETE", "/sandbox/**")];
        (_clients, _jobs, _options, _limiters) = (clients, jobs, options, limiters);
        _reloads = options.OnChange(_ => _tables = []);
    }

    /// <summary>Lets a call through, or answers it.</summary>
    /// <param name="context">The client's call; its target learns what kind of call it is.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="path">The encoded path of the URL that goes out, below the provider's base address.</param>
    /// <param name="query">Its query; null or empty for none.</param>
    /// <param name="host">The host of that URL; null for the one of the provider's base address.</param>
    public async ValueTask CheckAsync(HttpContext context, ProviderAdapter adapter, string provider, string path, string? query, string? host)
    {
        var method = context.Request.Method;
        if (TableOf(provider, adapter).Find(method, path, host) is not var (endpoint, id))
        {
            var allow = $"{NativeOptions.Section}:{provider}:{nameof(NativeProviderOptions.Allow)}";
            await NativeRefusal.WriteAsync(context, adapter, StatusCodes.Status403Forbidden, $"{method} {path} is not served here. The configuration allows calls at {allow}.");
            return;
        }

        if (Forbids(_clients.SettingsOf(Client.Of(context)), Client.Of(context), provider, endpoint, context.Request.Headers.ContainsKey(MaxCostHeader.Name)) is var (status, reason))
        {
            await NativeRefusal.WriteAsync(context, adapter, status, reason);
            return;
        }

        if (_clients.AreSeveral && Names(endpoint, id))
        {
            HashSet<string>? ids;
            bool areOwn;
            try
            {
                ids = await IdsAsync(context, endpoint, id, query);
                areOwn = ids is not null && (ids.Count == 0 ? endpoint.IdIsOptional : await AreOwnAsync(provider, ids, context));
            }
            catch (StoreUnavailableException)
            {
                await NativeMiddleware.RefuseUnstoredAsync(context, adapter);
                return;
            }

            if (ids is null)
            {
                await NativeRefusal.WriteAsync(
                    context, adapter, StatusCodes.Status400BadRequest,
                    "The body cannot be read here, so that whose jobs it names is unknown: plain JSON or a form is taken, of at most 16 MiB besides its files and long texts.");
                return;
            }

            if (!areOwn)
            {
                await NativeRefusal.WriteAsync(context, adapter, StatusCodes.Status404NotFound, "There is no such job.");
                return;
            }
        }

        if (endpoint.Use == NativeEndpointUse.Submit && await _limiters.For(provider).CountAsync() is (null, var wait))
        {
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await NativeRefusal.WriteAsync(
                context, adapter, StatusCodes.Status429TooManyRequests, $"The limit of {provider} that is configured here is used up. Nothing was sent.");
            return;
        }

        var target = NativeTarget.Of(context);
        target.Endpoint = endpoint;
        target.MayBePaid = endpoint.Use == NativeEndpointUse.Submit || IsUnknown(method, adapter, endpoint);
    }

    /// <summary>What kind of call a URL seems to be, before it is known where it goes.</summary>
    /// <returns>The call, null where none is served; and whether it may be one that is paid for.</returns>
    public (NativeEndpoint? Endpoint, bool MayBePaid) Guess(string method, ProviderAdapter adapter, string provider, string path, string? host) =>
        TableOf(provider, adapter).Find(method, path, host) is var (endpoint, _)
            ? (endpoint, endpoint.Use == NativeEndpointUse.Submit || IsUnknown(method, adapter, endpoint))
            : (null, HttpMethods.IsPost(method));

    public void Dispose() => _reloads?.Dispose();

    /// <summary>What keeps a client from a native call. A native submit names its model, and what shapes its price, in its provider's own way: a client whose models or whose
    /// spending are bounded orders through the unified API.</summary>
    private static (int Status, string Reason)? Forbids(ClientSettings settings, string client, string provider, NativeEndpoint endpoint, bool isBounded) =>
        !settings.MayUseProvider(provider) ? (StatusCodes.Status403Forbidden, $"The client {client} may not use {provider}.")
        : endpoint.Use != NativeEndpointUse.Submit ? null
        : settings.Models is not null ? (StatusCodes.Status403Forbidden, $"The client {client} may use some models only, and orders through the unified API.")
        : settings.NeedsPrice()
            ? (StatusCodes.Status402PaymentRequired, $"What a native call costs is not known beforehand, and the spending of the client {client} is bounded (AllowUnpriced).")
        : isBounded ? (StatusCodes.Status402PaymentRequired, $"What a native call costs is not known beforehand, so that it cannot be kept under {MaxCostHeader.Name}.")
        : null;

    /// <summary>Whether nobody says what a POST does: the configuration says no more than that it is served.</summary>
    private static bool IsUnknown(string method, ProviderAdapter adapter, NativeEndpoint endpoint) => HttpMethods.IsPost(method) && !adapter.NativeEndpoints.Contains(endpoint);

    private NativeEndpointTable TableOf(string provider, ProviderAdapter adapter) => _tables.TryGetValue(provider, out var known) ? known
        : _tables.GetOrAdd(provider, _ => new NativeEndpointTable(
            [.. adapter.NativeEndpoints, .. _ofSandbox, .. (_options.CurrentValue.GetValueOrDefault(provider)?.Allow ?? []).Select(Read)]));

    private static NativeEndpoint Read(string call)
    {
        var space = call.IndexOf(' ', StringComparison.Ordinal);
        return new NativeEndpoint(call[..space], call[(space + 1)..].Replace("{id}", "{any}", StringComparison.Ordinal));
    }

    private async ValueTask<bool> AreOwnAsync(string provider, HashSet<string> ids, HttpContext context) =>
        (await _jobs.OwnedAsync(provider, ids, Client.Of(context), context.RequestAborted)).Count == ids.Count;

    /// <summary>Whether a call may name jobs.</summary>
    private static bool Names(NativeEndpoint endpoint, string? id) => id is not null || endpoint is not { IdParameter: null, IdMember: null } || endpoint.Use == NativeEndpointUse.Job;

    /// <summary>The jobs that a call names.</summary>
    /// <returns>Null when it is unknown.</returns>
    private static async ValueTask<HashSet<string>?> IdsAsync(HttpContext context, NativeEndpoint endpoint, string? id, string? query)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (id is not null)
        {
            ids.Add(id);
        }

        // Of one that is given twice nobody knows which the provider goes by.
        if (endpoint.IdParameter is { } parameters)
        {
            string[] names = [.. parameters.Split(',').Select(IdMember.Plain)];
            foreach (var pair in QueryHelpers.ParseQuery(query).Where(p => names.Contains(IdMember.Plain(p.Key))))
            {
                ids.UnionWith(pair.Value.OfType<string>().SelectMany(v => v.Split(',')));
            }
        }

        if (endpoint.IdMember is { } member)
        {
            if (await NativeBodyIds.IdsAsync(context.Request, member, context.RequestAborted) is not { } named)
            {
                return null;
            }

            ids.UnionWith(named);
        }

        return ids;
    }
}
