using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.Native;

/// <summary>What is lost on a native route: many answers at once, the end of a list, a token.</summary>
public sealed class NativeLossTests : IDisposable
{
    private const string Submit = "/replicate/v1/predictions";
    private const string Operation = "/veo/v1/projects/p/locations/l/publishers/google/models/veo-3.1-generate-001";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Submit_ManyMoreAreLostMeanwhile_TheFirstIsNotPaidAgain()
    {
        const int Lost = 600;
        await using var native = await NativeApp.StartAsync(
            context =>
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            },
            ["replicate"]);
        using (var first = await native.SendAsync("POST", Submit, """{"n":0}"""))
        {
            Assert.Equal(424, (int)first.StatusCode);
        }

        await Parallel.ForAsync(1, Lost, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => (await native.SendAsync("POST", Submit, $$"""{"n":{{i}}}""")).Dispose());
        using var again = await native.SendAsync("POST", Submit, """{"n":0}""");

        Assert.Equal((424, Lost), ((int)again.StatusCode, native.Calls.Count));
    }

    [Fact]
    public async Task List_GoesSilentInItsBody_IsGivenUp()
    {
        await using var native = await NativeApp.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("""{"results":[""");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            },
            ["replicate"],
            clients: true,
            configure: c => c["ReverseProxy"]!["Clusters"]!["replicate"]!["HttpRequest"] = new JsonObject { ["ActivityTimeout"] = "00:00:01" });

        using var answer = await native.SendAsync("GET", "/replicate/v1/predictions").WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("silent", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_NoTokenCanBeMade_IsRefusedWithTheReasonAndNotSent()
    {
        await using var native = await StartWithKeyFileAsync(context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsJsonAsync(new { error = "invalid_grant", error_description = "Invalid JWT Signature." });
        });

        using var answer = await native.SendAsync("POST", Operation + ":predictLongRunning", "{}");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("access token", text, StringComparison.Ordinal);
        Assert.Contains("Invalid JWT Signature", text, StringComparison.Ordinal);
        Assert.All(native.Calls, c => Assert.StartsWith("t ", c, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_TheTokenIsRefused_TheNextHasAnother()
    {
        var tokens = 0;
        await using var native = await StartWithKeyFileAsync(context =>
        {
            if (context.Request.Path.Value!.EndsWith("/token", StringComparison.Ordinal))
            {
                return context.Response.WriteAsJsonAsync(new { access_token = $"ya29.{++tokens}", expires_in = 3599, token_type = "Bearer" });
            }

            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer ya29.1" ? 401 : 200;
            return context.Response.WriteAsJsonAsync(new { done = true });
        });

        using var refused = await native.SendAsync("GET", Operation + "/operations/op-12345");
        using var next = await native.SendAsync("GET", Operation + "/operations/op-12345");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK, 2), (refused.StatusCode, next.StatusCode, tokens));
    }

    private async Task<NativeApp> StartWithKeyFileAsync(RequestDelegate answer)
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportPkcs8PrivateKeyPem();
        var file = Path.Combine(_folder.Path, "robot.json");
        Environment.SetEnvironmentVariable("NATIVE_APP_GOOGLE", file);
        return await NativeApp.StartAsync(answer, ["veo"], configure: config =>
        {
            var destination = config["ReverseProxy"]!["Clusters"]!["veo"]!["Destinations"]!["a"]!;
            destination["Metadata"] = new JsonObject { ["KeyEnv"] = "NATIVE_APP_GOOGLE" };
            File.WriteAllText(file, new JsonObject
            {
                ["type"] = "service_account",
                ["project_id"] = "project",
                ["private_key_id"] = "1",
                ["private_key"] = pem,
                ["client_email"] = "robot@project.example",
                ["client_id"] = "1",
                ["token_uri"] = new Uri((string)destination["Address"]!).GetLeftPart(UriPartial.Authority) + "/t/token",
            }.ToJsonString());
        });
    }
}
