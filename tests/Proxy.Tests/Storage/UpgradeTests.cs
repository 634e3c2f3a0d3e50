using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Store.Rows;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Data folders of earlier builds. The archive was made by the last build with a journal, which was killed while its database was held by another program.</summary>
public sealed class UpgradeTests : IDisposable
{
    private static readonly DateTimeOffset s_made = new(2026, 11, 28, 14, 19, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_AFolderWithAJournal_LosesNothing()
    {
        ZipFile.ExtractToDirectory(Path.Combine(Repository.Root, "tests/Proxy.Tests/Fixtures/data-folder-with-journal.zip"), _folder.Path);

        await using var store = new TestStore(_folder.Path);

        var open = await store.Generations.ClaimAsync("me", TimeSpan.Zero, 100, default);
        Assert.Equal(["video_01a2228642ef7097b8219bb8c3dcfbd9", "cancelled"], open.Take(2).Select(o => o.State.Id));

        // These were in the journal alone.
        Assert.Equal(
            ["gen_01a222864eea7e67a7053217edda7857", "gen_01a222864ef9736791cf5a41302aec7e", "gen_01a222864f017f66a49cc365af71a371"], open.Skip(2).Select(o => o.State.Id));
        Assert.All(open, o => Assert.Equal(GenerationPhase.Running, o.State.Phase));
        Assert.All(open, o => Assert.NotNull(o.State.Job?.NativeId));

        var done = (await store.Generations.FindAsync("gen_01a222863c6671fd87a0e02b193f9de6", default))!;
        Assert.Equal(GenerationPhase.Succeeded, done.Phase);
        Assert.NotNull(await store.Media.FindAsync(done.Result!.Media[0].Id, default));
        Assert.Equal(done.Id, (await store.Generations.FindKeyAsync("local", "key-done", default))!.Id);

        // What the dialect kept in a table of its own is the generation's.
        var video = open[0].State;
        Assert.Contains("a boat", Encoding.UTF8.GetString(video.Attachment!), StringComparison.Ordinal);
        Assert.Equal(
            [video.Id],
            await store.Generations.FindRepeatsAsync("local", (await store.Generations.FindFingerprintAsync(video.Id, default))!, s_made.AddHours(-1), default));

        var callback = Assert.Single(await store.Callbacks.ClaimDueAsync(s_made.AddHours(1), s_made.AddHours(2), new CallbackRoom(10, 10, new Dictionary<string, int>()), default));
        Assert.Equal(("msg_1", "called-back", "http://127.0.0.1:9/hook", 1), (callback.Id, callback.Generation, callback.Url, callback.Attempts));
        Assert.Empty(Directory.GetFiles(_folder.Path, "journal-*"));
    }

    [Fact]
    public async Task Open_TheJournalHoldsAGenerationThatIsForgotten_ItDoesNotComeBack()
    {
        WriteJournal(0, 1, States.New("forgotten") with { CreatedAt = States.Now.AddDays(-8), Revision = 1 }, States.New("kept") with { Revision = 1 });

        await using var store = new TestStore(_folder.Path);

        Assert.Null(await store.Generations.FindAsync("forgotten", default));
        Assert.Equal("kept", Assert.Single(await store.Generations.ClaimAsync("me", TimeSpan.Zero, 10, default)).State.Id);
    }

    [Fact]
    public async Task Open_TheJournalHoldsAStateThatWasUndone_TheRowStays()
    {
        await using (var store = new TestStore(_folder.Path))
        {
            await store.Generations.InsertAsync(new GenerationChange(States.New("a") with { Revision = 1 }, "me"), States.Request(), default);
            await store.Generations.SaveAsync(new GenerationChange(States.Accepted("a", "native") with { Revision = 2 }, "me"), default);
        }

        WriteJournal(0, 1, States.Ended("a", GenerationPhase.Failed) with { Revision = 2 });
        await using var after = new TestStore(_folder.Path);

        Assert.Equal(GenerationPhase.Running, (await after.Generations.FindAsync("a", default))!.Phase);
    }

    [Fact]
    public async Task Open_TheJournalHoldsAStateThatWasUndoneAndWhatCameInstead_TheLaterOneCounts()
    {
        WriteJournal(1, 7, States.New("a") with { Revision = 1 }, States.Ended("a", GenerationPhase.Failed) with { Revision = 2 });
        WriteJournal(0, 8, States.Accepted("a", "native") with { Revision = 2 });

        await using var store = new TestStore(_folder.Path);

        Assert.Equal(GenerationPhase.Running, (await store.Generations.FindAsync("a", default))!.Phase);
    }

    [Fact]
    public async Task Open_AFrameOfTheJournalIsDamaged_GivesTheOthers()
    {
        WriteJournal(0, 1, States.New("first") with { Revision = 1 }, States.New("second") with { Revision = 1 }, States.New("third") with { Revision = 1 });
        var path = Path.Combine(_folder.Path, "journal-0");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.AsSpan().IndexOf("second"u8)]++;
        await File.WriteAllBytesAsync(path, bytes);

        await using var store = new TestStore(_folder.Path);

        Assert.Equal(["first", "third"], (await store.Generations.ClaimAsync("me", TimeSpan.Zero, 10, default)).Select(o => o.State.Id));
    }

    [Fact]
    public async Task Open_RowNumbersWereUsedAgain_NoIdLeadsToThem()
    {
        // A forgotten generation's row number goes to the next one; whatever held the number must not lead there.
        await using var store = new TestStore(_folder.Path);
        var change = new GenerationChange(States.Ended("gen_" + new string('a', 32), GenerationPhase.Succeeded), "me");
        await store.Generations.InsertAsync(change, States.Request(), default);
        var hit = HitId.Read(HitId.New(States.Now, change.State.Id))!.Value;
        Assert.NotNull(await store.Generations.FindAsync(hit.Origin, default));

        await store.Generations.ForgetAsync(States.Now.AddDays(1), 10, default);
        await store.Generations.InsertAsync(change with { State = change.State with { Id = "gen_" + new string('b', 32) } }, States.Request(), default);

        Assert.Null(await store.Generations.FindAsync(hit.Origin, default));
    }

    public static TheoryData<int> EarlierSteps => [.. Enumerable.Range(1, SqliteMigrations.Steps.Length - 1)];

    [Theory]
    [MemberData(nameof(EarlierSteps))]
    public async Task Open_AFolderOfAnEarlierStep_LosesNothing(int step)
    {
        var path = Path.Combine(_folder.Path, "framegate.db");
        var running = States.Accepted("running", "native-1") with { Revision = 1 };
        var done = States.Ended("done", GenerationPhase.Succeeded) with { Revision = 2 };
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            RowSums.AddTo(connection);
            Execute(connection, "PRAGMA journal_mode = WAL");
            foreach (var sql in SqliteMigrations.Steps[..step])
            {
                Execute(connection, sql);
            }

            foreach (var state in new[] { running, done })
            {
                Execute(
                    connection,
                    "INSERT INTO generations (id, client, created, status, open, provider, native_id, fingerprint, state, request, revision) VALUES ($1, 'local', $2, $3, $4, 'flux', $5, $6, $7, $8, $9)",
                    state.Id, state.CreatedAt.ToUnixTimeMilliseconds(), RowNames.Of(state.Status), state.IsOpen ? 1 : 0, state.Job?.NativeId,
                    States.Request().Fingerprint, StateJson.Write(state), state.IsOpen ? States.Request().Body : null, state.Revision);
            }

            Execute(connection, "INSERT INTO idempotency_keys (client, key, generation, fingerprint) VALUES ('local', 'key', 'done', $1)", States.Request().Fingerprint);
            Execute(connection, "INSERT INTO media (id, generation, content_type, bytes, sha256, created) VALUES ('med_1', 'done', 'image/png', 3, '00', 5)");
            Execute(connection, "INSERT INTO native_jobs (provider, native_id, destination, created) VALUES ('sora', 'video_1', 'eu', $1)", States.Now.ToUnixTimeMilliseconds());
            if (step == 1)
            {
                Execute(connection, "INSERT INTO callbacks (generation, url, attempts, due) VALUES ('done', 'https://a.example/hook', 1, 7)");
            }
            else
            {
                var wake = step >= 4;
                Execute(connection, $"INSERT INTO deliveries (id, generation, url, attempts, due{(wake ? ", wake, receiver" : "")}) VALUES ('msg_1', 'done', 'https://a.example/hook', 1, 7{(wake ? ", 7, 'a.example'" : "")})");
            }

            Execute(connection, $"PRAGMA user_version = {step}");
            if (step >= DatabaseCheck.Summed)
            {
                // What a build of that step would have left.
                RowSums.Fill(connection);
            }
        }

        await using (var store = new TestStore(_folder.Path))
        {
            await HasAllAsync(store);
        }

        // And once more, with its checksums in place.
        await using var again = new TestStore(_folder.Path);
        await HasAllAsync(again);

        async Task HasAllAsync(TestStore store)
        {
            Assert.Equal(StateJson.Write(running), StateJson.Write((await store.Generations.FindAsync("running", default))!));
            Assert.Equal(StateJson.Write(done), StateJson.Write((await store.Generations.FindAsync("done", default))!));
            var claimed = Assert.Single(await store.Generations.ClaimAsync("me", TimeSpan.Zero, 10, default));
            Assert.Equal(("running", true), (claimed.State.Id, claimed.Body.AsSpan().SequenceEqual(States.Request().Body)));
            Assert.Equal("done", (await store.Generations.FindKeyAsync("local", "key", default))!.Id);
            Assert.Equal(3, (await store.Media.FindAsync("med_1", default))!.Bytes);
            Assert.Equal("eu", await store.NativeJobs.FindAsync("sora", ["video_1"], default));
            var callback = Assert.Single(await store.Callbacks.ListAsync("done", default));
            Assert.Equal((CallbackStatus.Pending, "https://a.example/hook"), (callback.Status, callback.Url));
        }
    }

    [Fact]
    public async Task Check_ADamagedFileOfABuildWithoutChecksums_IsLeftAlone()
    {
        var path = Path.Combine(_folder.Path, "framegate.db");
        Run(path, string.Concat(SqliteMigrations.Steps[..(DatabaseCheck.Summed - 1)]) + $"PRAGMA user_version = {DatabaseCheck.Summed - 1}");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(4096, 512).Fill(0x55);
        await File.WriteAllBytesAsync(path, bytes);
        await using var output = new StringWriter();

        Assert.Equal(1, await FolderCheck.RunAsync(_folder.Path, true, null, output, output, default));
        Assert.Contains(".recover", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public void Open_ALaterBuildHasWrittenTheFile_SaysSoAndChangesNothing()
    {
        var path = Path.Combine(_folder.Path, "framegate.db");
        Run(path, "PRAGMA user_version = 9999");

        Assert.Throws<DataDamagedException>(() => new SqliteDatabase(path).Open(States.Now));
        Run(path, "CREATE TABLE still_empty (id)");
    }

    private static void Execute(SqliteConnection connection, string sql, params object?[] values)
    {
        using var command = connection.Command(sql, values);
        command.ExecuteNonQuery();
    }

    private static void Run(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A file as the earlier build wrote it: a first state comes with its request.</summary>
    private void WriteJournal(int file, long sequence, params GenerationState[] states)
    {
        using var stream = File.Create(Path.Combine(_folder.Path, $"journal-{file}"));
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(header, sequence);
        stream.Write(header);
        foreach (var state in states)
        {
            var json = StateJson.Write(state);
            byte[] request = state.Revision == 1 ? [.. States.Request().Fingerprint, .. States.Request().Body] : [];
            var payload = new byte[sizeof(int) + json.Length + request.Length];
            BinaryPrimitives.WriteInt32LittleEndian(payload, json.Length);
            json.CopyTo(payload, sizeof(int));
            request.CopyTo(payload, sizeof(int) + json.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], payload.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32.HashToUInt32(payload));
            stream.Write(header);
            stream.Write(payload);
            stream.Write(new byte[(16 - (payload.Length % 16)) % 16]);
        }

        stream.SetLength(8 * 1024 * 1024);
    }
}
