using System.Collections.Concurrent;
using Framegate.Plugins;
using Framegate.Proxy.Common;
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
    private readonly ConcurrentDictionary<string, Known> _credentials = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>Whether a variable's value is the path of a key file and not a token.</summary>
    public static bool IsKeyFile(string value) => value.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why there was no token for a key file the last time.</summary>
    /// <returns>Null where there was one.</returns>
    public string? ProblemOf(string path) => _problems.GetValueOrDefault(path);

    /// <summary>A token that is good for some minutes at least.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="renew">True to ask for another one although the last is not old: it was refused.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when the file cannot be used, or Google does not give a token for it.</returns>
    public async ValueTask<Secret?> TokenAsync(string path, bool renew, CancellationToken cancellationToken)
    {
        try
        {
            SecretFile.Look();
            if (SecretFile.Read(path) is not { } file)
            {
                _problems[path] = "the file is missing, unreadable or empty";
                return null;
            }

            if (_credentials.AddOrUpdate(path, static (_, f) => new Known(f), static (_, last, f) => ReferenceEquals(last.File, f) ? last : new Known(f), file).Credential.Value is not { } credential)
            {
                _problems[path] = "the file is no key of a service account";
                return null;
            }

            if (renew)
            {
                await credential.RequestAccessTokenAsync(cancellationToken);
            }

            var token = new Secret(await credential.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken));
            _problems.TryRemove(path, out _);
            return token;
        }
        catch (Exception e) when (e is Google.Apis.Auth.OAuth2.Responses.TokenResponseException or HttpRequestException)
        {
            _problems[path] = e is Google.Apis.Auth.OAuth2.Responses.TokenResponseException { Error: { } error }
                ? $"Google answered {error.Error}: {error.ErrorDescription}".TrimEnd(':', ' ', '.')
                : "Google's token service cannot be reached";
            return null;
        }
    }

    private static ServiceAccountCredential? Read(Secret file)
    {
        try
        {
            var account = CredentialFactory.FromJson<ServiceAccountCredential>(file.Reveal());
            return (ServiceAccountCredential)account.ToGoogleCredential().CreateScoped(Scope).UnderlyingCredential;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What a key file held when it was read last.</summary>
    private sealed class Known(Secret file)
    {
        public Secret File { get; } = file;

        public Lazy<ServiceAccountCredential?> Credential { get; } = new(() => Read(file));
    }
}
