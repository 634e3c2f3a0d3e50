using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Leaves a client's own jobs in a provider's list of jobs.</summary>
internal static class NativeLists
{
    private const int Largest = 8 * 1024 * 1024;
    private const int Piece = 64 * 1024;

    /// <summary>Filters an answer. One that cannot be read is not passed on.</summary>
    public static async ValueTask FilterAsync(ResponseTransformContext response, ProviderAdapter adapter, NativeEndpoint endpoint, string provider, INativeJobs jobs, TimeProvider time)
    {
        var context = response.HttpContext;
        if (response.ProxyResponse is not { IsSuccessStatusCode: true } native || HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        JsonObject? read;
        try
        {
            read = await ReadAsync(native, context, time);
        }
        catch (TimeoutException)
        {
            response.SuppressResponseBody = true;
            context.Response.ContentLength = null;
            await NativeRefusal.WriteAsync(context, adapter, StatusCodes.Status504GatewayTimeout, "The provider began its list and went silent.");
            return;
        }

        if (read is not { } list || list[endpoint.ListMember] is not JsonArray items)
        {
            response.SuppressResponseBody = true;
            context.Response.ContentLength = null;
            await NativeRefusal.WriteAsync(context, adapter, StatusCodes.Status502BadGateway, "The provider's list cannot be read, so whose jobs it lists is unknown.");
            return;
        }

        var ids = items.Select(IdOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        IReadOnlySet<string> own;
        try
        {
            own = await jobs.OwnedAsync(provider, ids, Client.Of(context), context.RequestAborted);
        }
        catch (StoreUnavailableException)
        {
            response.SuppressResponseBody = true;
            context.Response.ContentLength = null;
            await NativeMiddleware.RefuseUnstoredAsync(context, adapter);
            return;
        }

        var kept = items.Where(i => IdOf(i) is { } id && own.Contains(id)).Select(i => i!.DeepClone()).ToArray();
        list[endpoint.ListMember] = new JsonArray(kept);
        Replace(list, "first_id", kept.FirstOrDefault());
        Replace(list, "last_id", kept.LastOrDefault());

        var body = JsonSerializer.SerializeToUtf8Bytes(list, NativeListJson.Default.JsonObject);
        native.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        context.Response.ContentLength = body.Length;
    }

    private static async Task<JsonObject?> ReadAsync(HttpResponseMessage native, HttpContext context, TimeProvider time)
    {
        try
        {
            using var source = new IdleReader(await native.Content.ReadAsStreamAsync(context.RequestAborted), NativeAnswer.LongestSilence(context), time, context.RequestAborted);
            using var body = new MemoryStream();
            var piece = new byte[Piece];
            while (await source.ReadAsync(piece) is > 0 and var read)
            {
                body.Write(piece, 0, read);
                if (body.Length > Largest)
                {
                    return null;
                }
            }

            return JsonNode.Parse(body.GetBuffer().AsSpan(0, (int)body.Length), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    private static string? IdOf(JsonNode? item) => item is JsonObject o && o["id"] is JsonValue value && value.TryGetValue<string>(out var id) ? id : null;

    private static void Replace(JsonObject list, string member, JsonNode? item)
    {
        if (list.ContainsKey(member))
        {
            list[member] = IdOf(item);
        }
    }
}
