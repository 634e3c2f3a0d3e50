namespace Framegate.Bench.Harness;

/// <summary>Starts the servers of a scenario and ends them all. Everything it writes lies in one temporary folder.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly List<ServerProcess> _servers = [];
    private readonly string _self = typeof(Stage).Assembly.Location;

    public Stage()
    {
        Folder = Directory.CreateTempSubdirectory("framegate-bench-").FullName;
        Scripts = new Scripts(Folder);
    }

    /// <summary>The temporary folder.</summary>
    public string Folder { get; }

    /// <summary>What the load generator sends.</summary>
    public Scripts Scripts { get; }

    /// <summary>The upstream.</summary>
    public Task<ServerProcess> StubAsync(CancellationToken cancellationToken) => StartAsync("stub", _self, ["stub"], cancellationToken);

    /// <summary>An upstream at an address where one was before.</summary>
    public Task<ServerProcess> StubAtAsync(string address, CancellationToken cancellationToken) => StartAsync("stub", _self, ["stub", address], cancellationToken);

    /// <summary>The program as its users start it, with a configuration of its own.</summary>
    public Task<ServerProcess> FramegateWithAsync(string routes, CancellationToken cancellationToken) => StartAsync(
        "Framegate",
        Path.Combine(Root(), "src/Proxy/bin/Release/net10.0/Framegate.Proxy.dll"),
        ["--urls", "http://127.0.0.1:0", "--config", Write(routes), "--data", NewFolder()],
        cancellationToken);

    /// <summary>YARP with one route and nothing else, in front of the upstream.</summary>
    public Task<ServerProcess> YarpAsync(ServerProcess stub, CancellationToken cancellationToken) =>
        StartAsync("bare YARP", _self, ["yarp", stub.Address], cancellationToken);

    /// <summary>The program as its users start it, in front of the upstream.</summary>
    /// <param name="stub">The upstream.</param>
    /// <param name="providers">The providers that the upstream stands for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ServerProcess> FramegateAsync(ServerProcess stub, string[] providers, CancellationToken cancellationToken) => StartAsync(
        "Framegate",
        Path.Combine(Root(), "src/Proxy/bin/Release/net10.0/Framegate.Proxy.dll"),
        ["--urls", "http://127.0.0.1:0", "--config", WriteRoutes(stub, providers), "--data", NewFolder()],
        cancellationToken);

    /// <summary>The program with <see cref="Servers.SyncAdapter"/> added; it also collects garbage on demand.</summary>
    public Task<ServerProcess> FramegateWithSyncAsync(
        ServerProcess stub, IReadOnlyList<string> variations, CancellationToken cancellationToken, params (string Name, string Value)[] variables) => StartAsync(
        "Framegate",
        "exec",
        [
            // With the product's own runtime settings, not the harness's.
            "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "Framegate.Proxy.runtimeconfig.json"), "--depsfile", Path.ChangeExtension(_self, ".deps.json"),
            _self, "framegate", WriteRoutes(stub, "flux", Servers.SyncAdapter.ProviderName), NewFolder(), .. variations,
        ],
        cancellationToken,
        variables);

    /// <summary>nginx with a cache keyed on the body of a POST, in front of the upstream.</summary>
    public async Task<ServerProcess> NginxCacheAsync(ServerProcess stub, CancellationToken cancellationToken)
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var port = ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "nginx")).FullName;
        var config = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            config,
            $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log stderr crit;
            events { worker_connections 1024; }
            http {
              access_log off; client_body_buffer_size 64k;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              proxy_cache_path {{folder}}/cache keys_zone=hits:64m;
              upstream stub { server {{new Uri(stub.Address).Authority}}; keepalive 64; }
              server {
                listen 127.0.0.1:{{port}}; keepalive_requests 1000000000;
                location / {
                  proxy_pass http://stub; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_cache hits; proxy_cache_methods POST; proxy_cache_key "$request_uri|$request_body"; proxy_cache_valid 200 1h;
                }
              }
            }
            """,
            cancellationToken);
        var server = await ServerProcess.StartOtherAsync("nginx", "nginx", ["-c", config], port, cancellationToken);
        _servers.Add(server);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private async Task<ServerProcess> StartAsync(
        string name, string assembly, string[] arguments, CancellationToken cancellationToken, params (string Name, string Value)[] variables)
    {
        var server = await ServerProcess.StartAsync(name, assembly, arguments, Folder, cancellationToken, variables);
        _servers.Add(server);
        return server;
    }

    private string WriteRoutes(ServerProcess stub, params string[] adapters)
    {
        var clusters = adapters.Select(a => $$"""
            "{{a}}": { "Metadata": { "Adapter": "{{a}}" }, "Destinations": { "stub": { "Address": "{{stub.Address}}/" } } }
            """);

        var routes = adapters.Select(a => $$"""
            "{{a}}": { "ClusterId": "{{a}}", "Match": { "Path": "/{{a}}/{**rest}" }, "Transforms": [ { "PathRemovePrefix": "/{{a}}" } ] }
            """);

        // The stub's paths are no provider's.
        var native = adapters.Select(a => $$"""
            "{{a}}": { "Allow": [ "GET,POST /**" ] }
            """);
        return Write($$"""{ "Framegate": { "Native": { {{string.Join(", ", native)}} } }, "ReverseProxy": { "Routes": { {{string.Join(", ", routes)}} }, "Clusters": { {{string.Join(", ", clusters)}} } } }""");
    }

    private string Write(string routes)
    {
        // In a folder of its own: the watcher of the file sees everything below its folder, and the data folder changes all the time.
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "config-" + Guid.NewGuid().ToString("n"))).FullName, "routes.json");
        File.WriteAllText(path, routes);
        var providers = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(path)!, "providers")).FullName;
        File.Copy(Path.Combine(Root(), "config/providers/openai.json"), Path.Combine(providers, "openai.json"));
        return path;
    }

    private string NewFolder() => Path.Combine(Folder, "data-" + Guid.NewGuid().ToString("n"));

    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Proxy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new BenchException("Run it from a build inside the repository.");
    }
}
