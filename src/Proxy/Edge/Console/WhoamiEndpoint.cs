using System.Text.Json.Serialization;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Console;

/// <summary><c>GET /whoami</c>: whose the key is that was sent, and what it opens. It takes a client's key or the admin key.</summary>
internal static class WhoamiEndpoint
{
    /// <summary>Where it is.</summary>
    public const string Path = "/whoami";

    /// <summary>Maps it.</summary>
    public static void MapWhoami(this IEndpointRouteBuilder routes) => routes.MapMethods(Path, ReadRoutes.Methods,
        (HttpContext context, ClientKeys clients, AdminAuthorization admin, HostSettings settings, IOptions<MediaOptions> media) => TypedResults.Json(
            new Whoami(
                clients.Required ? context.User.Identity?.Name : Client.Local, admin.Refusal(context) is null, clients.Required, settings.Sandbox is not null, ProgramVersion.Text, media.Value.MaxInputBytes),
            WhoamiJson.Default.Whoami));
}

/// <summary>Who calls.</summary>
/// <param name="Client">The client; null when the key is the admin key, which is no client's.</param>
/// <param name="Admin">Whether <c>/admin</c> is open to the caller.</param>
/// <param name="KeysRequired">Whether clients must send a key.</param>
/// <param name="Sandbox">Whether stand-ins answer in the place of the providers.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="MaxInputBytes">The largest file that can be an input, bytes.</param>
internal sealed record Whoami(string? Client, bool Admin, bool KeysRequired, bool Sandbox, string Version, long MaxInputBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Whoami))]
internal sealed partial class WhoamiJson : JsonSerializerContext;
