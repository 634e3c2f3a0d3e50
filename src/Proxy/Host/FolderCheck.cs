using System.Globalization;
using System.Security.Cryptography;
using Framegate.Proxy.Common;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Host;

/// <summary><c>check</c>: looks for damage in a data folder that no running program holds, and repairs it.</summary>
internal sealed class FolderCheck
{
    private const int Well = 0;
    private const int Damaged = 1;
    private const int Impossible = 2;
    private readonly string _folder;
    private readonly string _media;
    private readonly SqliteDatabase _database;
    private readonly bool _repair;
    private readonly bool _inBucket;
    private readonly TextWriter _output;
    private readonly Lazy<string> _aside;

    private FolderCheck(string folder, bool repair, bool inBucket, TextWriter output)
    {
        (_folder, _media, _repair, _inBucket, _output) = (folder, Path.Combine(folder, "media"), repair, inBucket, output);
        _database = new SqliteDatabase(Path.Combine(folder, "framegate.db"));
        _aside = new Lazy<string>(() => Directory.CreateDirectory(
            Path.Combine(folder, "damaged-" + TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture))).FullName);
    }

    /// <summary>Checks a folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="repair">Whether to repair it.</param>
    /// <param name="config">The configuration file, which may name a bucket for media; null to go by the note in the folder alone.</param>
    /// <param name="output">Where faults go, a line each.</param>
    /// <param name="errors">Where it goes why nothing could be checked.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>0 when all is well, or was repaired without a loss; 1 when something is damaged, or was lost; 2 when it could not be checked.</returns>
    public static async Task<int> RunAsync(string folder, bool repair, string? config, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
        {
            await errors.WriteLineAsync($"There is no data folder {full}.");
            return Impossible;
        }

        FolderCheck? check = null;
        try
        {
            using var held = DataFolderLock.Take(full);
            check = new FolderCheck(full, repair, BucketNote.IsIn(full) || NamesBucket(config), output);
            return await check.RunAsync(cancellationToken);
        }
        catch (StartupException e)
        {
            await errors.WriteLineAsync(e.Message);
            return Impossible;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or EnvFileException)
        {
            await errors.WriteLineAsync($"{full} cannot be {(repair ? "repaired" : "checked")}: {e.Message}{check?.Kept()}");
            return Impossible;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Damage of a kind that nobody thought of: what counts is that the operator knows what is where.
            await errors.WriteLineAsync(
                $"{full}: {check?._database.FilePath} cannot be {(repair ? "repaired" : "checked")}, for a reason that is a fault of this program ({e.GetType().Name}: {e.Message}){check?.Kept()} "
                + "Restore the data folder from a backup, or save the rows with '.recover' of the sqlite3 program, and report this line.");
            return Impossible;
        }
    }

    /// <summary>Where the damaged files are when a repair has failed.</summary>
    private string Kept() => _aside.IsValueCreated ? $". The damaged files are kept: in their places, or in {_aside.Value}." : ". Nothing was changed.";

    private static bool NamesBucket(string? config)
    {
        if (config is null)
        {
            return false;
        }

        EnvFile.Load();
        using var configuration = new ConfigurationManager();
        ConfigFile.AddTo(configuration, config, null, onlyChecks: false);
        return configuration[$"{BucketOptions.Section}:{nameof(BucketOptions.Name)}"] is { Length: > 0 };
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var report = DatabaseCheck.Run(_database);
        foreach (var line in report.Faults.Concat(report.Notes.Select(note => "Note: " + note)))
        {
            await _output.WriteLineAsync(line);
        }

        var losses = 0;
        if (report.Faults.Count > 0)
        {
            if (!_repair || !report.CanBeRepaired)
            {
                await _output.WriteLineAsync(report.Advice);
                await _output.WriteLineAsync($"{_folder}: {report.Faults.Count} fault(s); media are not checked as long as the database is damaged");
                return Damaged;
            }

            losses = await RepairAsync();
        }
        else if (!File.Exists(_database.FilePath))
        {
            await _output.WriteLineAsync($"{_folder}: there is no framegate.db, and no trace of one");
            return Well;
        }

        var faults = await CheckMediaAsync(cancellationToken);
        await _output.WriteLineAsync(
            report.Faults.Count + faults.All == 0 ? $"{_folder}: all is well"
            : !_repair ? $"{_folder}: {faults.All} fault(s)"
            : losses + faults.Lost == 0 ? $"{_folder}: repaired, nothing is lost"
            : $"{_folder}: repaired, {losses + faults.Lost} loss(es); the damaged files are in {_aside.Value}");
        return (_repair ? losses + faults.Lost : faults.All) == 0 ? Well : Damaged;
    }

    private async Task<int> RepairAsync()
    {
        var lost = new DatabaseRepair(_database, _aside.Value).Run();
        foreach (var line in lost)
        {
            await _output.WriteLineAsync("Lost: " + line);
        }

        return DatabaseCheck.Run(_database) is { Faults: { Count: > 0 } left } ? throw new IOException($"The repaired database is damaged too: {left[0]}") : lost.Count;
    }

    private async Task<(int All, int Lost)> CheckMediaAsync(CancellationToken cancellationToken)
    {
        var rows = MediaRows.List(_database, TimeProvider.System.GetUtcNow());
        var known = rows.Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        var damaged = new List<string>();
        var elsewhere = 0;
        foreach (var (id, generation, bytes, sha256, _) in rows.Where(row => !row.IsExpired))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = MediaStore.PathIn(_media, id);
            if (_inBucket && !Path.Exists(path))
            {
                elsewhere++;
            }
            else if (await FaultOfAsync(path, bytes, sha256, cancellationToken) is { } fault)
            {
                damaged.Add(id);
                await _output.WriteLineAsync(
                    $"{(_repair && !_inBucket ? "Lost: " : "")}media/{id[^2..]}/{id} {(generation.Length == 0 ? "(an upload)" : $"of generation {generation}")} {fault}{(_inBucket ? "; it is a copy, the bucket has the file" : "")}");
                SetAside(path);
            }
        }

        if (elsewhere > 0)
        {
            await _output.WriteLineAsync($"Note: {elsewhere} media lie in the bucket alone, which is not looked into");
        }

        var strangers = MediaStore.FilesIn(_media).Where(file => !known.Contains(file.Name)).ToList();
        foreach (var file in strangers)
        {
            await _output.WriteLineAsync($"media/{file.Directory!.Name}/{file.Name} belongs to no generation");
            SetAside(file.FullName);
        }

        // What the bucket has is not lost with its copy.
        if (_repair && !_inBucket && damaged.Count > 0)
        {
            MediaRows.Forget(_database, damaged);
        }

        return (damaged.Count + strangers.Count, _inBucket ? 0 : damaged.Count);
    }

    private void SetAside(string path)
    {
        if (_repair && File.Exists(path))
        {
            Directory.CreateDirectory(Path.Combine(_aside.Value, "media"));
            File.Move(path, Path.Combine(_aside.Value, "media", Path.GetFileName(path)), overwrite: true);
        }
    }

    private static async Task<string?> FaultOfAsync(string path, long bytes, string sha256, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return Directory.Exists(path) ? "is a folder" : "is missing";
        }

        if (file.Length != bytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has {file.Length} bytes in the place of {bytes}");
        }

        try
        {
            await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) == sha256 ? null : "has other bytes than were stored";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}";
        }
    }
}
