using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Framegate.Proxy.Tests.Host;

public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("203.0.113.9", "https", "203.0.113.9 https")]
    [InlineData("203.0.113.9, 10.1.2.3", "https, http", "203.0.113.9 https")]
    [InlineData("198.51.100.7, 203.0.113.9, 10.1.2.3", "http, https, http", "203.0.113.9 https")]
    public async Task Chain_OfProxiesThatAreTrusted_LeadsToTheCallerInFrontOfThem(string callers, string schemes, string expected)
    {
        Assert.StartsWith(expected + " ", await AskAsync(("X-Forwarded-For", callers), ("X-Forwarded-Proto", schemes)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/gate", "/gate/here")]
    [InlineData("/gate/", "/gate/here")]
    [InlineData("/", "/here")]
    [InlineData("//evil.example", "/evil.example/here")]
    [InlineData("//", "/here")]
    [InlineData("/\\evil.example", "/evil.example/here")]
    public async Task Prefix_WithOrWithoutASlashAtItsEnd_IsTheSame(string prefix, string expected) =>
        Assert.EndsWith(" " + expected, await AskAsync(("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Prefix", prefix)), StringComparison.Ordinal);

    /// <returns>Caller, scheme and path that the program sees.</returns>
    private static async Task<string> AskAsync(params (string Name, string Value)[] headers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<SecurityOptions>(o => o.TrustedProxies = ["127.0.0.1", "10.0.0.0/8"]);
        await using var app = builder.Build();
        TrustedProxies.Use(app);
        app.Run(context => context.Response.WriteAsync($"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.PathBase}{context.Request.Path}"));
        await app.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.First() + "/here");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await (await client.SendAsync(request)).Content.ReadAsStringAsync();
    }
}
