using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>An S3 server of a test's own: OpenStack Swift, which checks signatures, parts and ranges as strictly as anybody. Four programs on free ports.</summary>
public sealed class SwiftProcess : IAsyncDisposable
{
    public const string Key = "test:tester";
    public const string Secret = "testing";
    private readonly string _folder = Directory.CreateTempSubdirectory("framegate-s3-").FullName;
    private readonly List<Process> _processes = [];

    private SwiftProcess()
    {
    }

    /// <summary>How Framegate is told of it.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<SwiftProcess> StartAsync()
    {
        var swift = new SwiftProcess();
        var port = FreePort.Next();
        swift.Address = new Uri($"http://127.0.0.1:{port}");
        foreach (var kind in new[] { "account", "container", "object" })
        {
            swift.Begin(kind, FreePort.Next());
        }

        swift.Write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = test\nswift_hash_path_prefix = test\n[storage-policy:0]\nname = one\ndefault = yes\n");
        swift.Write("proxy.conf", $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {port}
            workers = 0
            swift_dir = {swift._folder}
            user = {Environment.UserName}
            [pipeline:main]
            pipeline = catch_errors gatekeeper proxy-logging cache listing_formats bulk s3api tempauth copy slo dlo proxy-logging proxy-server
            [app:proxy-server]
            use = egg:swift#proxy
            account_autocreate = true
            [filter:catch_errors]
            use = egg:swift#catch_errors
            [filter:gatekeeper]
            use = egg:swift#gatekeeper
            [filter:proxy-logging]
            use = egg:swift#proxy_logging
            [filter:cache]
            use = egg:swift#memcache
            memcache_servers = 127.0.0.1:{FreePort.Next()}
            [filter:listing_formats]
            use = egg:swift#listing_formats
            [filter:bulk]
            use = egg:swift#bulk
            [filter:s3api]
            use = egg:swift#s3api
            location = us-east-1
            allow_multipart_uploads = true
            [filter:tempauth]
            use = egg:swift#tempauth
            user_test_tester = testing .admin
            [filter:copy]
            use = egg:swift#copy
            [filter:slo]
            use = egg:swift#slo
            minimum_segment_size = 1
            [filter:dlo]
            use = egg:swift#dlo
            """);
        swift.Run("proxy");
        using var http = new HttpClient();
        await Eventually.GetAsync(
            async () =>
            {
                try
                {
                    return (int)(await http.GetAsync(swift.Address)).StatusCode;
                }
                catch (HttpRequestException)
                {
                    return 0;
                }
            },
            status => status != 0);
        return swift;
    }

    /// <summary>A client of it.</summary>
    public AmazonS3Client Client() => new(new BasicAWSCredentials(Key, Secret), new AmazonS3Config { ServiceURL = Address.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    /// <summary>Makes a bucket.</summary>
    public async Task MakeBucketAsync(string name)
    {
        using var client = Client();
        await client.PutBucketAsync(name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Begin(string kind, int port)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "devices", "d1"));
        Build("create", "4", "1", "1");
        Build("add", $"r1z1-127.0.0.1:{port}/d1", "1");
        Build("rebalance");
        Write($"{kind}.conf", $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {port}
            workers = 0
            swift_dir = {_folder}
            devices = {Path.Combine(_folder, "devices")}
            mount_check = false
            user = {Environment.UserName}
            [pipeline:main]
            pipeline = {kind}-server
            [app:{kind}-server]
            use = egg:swift#{kind}
            """);
        Run(kind);

        void Build(params string[] arguments)
        {
            using var builder = Process.Start(new ProcessStartInfo("swift-ring-builder", [Path.Combine(_folder, kind + ".builder"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            builder.StandardOutput.ReadToEnd();
            builder.WaitForExit();
        }
    }

    private void Run(string kind)
    {
        var start = new ProcessStartInfo($"swift-{kind}-server", [Path.Combine(_folder, kind + ".conf")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
