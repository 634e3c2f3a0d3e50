using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>Posts signed messages, as Standard Webhooks asks. Redirects are not followed: the address that was checked is the one that is called.</summary>
/// <param name="isAllowed">Whether an address that a receiver's name leads to may be called at the receiver's port.</param>
/// <param name="secrets">What they are signed with.</param>
/// <param name="options">How long one may take.</param>
/// <param name="time">The clock.</param>
internal sealed class SignedPost(Func<DnsEndPoint, IPAddress, bool> isAllowed, CallbackSecrets secrets, IOptions<CallbackOptions> options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _client = CallbackClient.Create(isAllowed);

    public void Dispose() => _client.Dispose();

    /// <summary>One try.</summary>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="url">Where to.</param>
    /// <param name="client">Whose secrets sign it.</param>
    /// <param name="body">JSON.</param>
    /// <param name="headers">More headers.</param>
    /// <param name="stopping">Breaks it off.</param>
    /// <returns>How it went, and how long the receiver asks to be left alone; null where it does not.</returns>
    public async Task<(CallbackTry Try, TimeSpan? RetryAfter)> SendAsync(
        string id, string url, string client, byte[] body, IReadOnlyList<(string Name, string Value)> headers, CancellationToken stopping)
    {
        var (now, began) = (time.GetUtcNow(), time.GetTimestamp());
        var timestamp = now.ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        if (CallbackSignature.SignAll(secrets.Of(client), id, timestamp, body) is { } signatures)
        {
            request.Headers.Add("webhook-signature", signatures);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        int? status = null;
        string? error;
        TimeSpan? retryAfter = null;
        try
        {
            using var limit = new CancellationTokenSource(options.Value.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            status = (int)response.StatusCode;
            error = response.IsSuccessStatusCode ? null : $"HTTP {status}";
            retryAfter = response.Headers.RetryAfter is { } wait ? wait.Delta ?? wait.Date - time.GetUtcNow() : null;
        }
        catch (HttpRequestException e)
        {
            error = TransportCause.Of(e);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            error = "no answer in time";
        }

        return (new CallbackTry(now, status, error, (long)time.GetElapsedTime(began).TotalMilliseconds), retryAfter);
    }
}
