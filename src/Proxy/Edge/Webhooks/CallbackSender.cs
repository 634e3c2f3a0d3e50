using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine.Generations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>Delivers callbacks until the receiver has answered 2xx, at ever longer pauses. What is due survives a restart.</summary>
internal sealed class CallbackSender : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(12);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    /// <summary>How much longer than a delivery takes nobody else tries it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);
    private readonly ICallbackStore _callbacks;
    private readonly IGenerationStore _generations;
    private readonly ResponseWriter _responses;
    private readonly IOptions<CallbackOptions> _options;
    private readonly Secret? _secret;
    private readonly TimeProvider _time;
    private readonly ILogger<CallbackSender> _logger;
    private readonly HttpClient _client;
    private readonly OutboxSignal _outbox;

    public CallbackSender(
        ICallbackStore callbacks, IGenerationStore generations, ResponseWriter responses, IOptions<CallbackOptions> options, HostSettings settings,
        ClientKeys clients, OutboxSignal outbox, TimeProvider time, ILogger<CallbackSender> logger)
    {
        (_callbacks, _generations, _responses, _options, _secret, _outbox, _time, _logger) =
            (callbacks, generations, responses, options, settings.CallbackSecret, outbox, time, logger);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = async (context, cancellationToken) =>
            {
                var addresses = await System.Net.Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
                var allowed = Array.FindAll(addresses, a => CallbackAddress.IsAllowed(a, !clients.Required));
                if (allowed.Length == 0)
                {
                    throw new HttpRequestException("The host has no public address.");
                }

                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = _time.GetUtcNow();
                var due = await _callbacks.ClaimDueAsync(now, now + _options.Value.Timeout + Slack, _options.Value.Parallelism, stoppingToken);
                await Task.WhenAll(due.Select(callback => DeliverAsync(callback, stoppingToken)));
                if (due.Count == 0)
                {
                    await SleepAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.CallbacksFailed(_logger, e);
                await Task.Delay(LongestSleep, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SleepAsync(CancellationToken stoppingToken)
    {
        var pause = await _callbacks.NextDueAsync(stoppingToken) is { } next ? next - _time.GetUtcNow() : LongestSleep;
        using var timer = new CancellationTokenSource(pause < TimeSpan.Zero ? TimeSpan.Zero : pause < LongestSleep ? pause : LongestSleep, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, timer.Token);
        await _outbox.WaitAsync(either.Token);
    }

    private async Task DeliverAsync(Callback callback, CancellationToken stoppingToken)
    {
        if (await _generations.FindAsync(callback.Generation, stoppingToken) is not { } state)
        {
            await _callbacks.RemoveAsync(callback.Id, stoppingToken);
            return;
        }

        var version = _responses.VersionOf(state);
        var body = new ArrayBufferWriter<byte>();
        _responses.Write(state, state.BaseUrl ?? "", version, body);
        var reason = await SendAsync(callback, body.WrittenSpan.ToArray(), version, stoppingToken);
        if (reason is null)
        {
            await _callbacks.RemoveAsync(callback.Id, stoppingToken);
            return;
        }

        var attempts = callback.Attempts + 1;
        if (attempts >= _options.Value.MaxAttempts)
        {
            Log.CallbackGivenUp(_logger, attempts, reason);
            await _callbacks.RemoveAsync(callback.Id, stoppingToken);
            return;
        }

        var pause = TimeSpan.FromMilliseconds(Math.Min(_options.Value.FirstPause.TotalMilliseconds * Math.Pow(3, attempts - 1), LongestPause.TotalMilliseconds));
        await _callbacks.PostponeAsync(callback.Id, attempts, _time.GetUtcNow() + pause, stoppingToken);
    }

    /// <summary>One delivery.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    private async Task<string?> SendAsync(Callback callback, byte[] body, string version, CancellationToken stoppingToken)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, callback.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", callback.Id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(VersionHeaders.Version, version);
        if (_secret is { } secret)
        {
            request.Headers.Add("webhook-signature", CallbackSignature.Sign(secret, callback.Id, timestamp, body));
        }

        try
        {
            using var limit = new CancellationTokenSource(_options.Value.Timeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, limit.Token);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"HTTP {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError.ToString();
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }
}
