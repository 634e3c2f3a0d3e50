using Framegate.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary>The program on data folders that were damaged while it was away. <c>DamageTests</c> tries hundreds of them in the process.</summary>
public sealed class DamagedFolderTests : IDisposable
{
    private const int DataIsDamaged = 3;
    private readonly TempFolder _data = new();
    private readonly TempFolder _killed = new();
    private readonly TempFolder _copies = new();

    public void Dispose()
    {
        _data.Dispose();
        _killed.Dispose();
        _copies.Dispose();
    }

    [Fact]
    public async Task Start_DamagedFolders_NamesTheFileAndARepairSavesOrNamesEachGeneration()
    {
        string[] ids;
        string[] media;
        await using (var gateway = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "", Data = _data.Path }))
        {
            // Whoever reads keeps what comes later in the log, where the program would take it over after a second.
            await using var reader = new SqliteConnection($"Data Source={Path.Combine(_data.Path, "sandbox", "framegate.db")};Pooling=False");
            await reader.OpenAsync();
            await using var look = reader.CreateCommand();
            look.CommandText = "BEGIN; SELECT count(*) FROM generations";
            await look.ExecuteScalarAsync();

            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique($"A fox {n}")))));
            Assert.All(answers, a => Assert.Equal(200, a.Status));
            ids = [.. answers.Select(a => a.Json.Text("request_id")!)];
            media = [.. answers.Select(a => a.Json.Text("result.media[0].id")!)];

            var held = await FramegateCommand.RunAsync(_data.Path, "check", "--data", Path.Combine(_data.Path, "sandbox"));
            Assert.True(held.ExitCode == 2 && held.Output.Contains("lock", StringComparison.Ordinal), held.Output);
            await gateway.KillAsync();
            Copy(_data.Path, _killed.Path);
        }

        await RefusedAsync("log deleted", folder => File.Delete(Path.Combine(folder, "framegate.db-wal")), "framegate.db-wal", ids);
        await RefusedAsync("log damaged", folder => Flip(Path.Combine(folder, "framegate.db-wal"), 40_000), "framegate.db-wal", ids);
        await RefusedAsync("database deleted", folder => File.Delete(Path.Combine(folder, "framegate.db")), "framegate.db is missing", ids);
        await RefusedAsync("header", folder => Flip(Path.Combine(folder, "framegate.db"), 0), "framegate.db is not a SQLite database", ids);

        await MediaAsync(ids, media);
    }

    private async Task RefusedAsync(string name, Action<string> damage, string says, string[] ids)
    {
        var copy = Copy(name);
        var folder = Path.Combine(copy, "sandbox");
        damage(folder);
        var before = Sizes(folder);

        var (exitCode, output) = await FramegateCommand.RunAsync(
            copy, "--sandbox", "--urls", "http://127.0.0.1:0", "--data", copy, "--config", Repository.RoutesFile);
        Assert.True(exitCode == DataIsDamaged, $"{name}: {exitCode} {output}");
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.Contains("check --data", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(before, Sizes(folder));

        var repaired = await FramegateCommand.RunAsync(copy, "check", "--data", folder, "--repair");
        Assert.True(repaired.ExitCode is 0 or 1, $"{name}: {repaired.Output}");
        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "", Data = copy });
        foreach (var id in ids)
        {
            Assert.True(
                (await gateway.Client.FindAsync(id)).Status == 200 || repaired.Output.Contains(id, StringComparison.Ordinal), $"{name}: {id} is lost without a word: {repaired.Output}");
        }
    }

    private async Task MediaAsync(string[] ids, string[] media)
    {
        var copy = Copy("media");
        string PathOf(string id) => Path.Combine(copy, "sandbox", "media", id[^2..], id);
        Flip(PathOf(media[0]), 1000);
        await File.AppendAllTextAsync(PathOf(media[1]), "more");
        File.Delete(PathOf(media[2]));
        var stranger = PathOf("med_" + new string('a', 32));
        Directory.CreateDirectory(Path.GetDirectoryName(stranger)!);
        await File.WriteAllTextAsync(stranger, "nobody's");

        var (exitCode, output) = await FramegateCommand.RunAsync(copy, "check", "--data", Path.Combine(copy, "sandbox"));
        Assert.Equal(1, exitCode);
        Assert.All(media.Take(3).Append(Path.GetFileName(stranger)), id => Assert.Contains(id, output, StringComparison.Ordinal));
        Assert.DoesNotContain(media[3], output, StringComparison.Ordinal);

        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "", Data = copy });
        var statuses = await Task.WhenAll(media.Select(async id => (await gateway.Client.GetAsync("/media/" + id)).Status));
        Assert.Equal([410, 410, 410, 200], statuses);
        Assert.Equal(200, (await gateway.Client.FindAsync(ids[0])).Status);
        await Eventually.GetAsync(() => Task.FromResult(File.Exists(stranger)), exists => !exists);
        await Task.WhenAll(media.Take(3).Select(id => gateway.WroteAsync($"The result {id} is lost")));
    }

    private static string Sizes(string folder) => string.Join(
        ' ', Directory.GetFiles(folder, "framegate.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetFileName(f)}:{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))[..8]}"));

    private static void Flip(string path, int where)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[where] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    private string Copy(string name)
    {
        var copy = Path.Combine(_copies.Path, name.Replace(' ', '-'));
        Copy(_killed.Path, copy);
        return copy;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
