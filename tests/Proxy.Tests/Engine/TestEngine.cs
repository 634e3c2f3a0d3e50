using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Schemas;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The engine as the program puts it together, with scripted providers, a store in memory and a clock that jumps; nothing of it is started.</summary>
public sealed class TestEngine : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WebApplication _app;
    private readonly TestClusters _clusters = new();

    public TestEngine()
        : this(null)
    {
    }

    /// <summary>With a bucket.</summary>
    /// <param name="bucket">The section <c>Framegate:Media:Bucket</c>; null for none.</param>
    /// <param name="folder">The data folder; null for one of its own.</param>
    internal TestEngine(string? bucket, string? folder = null)
    {
        Egress = new ScriptedEgress(_clusters);
        var config = Path.Combine(_folder.Path, "routes.json");
        File.WriteAllText(config, """
            {"ReverseProxy":{},"Framegate":{"Models":{"both":{"Strategy":"Priority","Candidates":[
              {"Provider":"alpha","Model":"flux-pro-1.1","Priority":1},{"Provider":"beta","Model":"flux-pro-1.1","Priority":2}]}},
              "Cache":{"Ttl":"01:00:00"},"Jobs":{"PublicUrl":"https://framegate.example/base/"},"Media":{"Bucket":BUCKET}}}
            """.Replace("BUCKET", bucket ?? "{}", StringComparison.Ordinal));
        _app = FramegateHost.Create(
            new HostArguments(true, null, "http://127.0.0.1:0", config, _folder.Path),
            new HostSettings(new Dictionary<string, Uri>(), null),
            new DataFolder(folder ?? _folder.Path),
            services => services
                .AddSingleton<TimeProvider>(Time)
                .AddSingleton<IEgress>(new TracedEgress(Egress))
                .AddSingleton<IProxyStateLookup>(_clusters)
                .AddSingleton(new AdapterRegistry(
                    [new ScriptedAdapter(ScriptedAdapter.Usual), new ScriptedAdapter(ScriptedAdapter.Hasty), new CallingAdapter(), .. ReconcilingAdapter.All, .. JobWords.Adapters]))
                .AddSingleton<IGenerationStore>(Store)
                .AddSingleton<IMediaCatalogue>(Store));
        foreach (var cluster in _clusters.GetClusters())
        {
            _app.Services.GetRequiredService<IClusterDestinationsUpdater>().UpdateAllDestinations(cluster);
        }
    }

    internal JumpingTime Time { get; } = new();

    internal MemoryStore Store { get; } = new();

    internal ScriptedEgress Egress { get; }

    internal GenerationAdmission Door => Get<GenerationAdmission>();

    internal GenerationService Generations => Get<GenerationService>();

    internal T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>For the next test.</summary>
    internal void Reset()
    {
        Egress.Reset();
        Store.Reset();
        Time.Pauses.Clear();
    }

    /// <summary>A generation for one provider, or for <c>both</c>, as it is right after its admission.</summary>
    internal Generation New(string provider, string more = "", Func<GenerationState, GenerationState>? change = null)
    {
        var now = Time.GetUtcNow();
        var body = Body(provider, more);
        Candidate[]? candidates = provider == "both" ? [new("alpha", ScriptedAdapter.Model, 1, 1), new("beta", ScriptedAdapter.Model, 2, 1)] : null;
        var first = candidates is null ? provider : "alpha";
        var adapter = _clusters.Find(first)!.Model.Config.Metadata!["Adapter"];
        var state = new GenerationState
        {
            Id = "gen_" + Guid.NewGuid().ToString("n"),
            Client = "local",
            SchemaVersion = GenerationRequest.CurrentVersion,
            Provider = first,
            Adapter = adapter,
            Model = ScriptedAdapter.Model,
            Alias = candidates is null ? null : "both",
            Strategy = candidates is null ? null : "Priority",
            Candidates = candidates,
            KeepsRequest = candidates is not null || more.Length > 0,
            CreatedAt = now,
            Deadline = now.AddMinutes(5),
        };
        return new Generation(change?.Invoke(state) ?? state, Time)
        {
            Request = SchemaVersions.BuiltIn().Read(body).Request ?? throw new InvalidOperationException("The request cannot be read."),
            Unstored = new StoredRequest(body, [], null, false),
        };
    }

    /// <summary>One that is stored, in a later phase.</summary>
    internal async Task<Generation> StoredAsync(string provider, Func<GenerationState, GenerationState> change)
    {
        var generation = New(provider, change: change);
        await Get<GenerationWriter>().StoreAsync(generation);
        return generation;
    }

    /// <summary>Drives a generation to its end, or until it stops.</summary>
    internal async Task<GenerationState> RunAsync(Generation generation, CancellationToken stopping = default)
    {
        await Get<GenerationRunner>().RunAsync(generation, stopping).WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        return generation.State;
    }

    internal static byte[] Body(string provider, string more = "", string prompt = "A lighthouse")
    {
        var (named, model) = provider == "both" ? ("auto", "both") : (provider, ScriptedAdapter.Model);
        return Encoding.UTF8.GetBytes($$"""{"provider":"{{named}}","model":"{{model}}","media_type":"image","prompt":"{{prompt}}"{{more}}}""");
    }

    public void Dispose()
    {
        ((IDisposable)_app).Dispose();
        _folder.Dispose();
    }
}
