using System.CommandLine;
using Framegate.Plugins.Loading;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Store.Moving;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Framegate.Proxy.Host;

/// <summary><c>migrate</c>: moves a data folder into the database and the bucket that the configuration names.</summary>
internal static class Migration
{
    private const string Postgres = "postgres";
    private const int Incomplete = 1;

    /// <summary>The command.</summary>
    public static Command Command(Option<string> config, Option<string?> providers)
    {
        var from = new Option<string>("--from") { Description = "The data folder. No running Framegate may hold it.", Required = true };
        var to = new Option<string>("--to") { Description = "Where to: postgres, for the database of Framegate:Store:Postgres and the bucket of Framegate:Media:Bucket.", Required = true };
        to.AcceptOnlyFromAmong(Postgres);
        var sandbox = new Option<bool>("--sandbox") { Description = "Moves what stand-in providers have made, which lies apart from the rest." };
        var command = new Command(
            "migrate", "Moves generations, keys, clients, spending, callbacks and media of a data folder into what replicas share. It can be run again: nothing is doubled.")
        {
            from, to, sandbox, config, providers,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(from)!, parsed.GetValue(sandbox), parsed.GetValue(config)!, parsed.GetValue(providers), Console.Out, Console.Error, cancellationToken));
        return command;
    }

    /// <summary>Moves a folder.</summary>
    /// <returns>0 when all of it is moved; 1 when something was not, which is printed.</returns>
    private static async Task<int> RunAsync(
        string from, bool sandbox, string config, string? providers, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        EnvFile.Load();
        var folder = Path.GetFullPath(sandbox ? Path.Combine(from, "sandbox") : from);
        var file = Path.Combine(folder, "framegate.db");
        try
        {
            if (!File.Exists(file))
            {
                throw new StartupException($"{folder} is no data folder of Framegate: there is no framegate.db.");
            }

            using var held = DataFolderLock.Take(folder);
            var settings = new HostSettings(sandbox ? new Dictionary<string, Uri>() : null, null);
            await using var app = FramegateHost.Create(new HostArguments(false, null, "http://127.0.0.1:0", config, ".") { Providers = providers }, settings, held.Folder);
            return await MoveAsync(app.Services, folder, new SqliteDatabase(file), output, errors, cancellationToken);
        }
        catch (Exception e) when (e is StartupException or IOException or UnauthorizedAccessException or SqliteException or NpgsqlException or DataDamagedException or PluginException or InvalidOperationException
            or StoreUnavailableException or OptionsValidationException)
        {
            await errors.WriteLineAsync(SecretSources.WithoutSecrets($"{folder} is not moved, or not to its end: {e.Message}"));
            return Incomplete;
        }
    }

    private static async Task<int> MoveAsync(
        IServiceProvider services, string folder, SqliteDatabase source, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var target = services.GetService<PostgresDatabase>() ?? throw new StartupException($"{StoreOptions.Section}:{nameof(StoreOptions.Postgres)} is not set.");
        var bucket = services.GetService<MediaBucket>() ?? throw new StartupException($"{BucketOptions.Section}:{nameof(BucketOptions.Name)} is not set; media would stay behind.");
        if (await bucket.WhyAwayAsync(cancellationToken) is { } reason)
        {
            throw new StartupException($"The bucket cannot be used: {reason}");
        }

        await target.OpenAsync(cancellationToken);
        var time = services.GetRequiredService<TimeProvider>();
        foreach (var note in source.Open(time.GetUtcNow() - services.GetRequiredService<IOptions<JobsOptions>>().Value.Retention))
        {
            await output.WriteLineAsync("Note: " + note);
        }

        // Before the first generation can be driven elsewhere.
        MovedFolder.Mark(folder, target.Place);
        using var connection = source.Connect();
        var move = new FolderMove(folder, connection, target, bucket, services.GetRequiredService<InputFolder>(), time);
        try
        {
            await move.RunAsync(cancellationToken);
        }
        finally
        {
            source.Record.Dispose();
            foreach (var (kind, moved, known) in move.Counts.Kinds)
            {
                await output.WriteLineAsync($"{kind}: {moved} moved{(known > 0 ? $", {known} there already" : "")}");
            }
        }

        foreach (var problem in move.Counts.Problems)
        {
            await errors.WriteLineAsync(problem);
        }

        await output.WriteLineAsync($"{folder}: moved to {target.Place}{(move.Counts.Problems.Count > 0 ? $", but for {move.Counts.Problems.Count}" : "")}. Nothing starts on it any more; keep it until you trust the copy.");
        return move.Counts.Problems.Count == 0 ? 0 : Incomplete;
    }
}
