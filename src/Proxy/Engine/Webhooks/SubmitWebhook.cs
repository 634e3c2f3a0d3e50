using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Webhooks;

/// <summary>The address that a submit asks its provider to call. It names the generation and holds a token that is made for this very attempt and stored with it.</summary>
internal static class SubmitWebhook
{
    /// <summary>Where providers call.</summary>
    public const string Path = "/provider-webhooks";

    /// <summary>A token that nobody can guess.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The submit with an address in it.</summary>
    /// <param name="native">The submit.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="model">The model.</param>
    /// <param name="destination">The address of the destination.</param>
    /// <param name="publicUrl">How providers reach Framegate.</param>
    /// <param name="generation">The generation's id.</param>
    /// <param name="token">The attempt's token.</param>
    /// <returns>Null where the provider, or this submit, takes none.</returns>
    public static NativeRequest? AddTo(NativeRequest native, ProviderAdapter adapter, ModelInfo model, Uri destination, Uri publicUrl, string generation, string token) =>
        adapter.Webhook?.AddTo(
            native, model, destination,
            new WebhookTarget(new Uri($"{publicUrl.AbsoluteUri.TrimEnd('/')}{Path}/{Uri.EscapeDataString(generation)}/{token}"), SecretOf(token)));

    /// <summary>Whether a call carries the attempt's token.</summary>
    public static bool Fits(string expected, string sent) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(sent));

    /// <summary>What a provider that signs its calls is given. It differs from the token, which stands in addresses and may show in somebody's access log.</summary>
    public static Secret SecretOf(string token) => new(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "provider-webhook"u8)));
}
