using System.Security.Cryptography;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Media.Bucket;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

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
        var link = await http.GetAsync(new Uri(bucket.LinkTo("med_300000", "image/png")));
        Assert.Equal((200, 300_000L), ((int)link.StatusCode, link.Content.Headers.ContentLength));
        Assert.Equal(403, (int)(await http.GetAsync(new Uri(bucket.LinkTo("med_300000", "image/png").Replace("med_300000", "med_1", StringComparison.Ordinal)))).StatusCode);

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
}
