using System.Collections.Concurrent;
using System.Security.Cryptography;
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
    private readonly ConcurrentDictionary<string, byte[]> _stored = new();
    private int _looks;
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
            else if (context.Response.StatusCode == 204 && context.Request.Path.Value!.Split('/')[^1] is ['m', 'e', 'd', '_', ..] id)
            {
                if (HttpMethods.IsPut(context.Request.Method))
                {
                    using var bytes = new MemoryStream();
                    await context.Request.Body.CopyToAsync(bytes);
                    _stored[id] = bytes.ToArray();
                    context.Response.StatusCode = 200;
                }
                else
                {
                    Interlocked.Increment(ref _looks);
                    context.Response.StatusCode = _stored.TryGetValue(id, out var there) ? 200 : 404;
                    context.Response.ContentLength = there?.Length;
                    if (HttpMethods.IsGet(context.Request.Method) && there is not null)
                    {
                        await context.Response.Body.WriteAsync(there);
                    }
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
    public async Task Sweep_TheBucketIsAway_KeepsWhatIsKnown_FreesTheCopiesOfWhatItHas_AndLooksForStrangersInTheNextRound()
    {
        _catalogue.Expired.AddRange(Enumerable.Range(0, 100).Select(i => $"med_{i}"));
        var (copy, only) = (Write('c', hoursAgo: 2), Write('d', hoursAgo: 2));
        var stored = _catalogue.Rows[Path.GetFileName(copy)];
        _stored[stored.Id] = [1];
        Assert.True(await _bucket.HasAsync(stored.Id, 1, default));
        _answer = _ => 403;

        await Assert.ThrowsAsync<BucketAwayException>(() => _sweeper.SweepAsync(default));
        Assert.Equal(100, _catalogue.Expired.Count);
        Assert.InRange(_deletes, 1, 10);
        Assert.Equal((false, true), (File.Exists(copy), File.Exists(only)));

        _answer = _ => 204;
        _time.Advance(TimeSpan.FromMinutes(10));
        await _sweeper.SweepAsync(default);
        Assert.Empty(_catalogue.Expired);
        Assert.Equal(1, _lists);
        Assert.Equal((false, true), (File.Exists(only), _stored.ContainsKey(Path.GetFileName(only))));
    }

    /// <remarks>As on a node whose results lay in the data folder, or in another bucket.</remarks>
    [Fact]
    public async Task Sweep_ABucketWasNamed_TakesTheFilesOfBefore_AndTheyStayUntilItHasThem()
    {
        var (old, young) = (Enumerable.Range(0, 12).Select(i => Write((char)('a' + i), hoursAgo: 48)).ToList(), Write('x', hoursAgo: 0));
        var (torn, expired, stranger, elder) = (Write('t', hoursAgo: 48), Write('y', hoursAgo: 48), Write('u', hoursAgo: 12), Write('v', hoursAgo: 48));
        await File.WriteAllBytesAsync(torn, [2]);
        File.SetLastWriteTimeUtc(torn, _time.GetUtcNow().UtcDateTime.AddHours(-48));
        _catalogue.Rows.Remove(Path.GetFileName(stranger));
        _catalogue.Rows.Remove(Path.GetFileName(elder));
        _catalogue.Rows[Path.GetFileName(expired)] = _catalogue.Rows[Path.GetFileName(expired)] with { ExpiresAt = _time.GetUtcNow().AddMinutes(-1) };

        _answer = _ => 503;
        await Assert.ThrowsAsync<BucketAwayException>(() => _sweeper.SweepAsync(default));
        Assert.All(old, file => Assert.True(File.Exists(file)));

        _answer = _ => 204;
        _time.Advance(TimeSpan.FromMinutes(10));
        await _sweeper.SweepAsync(default);
        Assert.All(old, file => Assert.Equal((false, true), (File.Exists(file), _stored[Path.GetFileName(file)] is [1])));
        Assert.Equal(12, _stored.Count);
        Assert.Equal((true, true, true, false), (File.Exists(young), File.Exists(torn), File.Exists(stranger), File.Exists(elder)));

        // What is known to be there is not asked for again.
        var looks = _looks;
        _time.Advance(TimeSpan.FromMinutes(10));
        await _sweeper.SweepAsync(default);
        Assert.Equal((2, true), (_looks - looks, File.Exists(torn)));
    }

    /// <remarks>A loss of power tears what was not flushed yet.</remarks>
    [Fact]
    public async Task IsWhole_TheCopyIsTorn_TheBucketsOwnIsTaken()
    {
        var copy = Write('c', hoursAgo: 0);
        var row = _catalogue.Rows[Path.GetFileName(copy)];
        _stored[row.Id] = [1];
        await File.WriteAllBytesAsync(copy, []);

        Assert.True(await _media.IsThereAsync(row, default));
        Assert.Equal([1], await File.ReadAllBytesAsync(copy));

        await File.WriteAllBytesAsync(copy, [2]);
        _answer = _ => 503;
        await Assert.ThrowsAsync<BucketAwayException>(() => _media.IsThereAsync(row, default).AsTask());
        _answer = _ => 204;
        Assert.True(await _media.IsWholeAsync(row.Id, row.Bytes, row.Sha256, default));
    }

    private string Write(char name, int hoursAgo)
    {
        var id = "med_" + new string(name, 32);
        var path = _media.PathOf(id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [1]);
        File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime.AddHours(-hoursAgo));
        _catalogue.Rows[id] = new StoredMedia(id, "image/png", 1, Convert.ToHexStringLower(SHA256.HashData([1])), _time.GetUtcNow(), null);
        return path;
    }

    private sealed class Catalogue : IMediaCatalogue
    {
        public List<string> Expired { get; } = [];

        public Dictionary<string, StoredMedia> Rows { get; } = [];

        public string StoreId => "this";

        public ValueTask<StoredMedia?> FindAsync(string id, CancellationToken cancellationToken) => new(Rows.GetValueOrDefault(id));

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
