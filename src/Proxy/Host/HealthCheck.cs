namespace Framegate.Proxy.Host;

/// <summary><c>health</c>: asks a running Framegate on this machine whether it is alive. Container images have no curl.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Asks at the first address.</summary>
    /// <returns>0 when it is.</returns>
    public static async Task<int> RunAsync(string urls, CancellationToken cancellationToken)
    {
        var address = urls.Split(';')[0].Replace("://*", "://127.0.0.1").Replace("://+", "://127.0.0.1").Replace("://0.0.0.0", "://127.0.0.1");
        using var client = new HttpClient { Timeout = Limit };
        try
        {
            using var response = await client.GetAsync(new Uri(new Uri(address), "/health/live"), cancellationToken);
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or UriFormatException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
