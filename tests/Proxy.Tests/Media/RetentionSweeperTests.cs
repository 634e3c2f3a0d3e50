using Framegate.EndToEnd.Tests.Jobs;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Media;

public sealed class RetentionSweeperTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddHours(1));
    private readonly MemoryStore _store = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SweepAsync_FilesThatNoGenerationKnows_GoAndOthersStay()
    {
        var media = new MediaStore(new DataFolder(_folder.Path), new FolderFlush(), Options.Create(new MediaOptions()), _time, NullLogger<MediaStore>.Instance);
        var known = Write(media, "med_" + new string('a', 32));
        var stranger = Write(media, "med_" + new string('b', 32));
        var young = Write(media, "med_" + new string('c', 32));
        var foreign = Write(media, "notes.txt");
        File.SetLastWriteTimeUtc(young, _time.GetUtcNow().UtcDateTime.AddMinutes(1));
        await _store.AddAsync("gen", new StoredMedia(Path.GetFileName(known), "image/png", 1, "00", _time.GetUtcNow(), null), default);
        var sweeper = new RetentionSweeper(_store, new StoreOwner("this"), new OneReplica(), _store, media, Options.Create(new JobsOptions()), _time, NullLogger<RetentionSweeper>.Instance);

        await sweeper.SweepAsync(default);
        Assert.Equal((true, false, true, true), (File.Exists(known), File.Exists(stranger), File.Exists(young), File.Exists(foreign)));

        // One that came after the start may be on its way to its row, for a day.
        _time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(1));
        await sweeper.SweepAsync(default);
        Assert.Equal((true, false, true), (File.Exists(known), File.Exists(young), File.Exists(foreign)));
    }

    /// <remarks>A service that ends by an exception ends the program; a call that a library has given up looks like one that was cancelled.</remarks>
    [Fact]
    public async Task Sweep_ACallWasGivenUp_IsTriedAgainAtTheNextRound()
    {
        var media = new MediaStore(new DataFolder(_folder.Path), new FolderFlush(), Options.Create(new MediaOptions()), _time, NullLogger<MediaStore>.Instance);
        var store = new HangingStore(_store);
        using var sweeper = new RetentionSweeper(store, new StoreOwner("this"), new OneReplica(), _store, media, Options.Create(new JobsOptions()), _time, NullLogger<RetentionSweeper>.Instance);

        await sweeper.StartAsync(default);
        while (!store.Again.Task.IsCompleted && !sweeper.ExecuteTask!.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        Assert.True(store.Again.Task.IsCompleted);
        await sweeper.StopAsync(default);
    }

    private sealed class HangingStore(IGenerationStore inner) : StoreDecorator(inner)
    {
        private int _calls;

        public TaskCompletionSource Again { get; } = new();

        public override ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
        {
            if (++_calls == 1)
            {
                throw new TaskCanceledException();
            }

            Again.TrySetResult();
            return new(0);
        }
    }

    private static string Write(MediaStore media, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(media.PathOf(name))!);
        File.WriteAllBytes(media.PathOf(name), [1]);
        return media.PathOf(name);
    }
}
