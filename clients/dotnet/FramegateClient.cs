using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Framegate.Client;

/// <summary>A client of Framegate's unified API; safe for many threads.</summary>
public sealed class FramegateClient : IDisposable
{
    private const int Reconnects = 5;

    /// <summary>How long a wait goes on while no look at the generation succeeds.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;
    private readonly FramegateClientOptions _options;
    private readonly Uri _base;

    /// <summary>Makes a client with connections of its own; with dependency injection, use <c>AddFramegate</c>.</summary>
    /// <param name="options">Null for the defaults, which read the environment.</param>
    public FramegateClient(FramegateClientOptions? options = null)
        : this(Connect(options ??= new()), options)
    {
    }

    /// <summary>Makes a client over an <see cref="HttpClient"/>, which sends a call again by its own rules.</summary>
    /// <param name="http">How calls are sent.</param>
    /// <param name="options">Where to.</param>
    public FramegateClient(HttpClient http, FramegateClientOptions options)
    {
        (_http, _options) = (http, options.Checked());
        _base = new Uri(options.BaseAddress.AbsoluteUri.TrimEnd('/') + "/");
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>Makes something and waits for it. A lost answer is asked for again by the same idempotency key, so it is paid for once.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="options">How the order is placed; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait, not the generation.</param>
    /// <exception cref="GenerationFailedException">It failed.</exception>
    /// <exception cref="FramegateException">It was refused.</exception>
    public async Task<Generation> GenerateAsync(GenerationRequest request, GenerateOptions? options = null, CancellationToken cancellationToken = default) =>
        await WaitAsync(await StartAsync(request, options, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Begins something and answers at once.</summary>
    /// <inheritdoc cref="GenerateAsync" path="/param"/>
    /// <exception cref="FramegateException">It was refused.</exception>
    public async Task<Generation> StartAsync(GenerationRequest request, GenerateOptions? options = null, CancellationToken cancellationToken = default)
    {
        // Made once: whoever sends the order again sends this key again.
        var key = options?.IdempotencyKey ?? Guid.NewGuid().ToString();
        try
        {
            return await ReadAsync(Order, ClientJson.Default.Generation, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            e.Data["Idempotency-Key"] = key;
            throw;
        }

        HttpRequestMessage Order()
        {
            var message = Post("generations", request);
            message.Headers.Add("Prefer", "respond-async");
            message.Headers.Add("Idempotency-Key", key);
            if (options?.MaxCost is { } most)
            {
                message.Headers.Add("Framegate-Max-Cost", most.ToString(CultureInfo.InvariantCulture));
            }

            return message;
        }
    }

    /// <summary>Waits for the end of a generation.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="cancellationToken">Ends the wait, not the generation.</param>
    /// <exception cref="GenerationFailedException">It failed.</exception>
    /// <exception cref="FramegateException">There is none of this id.</exception>
    public async Task<Generation> WaitAsync(string requestId, CancellationToken cancellationToken = default) =>
        await WaitAsync(await LookAsync(requestId, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="WaitAsync(string, CancellationToken)"/>
    /// <param name="generation">The generation as it was answered.</param>
    /// <param name="cancellationToken">Ends the wait, not the generation.</param>
    public async Task<Generation> WaitAsync(Generation generation, CancellationToken cancellationToken = default)
    {
        while (generation is { Status: "processing", RequestId: { } id })
        {
            await Task.Delay(_options.PollInterval, _options.Time, cancellationToken).ConfigureAwait(false);
            generation = await LookAsync(id, cancellationToken).ConfigureAwait(false);
        }

        return generation.Status == "success" ? generation : throw new GenerationFailedException(generation);
    }

    /// <summary>A generation as it stands.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FramegateException">There is none of this id.</exception>
    public Task<Generation> GetAsync(string requestId, CancellationToken cancellationToken = default) =>
        ReadAsync(() => new HttpRequestMessage(HttpMethod.Get, At("generations", requestId)), ClientJson.Default.Generation, cancellationToken);

    /// <summary>Ends a generation, at the provider too where that can be done.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FramegateException">There is none of this id.</exception>
    public Task<Generation> CancelAsync(string requestId, CancellationToken cancellationToken = default) =>
        ReadAsync(() => new HttpRequestMessage(HttpMethod.Delete, At("generations", requestId)), ClientJson.Default.Generation, cancellationToken);

    /// <summary>What happens to a generation, as it happens; the last event is <c>completed</c> or <c>failed</c>. A connection that breaks is taken up where it was.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="cancellationToken">Ends the stream, not the generation.</param>
    /// <exception cref="FramegateException">There is none of this id.</exception>
    /// <exception cref="HttpRequestException">The connection broke five times and brought nothing.</exception>
    public async IAsyncEnumerable<GenerationEvent> EventsAsync(string requestId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? seen = null;
        for (var broken = 0; ; broken++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, At("generations", requestId, "/events"));
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            if (seen is not null)
            {
                message.Headers.Add("Last-Event-ID", seen);
            }

            using var response = await SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NoContent)
            {
                yield break;
            }

            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var items = SseParser.Create(body, static (_, data) => JsonSerializer.Deserialize(data, ClientJson.Default.Generation)).EnumerateAsync(cancellationToken);
            await using var reader = items.GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(reader).ConfigureAwait(false) is { Data: { } generation } item)
            {
                (seen, broken) = (item.EventId, 0);
                yield return new GenerationEvent(item.EventType, item.EventId, generation);
                if (generation.Status != "processing")
                {
                    yield break;
                }
            }

            if (broken == Reconnects)
            {
                throw new HttpRequestException(HttpRequestError.ResponseEnded, $"The events of {requestId} broke off {Reconnects} times.");
            }

            await Task.Delay(_options.RetryDelay, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The bytes of a result, as they come; the caller closes the stream.</summary>
    /// <param name="mediaId">The id of a file.</param>
    /// <param name="cancellationToken">Ends the call, and the stream with it.</param>
    /// <exception cref="FramegateException">There is none of this id.</exception>
    public async Task<Stream> OpenMediaAsync(string mediaId, CancellationToken cancellationToken = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, At("media", mediaId));
        var response = await SendAsync(message, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where a request would go and what it would cost; nothing is made.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FramegateException">It cannot be read.</exception>
    public Task<Quote> QuoteAsync(GenerationRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(() => Post("quotes", request), ClientJson.Default.Quote, cancellationToken);

    /// <summary>Models and aliases.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FramegateException">The key is not taken.</exception>
    public Task<ModelListing> ModelsAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(_base, "models")), ClientJson.Default.ModelListing, cancellationToken);

    private static HttpClient Connect(FramegateClientOptions options)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>();
        RetryRules.Configure(pipeline, options.Checked());
        return new HttpClient(new ResilienceHandler(pipeline.Build()) { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) } })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <returns>The next event; null at the end, and where the connection broke.</returns>
    private static async ValueTask<SseItem<Generation?>?> NextAsync(IAsyncEnumerator<SseItem<Generation?>> reader)
    {
        try
        {
            return await reader.MoveNextAsync().ConfigureAwait(false) ? reader.Current : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<FramegateException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        try
        {
            refusal = await response.Content.ReadFromJsonAsync(ClientJson.Default.Refusal, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            // Somebody in between answered.
        }

        return new FramegateException(
            refusal?.Error?.Message ?? refusal?.Detail ?? refusal?.Title ?? $"HTTP {(int)response.StatusCode}", response.StatusCode, refusal?.Error);
    }

    private HttpRequestMessage Post(string path, GenerationRequest request) => new(HttpMethod.Post, new Uri(_base, path))
    {
        Content = JsonContent.Create(request, ClientJson.Default.GenerationRequest),
    };

    private Uri At(string collection, string id, string part = "") => new(_base, $"{collection}/{Uri.EscapeDataString(id)}{part}");

    /// <summary>A generation as it stands. The job goes on while Framegate cannot be asked, so this asks for two minutes.</summary>
    private async Task<Generation> LookAsync(string id, CancellationToken cancellationToken)
    {
        for (var began = _options.Time.GetTimestamp(); ;)
        {
            try
            {
                return await GetAsync(id, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsForNow(e) && _options.Time.GetElapsedTime(began) < _patience)
            {
                await Task.Delay(_options.PollInterval, _options.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (FramegateException e)
            {
                e.RequestId = id;
                throw;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                e.Data[nameof(Generation.RequestId)] = id;
                throw;
            }
        }
    }

    private static bool IsForNow(Exception e) => e is HttpRequestException or IOException or JsonException or TimeoutRejectedException
        or FramegateException { Status: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout };

    /// <summary>An answer that breaks off while it is read is asked for again, like one that did not come.</summary>
    private async Task<T> ReadAsync<T>(Func<HttpRequestMessage> make, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            using var message = make();
            using var response = await SendAsync(message, cancellationToken).ConfigureAwait(false);
            try
            {
                return await response.Content.ReadFromJsonAsync(type, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("The answer is null.");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException && tries < _options.Retries)
            {
                await Task.Delay(_options.RetryDelay, _options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        if (_options.ApiKey is { Length: > 0 } key)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }
}
