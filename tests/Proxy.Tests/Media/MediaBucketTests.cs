using Framegate.Proxy.Media.Bucket;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Media;

/// <summary>Reading from servers that speak S3 in their own ways, and from those that fail.</summary>
public sealed class MediaBucketTests : IAsyncLifetime, IDisposable
{
    private const string KeyEnv = "FRAMEGATE_TEST_BUCKET_KEY";
    private readonly TempFolder _folder = new();
    private readonly byte[] _file = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
    private WebApplication _server = null!;
    private MediaBucket _bucket = null!;
    private Func<HttpContext, byte[], Task> _answer = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context =>
        {
            var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
            var part = range is null ? _file : _file[(int)range.From!.Value..((int)range.To!.Value + 1)];
            context.Response.StatusCode = range is null ? 200 : 206;
            context.Response.Headers["Last-Modified"] = "Tue, 01 Dec 2026 00:00:00 GMT";
            return _answer(context, part);
        });
        await _server.StartAsync();
        Environment.SetEnvironmentVariable(KeyEnv + "_FILE", Path.Combine(_folder.Path, "key"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "key"), "secret\n");
        var options = new BucketOptions { Endpoint = new Uri(_server.Urls.First()), Name = "media", KeyEnv = KeyEnv, SecretEnv = KeyEnv };
        Assert.True(new BucketOptionsRules().Validate(null, options).Succeeded);
        _bucket = new MediaBucket(Options.Create(options), TimeProvider.System, NullLogger<MediaBucket>.Instance);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _bucket.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("\"x-of-its-own\"")]
    [InlineData("\"00112233445566778899aabbccddeeff\"")]
    [InlineData("\"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\"")]
    [InlineData("W/\"00112233445566778899aabbccddeeff\"")]
    public async Task Read_ETagThatIsNoMd5_GivesTheFile(string tag)
    {
        _answer = (context, part) =>
        {
            context.Response.Headers.ETag = tag;
            return context.Response.Body.WriteAsync(part).AsTask();
        };

        Assert.Equal(_file, await ReadAsync());
    }

    [Fact]
    public async Task Read_KeyOfAFile_IsReadForEachCall()
    {
        var signed = "";
        _answer = (context, part) =>
        {
            signed = context.Request.Headers.Authorization.ToString();
            return context.Response.Body.WriteAsync(part).AsTask();
        };
        await ReadAsync();
        Assert.Contains("Credential=secret/", signed, StringComparison.Ordinal);

        // Whoever reads a secret of a file looks at it about once a second, and this one was not read before.
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "key2"), "other");
        Environment.SetEnvironmentVariable(KeyEnv + "_FILE", Path.Combine(_folder.Path, "key2"));
        await ReadAsync();
        Assert.Contains("Credential=other/", signed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another length")]
    [InlineData("longer")]
    [InlineData("breaks off")]
    [InlineData("breaks off at once")]
    [InlineData("no date")]
    [InlineData("an error of 200")]
    public async Task Read_AnswerThatIsNotTheFile_IsABucketThatIsAway(string fault)
    {
        _answer = async (context, part) =>
        {
            context.Response.Headers.LastModified = fault == "no date" ? "yesterday" : context.Response.Headers.LastModified;
            context.Response.StatusCode = fault == "an error of 200" ? 200 : context.Response.StatusCode;
            var body = fault switch { "another length" => part[..9], "longer" => [.. part, 1], "an error of 200" => "<Error/>"u8.ToArray(), _ => part };
            context.Response.Headers.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(fault switch { "breaks off" => body.AsMemory(0, Math.Min(9, body.Length)), "breaks off at once" => default, _ => body });
        };

        await Assert.ThrowsAsync<BucketAwayException>(ReadAsync);
    }

    [Fact]
    public async Task Read_AnAnswerBreaksOffNowAndThen_GoesOnFromThere()
    {
        var calls = 0;
        _answer = async (context, part) =>
        {
            context.Response.Headers.ContentRange = $"bytes {_file.Length - part.Length}-{_file.Length - 1}/{_file.Length}";
            context.Response.Headers.ContentLength = part.Length;
            await context.Response.Body.WriteAsync(++calls < 4 ? part.AsMemory(0, 30) : part);
        };

        Assert.Equal(_file, await ReadAsync());
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task Read_ServerWithoutRanges_NeverGivesOtherBytes()
    {
        _answer = (context, _) =>
        {
            context.Response.StatusCode = 200;
            return context.Response.Body.WriteAsync(_file).AsTask();
        };
        Assert.Equal(_file, await ReadAsync());

        await using var stream = new BucketStream(_bucket, "med_1", _file.Length) { Position = 5 };
        await Assert.ThrowsAsync<BucketAwayException>(() => stream.ReadAtLeastAsync(new byte[10], 10).AsTask());
    }

    private async Task<byte[]> ReadAsync()
    {
        await using var stream = new BucketStream(_bucket, "med_1", _file.Length);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }
}
