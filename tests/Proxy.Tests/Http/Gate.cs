using System.Net;
using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Media;
using Framegate.Proxy.Tests.Clients;
using Framegate.Transforms.Schemas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Framegate.Proxy.Tests.Http;

/// <summary>A gate for tests, with these keys.</summary>
internal sealed class Gate
{
    private readonly ClientAuthentication _gate;
    private bool _passed;

    /// <param name="clientKey">FRAMEGATE_CLIENT_KEY.</param>
    /// <param name="adminKey">FRAMEGATE_ADMIN_KEY.</param>
    /// <param name="scrapeKey">FRAMEGATE_SCRAPE_KEY.</param>
    /// <param name="clients">The client's names and the variables of their keys.</param>
    public Gate(string? clientKey = null, string? adminKey = null, string? scrapeKey = null, params (string Name, string Variable)[] clients)
    {
        var settings = new HostSettings(null, Secret(clientKey)) { AdminKey = Secret(adminKey), ScrapeKey = Secret(scrapeKey) };
        Options = new ChangingOptions<ClientsOptions>(Named(clients));
        Keys = new ClientKeys(Options, settings, TimeProvider.System);
        Registry = new ClientRegistry(Shelf, Keys, settings, Time, NullLogger<ClientRegistry>.Instance);
        Links = new MediaLinks(new LinkKey(settings with { LinkSecret = new Secret("links") }, new DataFolder(Path.GetTempPath())), Media, Time);
        _gate = new ClientAuthentication(
            _ =>
            {
                _passed = true;
                return Task.CompletedTask;
            },
            Keys,
            Registry,
            new AdminAuthorization(Keys, settings, Security),
            Links,
            new WrongKeys(Time, NullLogger<WrongKeys>.Instance),
            new OpenCalls(Keys, Time),
            new ErrorAnswers(
            [
                new AdminErrors(),
                new OpenAiErrorShape(),
                new ResponseWriter(
                    new GenerationView(settings, Links, TimeProvider.System),
                    new PublicAddress(Microsoft.Extensions.Options.Options.Create(new MediaOptions())),
                    SchemaVersions.BuiltIn(),
                    new VersionHeaders(Microsoft.Extensions.Options.Options.Create(new SchemaVersionsOptions()))),
            ]),
            Security,
            TimeProvider.System);
    }

    public ChangingOptions<ClientsOptions> Options { get; }

    public ClientKeys Keys { get; }

    /// <summary>Clients that other processes make.</summary>
    public Shelf Shelf { get; } = new() { IsShared = false };

    /// <summary>Makes clients here.</summary>
    public ClientRegistry Registry { get; }

    /// <summary>The clock by which wrong keys are held up.</summary>
    public Microsoft.Extensions.Time.Testing.FakeTimeProvider Time { get; } = new();

    /// <summary>Makes links that the gate may open for.</summary>
    public MediaLinks Links { get; }

    /// <summary>Says what kind of links they are.</summary>
    public ChangingOptions<MediaOptions> Media { get; } = new(new MediaOptions());

    public ChangingOptions<SecurityOptions> Security { get; } = new(new SecurityOptions());

    public static ClientsOptions Named(params (string Name, string Variable)[] clients)
    {
        var options = new ClientsOptions();
        foreach (var (name, variable) in clients)
        {
            options[name] = new ClientOptions { KeyEnv = variable };
        }

        return options;
    }

    /// <summary>A request from another machine.</summary>
    public static DefaultHttpContext Remote(string path = "/", string? bearer = null)
    {
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).BuildServiceProvider(),
        };
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        context.Request.Host = new HostString("media.example");
        context.Request.Path = path;
        context.Response.Body = new MemoryStream();
        if (bearer is not null)
        {
            context.Request.Headers.Authorization = "Bearer " + bearer;
        }

        return context;
    }

    /// <summary>A request from this machine.</summary>
    public static DefaultHttpContext Local(string path = "/", string? bearer = null)
    {
        var context = Remote(path, bearer);
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Host = new HostString("127.0.0.1:8080");
        return context;
    }

    /// <summary>Whether a request passes.</summary>
    public async Task<bool> PassesAsync(HttpContext context)
    {
        _passed = false;
        await _gate.InvokeAsync(context);
        return _passed;
    }

    private static Secret? Secret(string? key) => key is null ? null : new Secret(key);
}
