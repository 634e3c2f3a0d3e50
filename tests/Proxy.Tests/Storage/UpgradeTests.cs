using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
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

        var open = await store.Generations.ClaimAsync("me", s_made, s_made, 100, default);
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
        Assert.Equal("kept", Assert.Single(await store.Generations.ClaimAsync("me", States.Now, States.Now, 10, default)).State.Id);
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

        Assert.Equal(["first", "third"], (await store.Generations.ClaimAsync("me", States.Now, States.Now, 10, default)).Select(o => o.State.Id));
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

    [Fact]
    public void Open_ALaterBuildHasWrittenTheFile_SaysSoAndChangesNothing()
    {
        var path = Path.Combine(_folder.Path, "framegate.db");
        Run(path, "PRAGMA user_version = 9999");

        Assert.Throws<DataDamagedException>(() => new SqliteDatabase(path).Open(States.Now));
        Run(path, "CREATE TABLE still_empty (id)");
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
