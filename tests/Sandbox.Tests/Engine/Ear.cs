using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Sandbox.Tests.Engine;

/// <summary>A caller's own server that waits for one webhook.</summary>
internal sealed class Ear : IAsyncDisposable
{
    private readonly TaskCompletionSource<JsonElement> _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;

    private Ear()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body);
            _heard.TrySetResult(document.RootElement.Clone());
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";

    public static async Task<Ear> StartAsync()
    {
        var ear = new Ear();
        await ear._app.StartAsync();
        return ear;
    }

    public Task<JsonElement> HeardAsync() => _heard.Task;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
