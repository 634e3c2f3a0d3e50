using System.Security.Cryptography;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A data folder with everything in it, as it is after a kill or after an orderly stop, and ways to damage it.</summary>
internal sealed class DamagedFolder : IDisposable
{
    private const int Generations = 60;
    private readonly TempFolder _killed = new();
    private readonly TempFolder _stopped = new();
    private readonly TempFolder _early = new();

    /// <summary>What has been acknowledged, by id.</summary>
    public Dictionary<string, GenerationState> Expected { get; } = new(StringComparer.Ordinal);

    public static async Task<DamagedFolder> CreateAsync()
    {
        var folder = new DamagedFolder();
        using var live = new TempFolder();
        await using (var store = new TestStore(live.Path))
        {
            for (var i = 0; i < Generations; i++)
            {
                await folder.AddAsync(store, live.Path, i);
                if (i == Generations / 2)
                {
                    Copy(live.Path, folder._early.Path);
                    await store.Writer.WriteAsync(connection => 0, default);
                }
            }

            Copy(live.Path, folder._killed.Path);
        }

        Copy(live.Path, folder._stopped.Path);
        return folder;
    }

    /// <summary>A copy of the folder as an orderly stop has left it.</summary>
    public void CopyStopped(string target) => Copy(_stopped.Path, target);

    /// <summary>A copy of the folder, damaged.</summary>
    /// <param name="seed">Decides how.</param>
    /// <param name="target">Where the copy goes.</param>
    /// <returns>What was done.</returns>
    public string Damage(int seed, string target)
    {
        var random = new Random(seed);
        var killed = random.Next(3) > 0;
        Copy(killed ? _killed.Path : _stopped.Path, target);
        var files = Directory.GetFiles(target, "framegate.db*");
        var media = Directory.GetFiles(Path.Combine(target, "media"), "med_*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var file = random.Next(6) switch
        {
            0 or 1 => Path.Combine(target, "framegate.db"),
            2 or 3 when killed => Path.Combine(target, "framegate.db-wal"),
            4 => media[random.Next(media.Length)],
            _ => files[random.Next(files.Length)],
        };
        var kind = random.Next(15);
        Do(kind, file, target, media, random);
        return $"{(killed ? "killed" : "stopped")}, kind {kind}, {Path.GetRelativePath(target, file)}";
    }

    public void Dispose()
    {
        _killed.Dispose();
        _stopped.Dispose();
        _early.Dispose();
    }

    private static void Do(int kind, string file, string target, string[] media, Random random)
    {
        var bytes = File.ReadAllBytes(file);
        switch (kind)
        {
            case 0 or 1 or 2:
                // Bytes that flip, one or a few.
                for (var i = 0; i < (kind == 2 ? 16 : 1) && bytes.Length > 0; i++)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                File.WriteAllBytes(file, bytes);
                break;
            case 3:
                File.WriteAllBytes(file, bytes[..random.Next(bytes.Length)]);
                break;
            case 4:
                File.WriteAllBytes(file, []);
                break;
            case 5:
                File.WriteAllBytes(file, [.. bytes, .. RandomNumberGenerator.GetBytes(1 + random.Next(5000))]);
                break;
            case 6 or 7:
                // A page that was never written, or went to another place.
                var page = bytes.AsSpan(Math.Min(bytes.Length, 4096 * random.Next((bytes.Length / 4096) + 1)));
                page = page[..Math.Min(page.Length, kind == 6 ? 4096 : 16384)];
                if (kind == 6)
                {
                    page.Clear();
                }
                else
                {
                    random.NextBytes(page);
                }

                File.WriteAllBytes(file, bytes);
                break;
            case 8:
                File.Delete(file);
                break;
            case 9:
                File.Delete(file);
                Directory.CreateDirectory(file);
                break;
            case 10:
                // Another file of the folder in its place.
                var other = file.EndsWith("framegate.db", StringComparison.Ordinal) ? file + ".commits" : media.First(m => m != file);
                File.Copy(other, file, overwrite: true);
                break;
            case 11:
                bytes.AsSpan(0, Math.Min(bytes.Length, 40)).Fill((byte)random.Next(256));
                File.WriteAllBytes(file, bytes);
                break;
            case 12:
                File.Delete(Path.Combine(target, "framegate.db-wal"));
                File.Delete(Path.Combine(target, "framegate.db-shm"));
                break;
            case 13:
                foreach (var each in Directory.GetFiles(target, "framegate.db*"))
                {
                    File.Delete(each);
                }

                using (var connection = new SqliteConnection($"Data Source={Path.Combine(target, "framegate.db")};Pooling=False"))
                {
                    connection.Open();
                    using var command = connection.Command(random.Next(2) == 0 ? "CREATE TABLE theirs (id)" : "PRAGMA user_version = 9999; CREATE TABLE generations (id)");
                    command.ExecuteNonQuery();
                }

                break;
            default:
                // Half of two pages, as a disk that loses power leaves them.
                var half = bytes.AsSpan(bytes.Length / 3 / 512 * 512);
                half[..Math.Min(half.Length, 512 * (1 + random.Next(32)))].Clear();
                File.WriteAllBytes(file, bytes);
                break;
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private async Task AddAsync(TestStore store, string folder, int number)
    {
        var id = $"gen_{number:00}";
        var request = States.Request($$"""{"prompt":"{{new string((char)('a' + (number % 26)), 40 * number)}}"}""", number % 5 == 0 ? $"key-{number}" : null);
        Assert.Equal(InsertOutcome.Stored, await store.Generations.InsertAsync(new GenerationChange(States.New(id), "me"), request, default));
        var state = States.Accepted(id, $"native-{number}") with { Revision = 1 };
        if (number % 4 != 0)
        {
            await store.Generations.SaveAsync(new GenerationChange(state, "me"), default);
        }

        if (number % 4 is 2 or 3)
        {
            byte[] content = [.. Enumerable.Range(0, 700 + number).Select(i => (byte)(i * number))];
            var media = new StoredMedia($"med_{number:x32}", "image/png", content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), States.Now, null);
            var path = MediaStore.PathIn(Path.Combine(folder, "media"), media.Id);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content);
            state = States.Ended(id, GenerationPhase.Succeeded) with { Revision = 2 };
            await store.Generations.SaveAsync(
                new GenerationChange(state, "me") { Media = [media], Callback = new Callback($"msg_{number}", id, "https://a.example/", 0, States.Now) }, default);
        }

        Expected[id] = number % 4 == 0 ? States.New(id) : state;
    }
}
