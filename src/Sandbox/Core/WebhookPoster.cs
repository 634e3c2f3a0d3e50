using System.Net.Http.Headers;

namespace Framegate.Sandbox.Core;

/// <summary>Calls back about jobs that have ended. A call that is not answered 2xx is repeated after 1, 5 and 30 seconds, as Black Forest Labs does.</summary>
internal sealed class WebhookPoster(TimeProvider time) : IDisposable
{
    private const int MostPending = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan[] s_pauses = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    private readonly HttpClient _client = new() { Timeout = Patience };
    private int _pending;

    /// <summary>Calls once a job has ended.</summary>
    /// <param name="url">Where to; what is no URL is not called.</param>
    /// <param name="at">When the job ends.</param>
    /// <param name="headers">Headers of the call, made for its body.</param>
    /// <param name="body">Its body, made then.</param>
    /// <param name="stopping">The end of the server.</param>
    public void Schedule(string url, DateTimeOffset at, Func<byte[], IReadOnlyList<KeyValuePair<string, string>>> headers, Func<byte[]> body, CancellationToken stopping)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || Interlocked.Increment(ref _pending) > MostPending)
        {
            return;
        }

        _ = RunAsync(address, at, headers, body, stopping);
    }

    public void Dispose() => _client.Dispose();

    private async Task RunAsync(Uri url, DateTimeOffset at, Func<byte[], IReadOnlyList<KeyValuePair<string, string>>> headers, Func<byte[]> body, CancellationToken stopping)
    {
        try
        {
            var wait = at - time.GetUtcNow();
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, stopping);
            foreach (var pause in s_pauses)
            {
                await Task.Delay(pause, time, stopping);
                var made = body();
                if (await TryAsync(url, headers(made), made, stopping))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private async Task<bool> TryAsync(Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, byte[] body, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var answer = await _client.SendAsync(request, stopping);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stopping.IsCancellationRequested)
        {
            return false;
        }
    }
}
