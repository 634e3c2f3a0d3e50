using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The provider has made a result, it is here, and the bucket is away.</summary>
public sealed class ParkedResultTests : IAsyncLifetime, IDisposable
{
    private const string KeyEnv = "FRAMEGATE_TEST_PARKED_KEY";
    private const string Inline = "inline";
    private static readonly byte[] _image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "still.png"));
    private readonly TempFolder _folder = new();
    private readonly ConcurrentDictionary<string, byte[]> _stored = new();
    private readonly List<TestEngine> _engines = [];
    private volatile bool _isAway = true;
    private volatile Action _asked = static () => { };
    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            var id = context.Request.Path.Value!.Split('/')[^1];
            _asked();
            if (_isAway)
            {
                context.Response.StatusCode = 503;
            }
            else if (HttpMethods.IsPut(context.Request.Method))
            {
                using var bytes = new MemoryStream();
                await context.Request.Body.CopyToAsync(bytes);
                _stored[id] = bytes.ToArray();
            }
            else
            {
                context.Response.StatusCode = _stored.TryGetValue(id, out var there) ? 200 : 404;
                context.Response.ContentLength = there?.Length;
                if (HttpMethods.IsGet(context.Request.Method) && there is not null)
                {
                    await context.Response.Body.WriteAsync(there);
                }
            }
        });
        await _server.StartAsync();
        Environment.SetEnvironmentVariable(KeyEnv, "secret");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _engines.ForEach(e => e.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Inline)]
    [InlineData("https://cdn.example/1.png")]
    public async Task Run_TheBucketIsAwayForLong_WaitsAndIsNoSuccessBeforeItIsBack(string source)
    {
        var engine = Engine(source);
        var generation = engine.New("alpha");
        var start = engine.Time.GetUtcNow();
        _asked = () =>
        {
            Assert.NotEqual(GenerationPhase.Succeeded, generation.State.Phase);
            _isAway = engine.Time.GetUtcNow() - start < TimeSpan.FromHours(3);
        };

        var state = await engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error?.Message));
        Assert.Equal(_image, _stored[state.Result!.Media.Single().Id]);
        Assert.Equal((1, 0, null), (engine.Egress.Count(NativeCall.Submit), state.Sources.Count, state.Parked));
        Assert.InRange(engine.Time.GetUtcNow() - start, TimeSpan.FromHours(3), TimeSpan.FromHours(4));
    }

    /// <remarks>What is written down survives the process; the file is in the data folder.</remarks>
    [Theory]
    [InlineData(Inline)]
    [InlineData("https://cdn.example/1.png")]
    public async Task Run_StoppedWhileTheBucketIsAway_StopsAtOnce_AndGoesOnAfterTheStart(string source)
    {
        var engine = Engine(source);
        var generation = engine.New("alpha");
        using var stop = new CancellationTokenSource();
        _asked = () =>
        {
            if (generation.State.Parked is not null)
            {
                stop.Cancel();
            }
        };
        var clock = Stopwatch.StartNew();
        var stopped = await engine.RunAsync(generation, stop.Token);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        var stored = engine.Store.Stored(stopped.Id)!;
        Assert.Equal((GenerationPhase.Storing, true, 1, GenerationStatus.Processing), (stored.Phase, stored.IsOpen, stored.Parked!.Count, stored.Status));
        Assert.NotNull(await ((IMediaCatalogue)engine.Store).FindAsync(stored.Parked[0].Id, default));
        Assert.DoesNotContain(stored.Sources, s => s.Url.StartsWith("data:", StringComparison.Ordinal));

        (_asked, _isAway) = (static () => { }, false);
        var next = Engine("dead");
        var state = await next.RunAsync(new Generation(stored, next.Time) { Resumed = true });

        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error?.Message));
        Assert.Equal(_image, _stored[state.Result!.Media.Single().Id]);
        Assert.Equal(0, next.Egress.Count(NativeCall.Submit) + next.Egress.Count(NativeCall.Download));
    }

    /// <remarks>Another replica has it, and the bucket has it once that one is back.</remarks>
    [Fact]
    public async Task Run_TheFileIsAtAnotherReplica_WaitsForIt()
    {
        var engine = Engine(Inline);
        var generation = engine.New("alpha");
        using var stop = new CancellationTokenSource();
        _asked = () => (generation.State.Parked is null ? static () => { } : (Action)stop.Cancel)();
        var stored = engine.Store.Stored((await engine.RunAsync(generation, stop.Token)).Id)!;

        _isAway = false;
        var there = new TestEngine(Bucket());
        _engines.Add(there);
        var start = there.Time.GetUtcNow();
        _asked = () =>
        {
            if (there.Time.GetUtcNow() - start > TimeSpan.FromMinutes(30))
            {
                _stored[stored.Parked![0].Id] = _image;
            }
        };
        var state = await there.RunAsync(new Generation(stored, there.Time) { Resumed = true });
        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error?.Message));

        // One that never comes back.
        _stored.Clear();
        _asked = static () => { };
        var other = new TestEngine(Bucket());
        _engines.Add(other);
        state = await other.RunAsync(new Generation(stored, other.Time) { Resumed = true });
        Assert.Equal((GenerationPhase.Failed, "result_not_fetched", Billed.Yes), (state.Phase, state.Error!.Details!.Reason, state.Attempts.Single().Billed));
    }

    /// <remarks>Its disk may be gone with it, and the address lives for minutes.</remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_TheFileIsAtAnotherReplica_AndItsAddressLives_IsFetchedAgain(bool isAway)
    {
        var engine = Engine("https://cdn.example/1.png");
        var generation = engine.New("alpha");
        using var stop = new CancellationTokenSource();
        _asked = () => (generation.State.Parked is null ? static () => { } : (Action)stop.Cancel)();
        var stored = engine.Store.Stored((await engine.RunAsync(generation, stop.Token)).Id)!;

        _isAway = isAway;
        var there = new TestEngine(Bucket());
        _engines.Add(there);
        there.Egress.On(NativeCall.Download, new Reply(200) { Bytes = _image });
        var start = there.Time.GetUtcNow();
        _asked = () => _isAway &= there.Time.GetUtcNow() - start < TimeSpan.FromHours(3);
        var state = await there.RunAsync(new Generation(stored, there.Time) { Resumed = true });

        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error?.Message));
        Assert.Equal(_image, _stored[state.Result!.Media.Single().Id]);
        Assert.Equal((1, 0), (there.Egress.Count(NativeCall.Download), state.Warnings.Count));
        Assert.True(isAway || there.Time.GetUtcNow() - start < TimeSpan.FromMinutes(1));
    }

    /// <remarks>A request may wait for longer than copies last.</remarks>
    [Fact]
    public async Task Run_TheCopyOfAnInputIsSweptBeforeTheSubmit_IsReadAgain()
    {
        var engine = Engine(Inline);
        _isAway = false;
        var media = engine.Get<MediaStore>();
        var stored = new StoredMedia("med_" + new string('i', 32), "image/png", _image.Length, Convert.ToHexStringLower(SHA256.HashData(_image)), engine.Time.GetUtcNow(), null);
        _stored[stored.Id] = _image;
        await engine.Store.AddAsync("", stored, default);
        var wasThere = new List<bool>();
        engine.Egress.On(
            NativeCall.Submit,
            new Reply(429) { Sending = Note, Meanwhile = () => Task.Run(() => media.Delete(stored.Id)) },
            new Reply(200, "text") { Sending = Note });

        var state = await engine.RunAsync(engine.New("alpha", $$""","parameters":{"image":"media:{{stored.Id}}"}"""));

        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error?.Message));
        Assert.Equal([true, true], wasThere);

        Task Note()
        {
            wasThere.Add(File.Exists(media.PathOf(stored.Id)));
            return Task.CompletedTask;
        }
    }

    private TestEngine Engine(string source)
    {
        var engine = new TestEngine(Bucket(), _folder.Path);
        _engines.Add(engine);
        engine.Egress.On(NativeCall.Submit, new Reply(200, source == Inline ? "data:image/png;base64," + Convert.ToBase64String(_image) : source));
        engine.Egress.On(NativeCall.Download, source == "dead" ? new Reply(404) : new Reply(200) { Bytes = _image });
        return engine;
    }

    private string Bucket() => $$"""{"Endpoint":"{{_server.Urls.First()}}","Name":"media","KeyEnv":"{{KeyEnv}}","SecretEnv":"{{KeyEnv}}"}""";
}
