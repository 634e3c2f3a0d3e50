using System.Collections.Concurrent;
using Framegate.Plugins;
using Google.Apis.Auth.OAuth2;

namespace Framegate.Proxy.Egress;

/// <summary>Makes OAuth access tokens from service account key files. Google's library caches them and renews them before they run out.</summary>
internal sealed class GoogleTokens
{
    /// <summary>The adapter's credential scheme that asks for these tokens.</summary>
    public const string Scheme = "google";

    /// <summary>The variable that Google's own tools read: the path of a key file.</summary>
    public const string FileVariable = "GOOGLE_APPLICATION_CREDENTIALS";

    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private readonly ConcurrentDictionary<string, Lazy<ServiceAccountCredential?>> _credentials = new(StringComparer.Ordinal);

    /// <summary>Whether a variable's value is the path of a key file and not a token.</summary>
    public static bool IsKeyFile(string value) => value.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>A token that is good for some minutes at least.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="renew">True to ask for another one although the last is not old: it was refused.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when the file cannot be used, or Google does not give a token for it.</returns>
    public async ValueTask<Secret?> TokenAsync(string path, bool renew, CancellationToken cancellationToken)
    {
        try
        {
            if (_credentials.GetOrAdd(path, static p => new Lazy<ServiceAccountCredential?>(() => Read(p))).Value is not { } credential)
            {
                return null;
            }

            if (renew)
            {
                await credential.RequestAccessTokenAsync(cancellationToken);
            }

            return new Secret(await credential.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken));
        }
        catch (Exception e) when (e is Google.Apis.Auth.OAuth2.Responses.TokenResponseException or HttpRequestException)
        {
            return null;
        }
    }

    private static ServiceAccountCredential? Read(string path)
    {
        try
        {
            var file = CredentialFactory.FromFile<ServiceAccountCredential>(path);
            return (ServiceAccountCredential)file.ToGoogleCredential().CreateScoped(Scope).UnderlyingCredential;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
