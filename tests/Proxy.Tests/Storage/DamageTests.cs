using System.Globalization;
using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Framegate.Proxy.Store.Rows;
using Framegate.Proxy.Store.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>
/// Damaged data folders, hundreds of them. Whatever was acknowledged is there as it was, or a start refuses and names the file; a repair saves it or names it.
/// <c>FRAMEGATE_MUTATIONS</c> sets how many each group tries.
/// </summary>
public sealed class DamageTests(DamageTests.Folders folders) : IClassFixture<DamageTests.Folders>
{
    private static readonly int s_each = int.TryParse(Environment.GetEnvironmentVariable("FRAMEGATE_MUTATIONS"), CultureInfo.InvariantCulture, out var count) ? count : 25;

    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 8)];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Open_AFolderDamagedAtRandom_LosesNothingSilently(int group)
    {
        for (var i = 0; i < s_each; i++)
        {
            var seed = (group * s_each) + i;
            using var target = new TempFolder();
            var done = $"seed {seed}: {folders.Source.Damage(seed, target.Path)}";
            try
            {
                await TryAsync(target.Path, done);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{done}: {e}");
            }
        }
    }

    [Fact]
    public void Run_AfterAnOrderlyStop_TheSealStandsForTheRowsUntilAByteChanges()
    {
        using var target = new TempFolder();
        folders.Source.CopyStopped(target.Path);
        var database = new SqliteDatabase(Path.Combine(target.Path, "framegate.db"));
        database.Record.Read();
        Assert.Equal(CommitRecord.HashOf(database.FilePath), database.Record.Seal);
        Assert.Empty(DatabaseCheck.Run(database, trustSeal: true).Faults);

        var bytes = File.ReadAllBytes(database.FilePath);
        bytes[bytes.AsSpan().LastIndexOf("native-"u8)] ^= 1;
        File.WriteAllBytes(database.FilePath, bytes);

        Assert.NotEmpty(DatabaseCheck.Run(database, trustSeal: true).Faults);
    }

    private async Task TryAsync(string folder, string done)
    {
        using var output = new StringWriter();
        var found = await FolderCheck.RunAsync(folder, false, null, output, output, default);
        Assert.True(found is 0 or 1 or 2, done);
        try
        {
            await using var store = new TestStore(folder);
            foreach (var (id, expected) in folders.Source.Expected)
            {
                var state = await store.Generations.FindAsync(id, default);
                Assert.True(state is not null && StateJson.Write(state).AsSpan().SequenceEqual(StateJson.Write(expected)), $"{done}: {id} is lost silently; check: {output}");
            }

            // What a start lets through can only be about media, or about the record of commits.
            Assert.True(output.ToString().Split('\n').All(l => l.Length == 0 || l.StartsWith("media/", StringComparison.Ordinal) || l.StartsWith("Note:", StringComparison.Ordinal)
                || l.Contains(folder, StringComparison.Ordinal)), $"{done}: {output}");
        }
        catch (IOException refused)
        {
            Assert.Contains("framegate.db", refused.Message, StringComparison.Ordinal);
            Assert.True(found == 1, $"{done}: {output}");
            if (refused is DataDamagedException)
            {
                await RepairAsync(folder, done);
            }
        }
    }

    private async Task RepairAsync(string folder, string done)
    {
        using var output = new StringWriter();
        var code = await FolderCheck.RunAsync(folder, true, null, output, output, default);
        var report = output.ToString();
        if (report.Contains("Nothing was changed", StringComparison.Ordinal))
        {
            // Not a file that a repair may replace: another application's, a later build's, a folder.
            Assert.Equal(1, code);
            return;
        }

        Assert.True(code is 0 or 1, $"{done}: {code} {report}");
        await using (var store = new TestStore(folder))
        {
            foreach (var (id, expected) in folders.Source.Expected)
            {
                var state = await store.Generations.FindAsync(id, default);
                var same = state is not null && StateJson.Write(state).AsSpan().SequenceEqual(StateJson.Write(expected));
                Assert.True(same || report.Contains(id, StringComparison.Ordinal), $"{done}: {id} is lost, and the repair does not name it: {report}");
                folders.Lost += same ? 0 : 1;
                folders.Saved += same ? 1 : 0;
            }
        }

        using var again = new StringWriter();
        Assert.True(await FolderCheck.RunAsync(folder, false, null, again, again, default) == 0, $"{done}: {again}");
    }

    /// <summary>The folder that all of them begin with.</summary>
    public sealed class Folders : IAsyncLifetime
    {
        internal DamagedFolder Source { get; private set; } = null!;

        internal int Saved { get; set; }

        internal int Lost { get; set; }

        public async Task InitializeAsync() => Source = await DamagedFolder.CreateAsync();

        public Task DisposeAsync()
        {
            Console.WriteLine($"saved {Saved}, lost {Lost}");
            Source.Dispose();
            return Task.CompletedTask;
        }
    }
}
