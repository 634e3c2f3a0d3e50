using System.Text;
using CsCheck;
using Framegate.Proxy.Store.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

public sealed class JournalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AfterAnotherProcess_GivesEveryRecordInOrder() =>
        Gen.Byte.Array[1, 5000].Array[0, 60].Sample(
            records =>
            {
                using var folder = new TempFolder();
                using (var journal = Begin(folder.Path))
                {
                    foreach (var record in records)
                    {
                        _ = journal.AppendAsync(Frame(record));
                    }
                }

                using var next = new Journal(folder.Path);
                Assert.Equal(records, next.Read());
            },
            iter: 30);

    [Fact]
    public void Read_ARecordIsCutShort_GivesTheOthers()
    {
        using (var journal = Begin(_folder.Path))
        {
            foreach (var text in new[] { "first", "second", "third" })
            {
                _ = journal.AppendAsync(Frame(Encoding.UTF8.GetBytes(text)));
            }
        }

        Damage("second"u8);

        using var next = new Journal(_folder.Path);
        Assert.Equal(["first", "third"], next.Read().Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task Read_AFileIsUsedAnew_GivesNothingOfItsLastUse()
    {
        using (var journal = Begin(_folder.Path))
        {
            await journal.AppendAsync(Frame("oldest and longest, so that some of it stays"u8.ToArray()));
            journal.Rotate();
            await journal.AppendAsync(Frame("middle"u8.ToArray()));
            journal.Rotate();
            await journal.AppendAsync(Frame("new"u8.ToArray()));
        }

        using var next = new Journal(_folder.Path);
        Assert.Equal(["middle", "new"], next.Read().Select(Encoding.UTF8.GetString));
        next.Begin();
        Assert.Empty(next.Read());
    }

    [Fact]
    public async Task AppendAsync_TheFileIsFull_SaysSo()
    {
        using var journal = Begin(_folder.Path);
        var record = new byte[1024 * 1024];
        var taken = 0;
        while (await journal.AppendAsync(Frame(record)))
        {
            taken++;
        }

        Assert.Equal(7, taken);
        Assert.True(journal.IsFilling);
        journal.Rotate();
        Assert.True(await journal.AppendAsync(Frame(record)));
        Assert.Equal(8, journal.Read().Count());
    }

    [Fact]
    public async Task AppendAsync_ManyAtOnce_KeepsAll()
    {
        using (var journal = Begin(_folder.Path))
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    Assert.True(await journal.AppendAsync(Frame(Encoding.UTF8.GetBytes($"{thread}:{i}:{new string('x', i)}"))));
                }
            })));
        }

        using var next = new Journal(_folder.Path);
        var read = next.Read().Select(Encoding.UTF8.GetString).ToList();
        Assert.Equal(16 * 200, read.Distinct().Count());
        Assert.Equal(16 * 200, read.Count);
    }

    private static Journal Begin(string folder)
    {
        var journal = new Journal(folder);
        journal.Begin();
        return journal;
    }

    private static byte[] Frame(byte[] payload) => [.. new byte[JournalFile.FrameHeader], .. payload];

    private void Damage(ReadOnlySpan<byte> text)
    {
        foreach (var path in Directory.GetFiles(_folder.Path))
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.AsSpan().IndexOf(text) is >= 0 and var at)
            {
                bytes[at]++;
                File.WriteAllBytes(path, bytes);
            }
        }
    }
}
