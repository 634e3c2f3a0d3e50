using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Store.Rows;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>What a repair saves, and what it leaves alone. <c>FRAMEGATE_MUTATIONS</c> sets how many damaged databases of each version are tried.</summary>
public sealed class RepairTests : IDisposable
{
    private static readonly int s_each = int.TryParse(Environment.GetEnvironmentVariable("FRAMEGATE_MUTATIONS"), CultureInfo.InvariantCulture, out var count) ? count : 10;
    private readonly TempFolder _folder = new();

    public static TheoryData<int> Versions => [.. OldDatabase.Summed];

    public static TheoryData<int, bool> Damages
    {
        get
        {
            var damages = new TheoryData<int, bool>();
            foreach (var version in OldDatabase.Summed)
            {
                damages.Add(version, false);
                damages.Add(version, true);
            }

            return damages;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Repair_OneRowOfAnEarlierVersionIsDamaged_SavesTheOthersWithTheirKeysAndCallbacks(int version, bool headerToo)
    {
        var path = OldDatabase.Create(_folder.Path, version);
        OldDatabase.Flip(path, OldDatabase.Marker(7));
        if (headerToo)
        {
            OldDatabase.Flip(path, "SQLite format 3");
        }

        var (code, output) = await RepairAsync();

        Assert.Equal(1, code);
        Assert.Equal("Lost: generation gen_07 is lost", Assert.Single(output.Split('\n'), line => line.StartsWith("Lost: ", StringComparison.Ordinal)));
        await using (var store = new TestStore(_folder.Path))
        {
            foreach (var i in Enumerable.Range(0, OldDatabase.Generations).Where(i => i != 7))
            {
                Assert.Equal(StateJson.Write(OldDatabase.State(i)), StateJson.Write((await store.Generations.FindAsync(OldDatabase.Id(i), default))!));
                Assert.Equal(OldDatabase.Id(i), (await store.Generations.FindKeyAsync("local", $"key-{i:00}", default))!.Id);
                Assert.Equal("https://a.example/hook", Assert.Single(await store.Callbacks.ListAsync(OldDatabase.Id(i), default)).Url);
            }

            Assert.Equal("eu", await store.NativeJobs.FindAsync("sora", ["video_1"], default));
            Assert.Equal(OldDatabase.Generations - 1, (await store.Generations.ClaimAsync("me", TimeSpan.Zero, 100, default)).Count);
        }

        Assert.Equal(0, (await CheckAsync()).Code);
    }

    [Fact]
    public async Task Repair_TheHeaderOfABuildWithoutChecksumsIsGone_IsLeftToThatBuild()
    {
        var path = OldDatabase.Create(_folder.Path, DatabaseCheck.Summed - 1);
        OldDatabase.Flip(path, "SQLite format 3");
        var before = await File.ReadAllBytesAsync(path);

        var (code, output) = await RepairAsync();

        Assert.Equal(2, code);
        Assert.Contains("repair it with the build that wrote it", output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public void Steps_SinceThereAreChecksums_OnlyAddColumnsAtTheEnd()
    {
        // A repair takes rows of an earlier version by that.
        Dictionary<string, string[]> before = [];
        foreach (var version in OldDatabase.Summed)
        {
            using var folder = new TempFolder();
            using var connection = new SqliteConnection($"Data Source={OldDatabase.Create(folder.Path, version)};Pooling=False");
            connection.Open();
            foreach (var table in RowSums.Tables)
            {
                using var info = connection.Command($"SELECT name FROM pragma_table_info('{table.Name}') ORDER BY cid");
                var columns = info.All(r => r.GetString(0)).ToArray();
                Assert.Equal(before.GetValueOrDefault(table.Name, []), columns.Take(before.GetValueOrDefault(table.Name, []).Length));
                before[table.Name] = columns;
            }
        }
    }

    [Fact]
    public async Task Repair_AClientIsThereTwice_IsTakenOnce()
    {
        var path = OldDatabase.Create(_folder.Path, SqliteMigrations.Steps.Length);
        OldDatabase.Flip(path, OldDatabase.Marker(7));
        var bytes = await File.ReadAllBytesAsync(path);
        var at = bytes.AsSpan().LastIndexOf("studio"u8) / 16384 * 16384;
        await File.WriteAllBytesAsync(path, [.. bytes, .. bytes.AsSpan(at, 16384)]);

        var (code, output) = await RepairAsync();

        Assert.True(code == 1, output);
        OldDatabase.Run(path, "SELECT 1 / (count(*) = 1) FROM clients");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(3 * 16384)]
    [InlineData(-16384)]
    [InlineData(-9000)]
    public async Task Repair_TheEndOfTheFileIsCutOff_IsReportedAsALoss(int length)
    {
        var path = OldDatabase.Create(_folder.Path, SqliteMigrations.Steps.Length);
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(length > 0 ? length : file.Length + length);
        }

        var (code, output) = await RepairAsync();

        Assert.Equal(1, code);
        Assert.Contains("cannot be listed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_AGenerationIsForgottenAndItsMediumLivesOn_IsNotReportedAsLost()
    {
        var path = OldDatabase.Create(_folder.Path, SqliteMigrations.Steps.Length);
        await AddMediumAsync(path, "forgotten");
        OldDatabase.Run(path, "UPDATE store SET sum = 0");

        var (code, output) = await RepairAsync();

        Assert.True(code == 0, output);
        Assert.DoesNotContain("forgotten", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_AFailureThatNobodyThoughtOf_IsALineAndTheFilesAreKept()
    {
        var path = OldDatabase.Create(_folder.Path, SqliteMigrations.Steps.Length);
        OldDatabase.Flip(path, OldDatabase.Marker(7));
        var before = await File.ReadAllBytesAsync(path);
        using var errors = new StringWriter();

        var code = await FolderCheck.RunAsync(_folder.Path, true, null, new FailingWriter(), errors, default);

        Assert.Equal(2, code);
        var line = Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("framegate.db", line, StringComparison.Ordinal);
        Assert.Contains("backup", line, StringComparison.Ordinal);
        Assert.Contains(Directory.GetDirectories(_folder.Path, "damaged-*").Single(), line, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(Directory.GetDirectories(_folder.Path, "damaged-*").Single(), "framegate.db")));
    }

    [Fact]
    public async Task Check_MediaLieInABucket_NoneIsMissingAndNoneIsForgotten()
    {
        var path = OldDatabase.Create(_folder.Path, SqliteMigrations.Steps.Length);
        var file = await AddMediumAsync(path, "gen_01");
        Environment.SetEnvironmentVariable("FRAMEGATE_TEST_NOTE_KEY", "secret");
        var options = new BucketOptions { Endpoint = new Uri("http://127.0.0.1:9"), Name = "media", KeyEnv = "FRAMEGATE_TEST_NOTE_KEY", SecretEnv = "FRAMEGATE_TEST_NOTE_KEY" };
        using var bucket = new MediaBucket(Options.Create(options), TimeProvider.System, NullLogger<MediaBucket>.Instance);
        await new BucketNote(new DataFolder(_folder.Path), new FolderFlush(), bucket).StartAsync(default);

        // A copy that is damaged goes, and no more than the copy.
        await File.WriteAllBytesAsync(file, [9, 9, 9]);
        var (code, output) = await CheckAsync();
        Assert.True(code == 1 && output.Contains("has other bytes", StringComparison.Ordinal), output);
        (code, output) = await RepairAsync();
        Assert.True(code == 0 && !File.Exists(file), output);

        (code, output) = await RepairAsync();
        Assert.True(code == 0 && !output.Contains("media/", StringComparison.Ordinal), output);
        OldDatabase.Run(path, "SELECT 1 / (count(*) = 1) FROM media");
        Assert.DoesNotContain("secret", string.Concat(Directory.GetFiles(_folder.Path, "media-*").Select(File.ReadAllText)), StringComparison.Ordinal);

        // A node without a bucket has its media here.
        await new BucketNote(new DataFolder(_folder.Path), new FolderFlush()).StartAsync(default);
        (code, output) = await CheckAsync();
        Assert.True(code == 1 && output.Contains("is missing", StringComparison.Ordinal), output);

        // Nobody has started since there is a bucket: the configuration names it.
        var config = Path.Combine(_folder.Path, "routes.json");
        await File.WriteAllTextAsync(config, """{ "Framegate": { "Media": { "Bucket": { "Endpoint": "https://s3.example", "Name": "media" } } } }""");
        (code, output) = await RunAsync(repair: true, config);
        Assert.True(code == 0, output);
        OldDatabase.Run(path, "SELECT 1 / (count(*) = 1) FROM media");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Repair_ADatabaseOfAnyVersionDamagedAtRandom_NamesEachGenerationThatIsLost(int version)
    {
        using var source = new TempFolder();
        var bytes = await File.ReadAllBytesAsync(OldDatabase.Create(source.Path, version));
        var (saved, lost, refused, silent) = (0, 0, 0, new List<string>());
        for (var seed = 0; seed < s_each; seed++)
        {
            using var folder = new TempFolder();
            var done = Mutate(bytes, new Random((version * 100_000) + seed), Path.Combine(folder.Path, "framegate.db"));
            using var output = new StringWriter();
            var code = await FolderCheck.RunAsync(folder.Path, true, null, output, output, default).WaitAsync(TimeSpan.FromSeconds(60));
            var report = output.ToString();
            if (report.Contains("a fault of this program", StringComparison.Ordinal) || report.Contains("   at ", StringComparison.Ordinal))
            {
                silent.Add($"version {version}, seed {seed}, {done}: {report}");
            }

            if (code == 2 || report.Contains("Nothing was changed", StringComparison.Ordinal))
            {
                refused++;
                continue;
            }

            await using var store = new TestStore(folder.Path);
            foreach (var i in Enumerable.Range(0, OldDatabase.Generations))
            {
                var state = await store.Generations.FindAsync(OldDatabase.Id(i), default);
                if (state is not null && StateJson.Write(state).AsSpan().SequenceEqual(StateJson.Write(OldDatabase.State(i))))
                {
                    saved++;
                }
                else if (report.Contains(OldDatabase.Id(i), StringComparison.Ordinal) || report.Contains("cannot be listed", StringComparison.Ordinal))
                {
                    lost++;
                }
                else
                {
                    silent.Add($"version {version}, seed {seed}, {done}: {OldDatabase.Id(i)} is lost silently: {report}");
                }
            }
        }

        Console.WriteLine($"version {version}: {s_each} damaged, saved {saved}, lost and named {lost}, refused {refused}, silent or failed {silent.Count}");
        Assert.True(silent.Count == 0, string.Join('\n', silent.Take(5)));
    }

    private static string Mutate(byte[] source, Random random, string path)
    {
        const int Page = 16384;
        var bytes = (byte[])source.Clone();
        var pages = bytes.Length / Page;
        var kind = random.Next(6);
        switch (kind)
        {
            case 0:
                for (var i = random.Next(1, 40); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                break;
            case 1:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
            case 2:
                bytes.AsSpan(random.Next(pages) * Page, Page).Clear();
                break;
            case 3:
                // Another page in its place.
                bytes.AsSpan(random.Next(pages) * Page, Page).CopyTo(bytes.AsSpan(random.Next(pages) * Page));
                break;
            case 4:
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length / 512) * 512, 512));
                break;
            default:
                // Where the counts, the pointers and the lengths of rows are.
                var at = random.Next(pages) * Page;
                for (var i = random.Next(1, 12); i > 0; i--)
                {
                    bytes[at + random.Next(100)] = (byte)random.Next(256);
                }

                break;
        }

        File.WriteAllBytes(path, bytes);
        return $"kind {kind}";
    }

    private async Task<string> AddMediumAsync(string path, string generation)
    {
        byte[] content = [1, 2, 3];
        var id = "med_" + new string('a', 32);
        OldDatabase.Run(
            path, "INSERT INTO media (id, generation, content_type, bytes, sha256, created, sum) SELECT $1, $2, 'image/png', 3, $3, 5, row_sum($1, $2, 'image/png', 3, $3, 5, NULL)",
            id, generation, Convert.ToHexStringLower(SHA256.HashData(content)));
        var file = MediaStore.PathIn(Path.Combine(_folder.Path, "media"), id);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, content);
        return file;
    }

    private Task<(int Code, string Output)> CheckAsync() => RunAsync(repair: false);

    private Task<(int Code, string Output)> RepairAsync() => RunAsync(repair: true);

    private async Task<(int Code, string Output)> RunAsync(bool repair, string? config = null)
    {
        using var output = new StringWriter();
        return (await FolderCheck.RunAsync(_folder.Path, repair, config, output, output, default), output.ToString());
    }

    private sealed class FailingWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value) =>
            value!.StartsWith("Lost: ", StringComparison.Ordinal) ? Task.FromException(new InvalidCastException("Nobody thought of this.")) : Task.CompletedTask;
    }
}
