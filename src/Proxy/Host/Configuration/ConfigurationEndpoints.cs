using System.Text.Json.Serialization;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Host.Configuration;

/// <summary><c>/admin/config</c>.</summary>
internal static class ConfigurationEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapConfiguration(this RouteGroupBuilder admin)
    {
        admin.MapMethods("/config", ReadRoutes.Methods, (ConfigurationGuard guard) => TypedResults.Json(guard.Status, ConfigurationJson.Default.ConfigurationStatus));
        admin.MapPost("/config/validate", async (HttpRequest request, ConfigurationFile file, ConfigurationGuard guard, CancellationToken aborted) =>
        {
            var errors = await guard.CheckAsync(file.Parse(await RequestBody.ReadAsync(request, aborted)), aborted);
            return TypedResults.Json(new ConfigurationVerdict(errors.Count == 0, errors), ConfigurationJson.Default.ConfigurationVerdict);
        });
    }
}

/// <summary>What <c>POST /admin/config/validate</c> returns about the text it was sent.</summary>
internal sealed record ConfigurationVerdict(bool Valid, IReadOnlyList<ConfigurationError> Errors);

/// <summary>Source-generated JSON of <c>/admin/config</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConfigurationStatus))]
[JsonSerializable(typeof(ConfigurationVerdict))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;
