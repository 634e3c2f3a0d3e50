using System.Security.Cryptography;
using Amazon.S3;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Host;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>The bucket of media against a strict server.</summary>
public sealed class BucketTests
{
    [Fact]
    public async Task Bucket_FilesOfAnySize_AreWholeReadInPartsListedAndDeleted()
    {
        await using var swift = await SwiftProcess.StartAsync();
        await swift.MakeBucketAsync("media");
        Environment.SetEnvironmentVariable("FRAMEGATE_TEST_S3_KEY", SwiftProcess.Key);
        Environment.SetEnvironmentVariable("FRAMEGATE_TEST_S3_SECRET", SwiftProcess.Secret);
        var options = new BucketOptions { Endpoint = swift.Address, Name = "media", KeyEnv = "FRAMEGATE_TEST_S3_KEY", SecretEnv = "FRAMEGATE_TEST_S3_SECRET" };
        using var bucket = new MediaBucket(Options.Create(options), TimeProvider.System, NullLogger<MediaBucket>.Instance);
        Assert.Null(await bucket.WhyAwayAsync(default));
        using var folder = new TempFolder();
        foreach (var size in new[] { 1, 300_000, (17 * 1024 * 1024) + 1 })
        {
            var (id, bytes) = ($"med_{size}", RandomNumberGenerator.GetBytes(size));
            var path = Path.Combine(folder.Path, id);
            await File.WriteAllBytesAsync(path, bytes);
            await bucket.StoreAsync(path, id, "image/png", default);

            Assert.True(await bucket.HasAsync(id, size, default));
            Assert.False(await bucket.HasAsync(id, size + 1, default));
            await using var stored = new BucketStream(bucket, id, size);
            Assert.Equal(SHA256.HashData(bytes), await SHA256.HashDataAsync(stored));
            stored.Position = size - 1;
            var last = new byte[2];
            Assert.Equal(1, await stored.ReadAtLeastAsync(last, 2, throwOnEndOfStream: false));
            Assert.Equal(bytes[^1], last[0]);
        }

        using var http = new HttpClient();
        var link = await http.GetAsync(new Uri(bucket.LinkTo("med_300000", "image/png", "inline")));
        Assert.Equal((200, 300_000L), ((int)link.StatusCode, link.Content.Headers.ContentLength));
        Assert.Equal(403, (int)(await http.GetAsync(new Uri(bucket.LinkTo("med_300000", "image/png", "inline").Replace("med_300000", "med_1", StringComparison.Ordinal)))).StatusCode);

        var listed = new List<string>();
        await foreach (var id in bucket.ListAsync(TimeProvider.System.GetUtcNow().AddMinutes(1), default))
        {
            listed.Add(id);
        }

        Assert.Equal(3, listed.Count);
        await bucket.DeleteAsync("med_1", default);
        await bucket.DeleteAsync("med_1", default);
        Assert.False(await bucket.HasAsync("med_1", 1, default));
    }

    [Fact]
    public async Task Sweep_FilesWithoutARowAndRowsWithoutAFile_AreGoneFromBucketAndStore()
    {
        await using var swift = await SwiftProcess.StartAsync();
        await swift.MakeBucketAsync("media");
        Environment.SetEnvironmentVariable("FRAMEGATE_TEST_S3_KEY", SwiftProcess.Key);
        Environment.SetEnvironmentVariable("FRAMEGATE_TEST_S3_SECRET", SwiftProcess.Secret);
        using var folder = new TempFolder();
        var settings = $$"""
            { "Framegate": { "Media": { "Bucket": { "Endpoint": "{{swift.Address}}", "Name": "media", "KeyEnv": "FRAMEGATE_TEST_S3_KEY", "SecretEnv": "FRAMEGATE_TEST_S3_SECRET" } } } }
            """;
        using var data = DataFolderLock.Take(Path.Combine(folder.Path, "data"));
        await using var app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", folder.Write("routes.json", settings), data.Folder.Path), new HostSettings(null, null), data.Folder);
        await app.Services.GetServices<IHostedService>().OfType<SqliteStart>().Single().StartAsync(default);
        var bucket = app.Services.GetRequiredService<MediaBucket>();
        var catalogue = app.Services.GetRequiredService<IMediaCatalogue>();
        var now = TimeProvider.System.GetUtcNow();
        string[] ids = [.. "abcd".Select(c => "med_" + new string(c, 32))];
        foreach (var id in ids)
        {
            await bucket.StoreAsync(folder.Write(id, "bytes"), id, "image/png", default);
        }

        // Known; known and over in a week; over in a week, and its file went before a kill; nobody's.
        await catalogue.AddAsync("", new StoredMedia(ids[0], "image/png", 5, "00", now, null), default);
        await catalogue.AddAsync("", new StoredMedia(ids[1], "image/png", 5, "00", now, now.AddDays(7)), default);
        await catalogue.AddAsync("", new StoredMedia(ids[2], "image/png", 5, "00", now, now.AddDays(7)), default);
        await bucket.DeleteAsync(ids[2], default);

        var time = new FakeTimeProvider(now.AddHours(1));
        var sweeper = ActivatorUtilities.CreateInstance<RetentionSweeper>(app.Services, time);
        await sweeper.SweepAsync(default);
        Assert.Equal("ab-d", await HasAsync());

        // A file of today may be on its way to its row; one of yesterday is not. What another store has put there is known to that one.
        using var another = new MediaBucket(app.Services.GetRequiredService<IOptions<BucketOptions>>(), TimeProvider.System, NullLogger<MediaBucket>.Instance, new OtherStore());
        foreach (var bytes in new[] { 5, (8 * 1024 * 1024) + 1 })
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, "other"), new byte[bytes]);
            await another.StoreAsync(Path.Combine(folder.Path, "other"), $"med_{bytes}", "image/png", default);
        }

        // Begun by a process that was killed.
        using var s3 = new AmazonS3Client(SwiftProcess.Key, SwiftProcess.Secret, new AmazonS3Config { ServiceURL = swift.Address.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await s3.InitiateMultipartUploadAsync("media", "framegate/med_dead");
        await s3.InitiateMultipartUploadAsync("media", "theirs/med_dead");
        await sweeper.SweepAsync(default);
        Assert.Equal(2, (await s3.ListMultipartUploadsAsync("media")).MultipartUploads.Count);

        time.Advance(TimeSpan.FromDays(2));
        await sweeper.SweepAsync(default);
        Assert.Equal(["theirs/med_dead"], (await s3.ListMultipartUploadsAsync("media")).MultipartUploads.Select(u => u.Key));
        Assert.Equal("ab--", await HasAsync());
        Assert.True(await bucket.HasAsync("med_5", 5, default));
        Assert.True(await bucket.HasAsync("med_8388609", 8388609, default));
        Assert.Equal((true, false), (await another.IsOwnAsync("med_8388609", default), await bucket.IsOwnAsync("med_8388609", default)));

        time.Advance(TimeSpan.FromDays(7));
        await sweeper.SweepAsync(default);
        Assert.Equal("a---", await HasAsync());
        Assert.Equal([ids[0]], (await catalogue.ListAsync("", 10, default)).Select(m => m.Id));

        async Task<string> HasAsync() => string.Concat((await Task.WhenAll(ids.Select(id => bucket.HasAsync(id, 5, default)))).Zip("abcd", (has, name) => has ? name : '-'));
    }

    private sealed class OtherStore : IKnownStore
    {
        public string StoreId => "another";
    }
}
