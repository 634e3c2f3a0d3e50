using System.Buffers;
using System.Net;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>What a receiver is sent about a generation: the unified response, in the version of its request.</summary>
internal sealed class CallbackMessages : IDisposable
{
    /// <summary>The header that names the event.</summary>
    public const string Event = "Framegate-Event";

    private readonly ResponseWriter _responses;
    private readonly SignedPost _post;

    public CallbackMessages(ResponseWriter responses, CallbackSecrets secrets, ClientKeys clients, IOptions<CallbackOptions> options, IOptionsMonitor<SecurityOptions> security, TimeProvider time)
    {
        bool IsAllowed(DnsEndPoint host, IPAddress address) => CallbackAddress.IsAllowed(host, address, !clients.Required, security.CurrentValue);
        (_responses, _post) = (responses, new SignedPost(IsAllowed, secrets, options, time));
    }

    public void Dispose() => _post.Dispose();

    /// <summary>Sends it once.</summary>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="url">Where to.</param>
    /// <param name="state">How the generation stands.</param>
    /// <param name="stopping">Breaks it off.</param>
    public Task<(CallbackTry Try, TimeSpan? RetryAfter)> SendAsync(string id, string url, GenerationState state, CancellationToken stopping)
    {
        var version = _responses.VersionOf(state);
        var body = new ArrayBufferWriter<byte>();
        _responses.Write(state, state.BaseUrl ?? "", version, body);
        var name = state.Status switch
        {
            GenerationStatus.Success => "generation.completed",
            GenerationStatus.Failed => "generation.failed",
            _ => "generation.progress",
        };
        return _post.SendAsync(id, url, state.Client, body.WrittenSpan.ToArray(), [(VersionHeaders.Version, version), (Event, name)], stopping);
    }
}
