using Framegate.Proxy.Common;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Tests.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Media;

/// <summary>Retention in a bucket that does not do as it is told.</summary>
public sealed class BucketRetentionTests : IAsyncLifetime, IDisposable
{
    private const string KeyEnv = "FRAMEGATE_TEST_RETENTION_KEY";
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Catalogue _catalogue = new();
    private readonly HashSet<string> _deleted = [];
    private Func<HttpRequest, int> _answer = _ => 204;
    private int _uploads = 501;
    private int _deletes;
    private int _lists;
    private WebApplication _server = null!;
    private MediaBucket _bucket = null!;
    private RetentionSweeper _sweeper = null!;
    private MediaStore _media = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            context.Response.StatusCode = _answer(context.Request);
            if (HttpMethods.IsDelete(context.Request.Method))
            {
                Interlocked.Increment(ref _deletes);
                if (context.Response.StatusCode == 204)
                {
                    _deleted.Add(context.Request.Path.Value!.Split('/')[^1]);
                }
            }
            else if (context.Request.Query.ContainsKey("uploads"))
            {
                context.Response.StatusCode = _uploads;
                if (_uploads == 200)
                {
                    // A list that goes on, and does not say where.
                    await context.Response.WriteAsync("<?xml version=\"1.0\"?><ListMultipartUploadsResult><Bucket>media</Bucket><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>");
                }
            }
            else if (context.Response.StatusCode == 204)
            {
                Interlocked.Increment(ref _lists);
                context.Response.StatusCode = 200;
                await context.Response.WriteAsync("<?xml version=\"1.0\"?><ListBucketResult><Name>media</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>");
            }
        });
        await _server.StartAsync();
        Environment.SetEnvironmentVariable(KeyEnv, "secret");
        var options = new BucketOptions { Endpoint = new Uri(_server.Urls.First()), Name = "media", KeyEnv = KeyEnv, SecretEnv = KeyEnv };
        _bucket = new MediaBucket(Options.Create(options), _time, NullLogger<MediaBucket>.Instance, _catalogue);
        _media = new MediaStore(new DataFolder(_folder.Path), new FolderFlush(), Options.Create(new MediaOptions()), _time, NullLogger<MediaStore>.Instance, _bucket);
        _sweeper = new RetentionSweeper(
            new MemoryStore(), new StoreOwner("this"), new OneReplica(), _catalogue, _media, Options.Create(new JobsOptions()), _time, NullLogger<RetentionSweeper>.Instance);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _sweeper.Dispose();
        _bucket.Dispose();
        _folder.Dispose();
    }

    /// <remarks>As one that a lock of the bucket holds.</remarks>
    [Fact]
    public async Task Sweep_OneFileCannotBeDeleted_TheOthersGo()
    {
        _catalogue.Expired.AddRange(["med_a", "med_locked", "med_b"]);
        _answer = request => request.Path.Value!.EndsWith("med_locked", StringComparison.Ordinal) ? 403 : 204;

        await _sweeper.SweepAsync(default);

        Assert.Equal(["med_a", "med_b"], _deleted.Order());
        Assert.Equal(["med_locked"], _catalogue.Expired);
    }

    [Fact]
    public async Task Sweep_SoManyCannotBeDeletedThatItMightBeTheBucket_TheOthersGoAllTheSame()
    {
        _catalogue.Expired.AddRange([.. Enumerable.Range(0, 7).Select(i => $"med_locked{i}"), "med_a", "med_b"]);
        _answer = request => request.Path.Value!.Contains("locked", StringComparison.Ordinal) ? 403 : 204;

        for (var round = 0; round < 2; round++)
        {
            await _sweeper.SweepAsync(default);
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal(["med_a", "med_b"], _deleted.Order());
        Assert.Equal(7, _catalogue.Expired.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(200)]
    public async Task Sweep_TheServerListsNoUploads_ItsFilesAreLookedAtAllTheSame(int status)
    {
        _uploads = status;

        await _sweeper.SweepAsync(default).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(1, _lists);
    }

    [Fact]
    public async Task Sweep_TheBucketIsAway_KeepsWhatIsKnown_FreesTheCopies_AndLooksForStrangersInTheNextRound()
    {
        _catalogue.Expired.AddRange(Enumerable.Range(0, 100).Select(i => $"med_{i}"));
        var copy = _media.PathOf("med_" + new string('c', 32));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        await File.WriteAllBytesAsync(copy, [1]);
        File.SetLastWriteTimeUtc(copy, _time.GetUtcNow().UtcDateTime.AddHours(-2));
        _answer = _ => 403;

        await Assert.ThrowsAsync<BucketAwayException>(() => _sweeper.SweepAsync(default));
        Assert.Equal(100, _catalogue.Expired.Count);
        Assert.InRange(_deletes, 1, 10);
        Assert.False(File.Exists(copy));

        _answer = _ => 204;
        _time.Advance(TimeSpan.FromMinutes(10));
        await _sweeper.SweepAsync(default);
        Assert.Empty(_catalogue.Expired);
        Assert.Equal(1, _lists);
    }

    private sealed class Catalogue : IMediaCatalogue
    {
        public List<string> Expired { get; } = [];

        public string StoreId => "this";

        public ValueTask<StoredMedia?> FindAsync(string id, CancellationToken cancellationToken) => default;

        public ValueTask<string?> FindClientAsync(string id, CancellationToken cancellationToken) => default;

        public ValueTask AddAsync(string generation, StoredMedia media, CancellationToken cancellationToken) => default;

        public ValueTask<IReadOnlyList<StoredMedia>> ListAsync(string after, int limit, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => new([.. Expired.Take(limit)]);

        public ValueTask RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
        {
            Expired.RemoveAll(ids.Contains);
            return default;
        }
    }
}
