using System.CommandLine;
using System.Runtime.CompilerServices;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Host;

/// <summary>The command line.</summary>
internal static class CommandLine
{
    /// <summary>Does what the arguments ask for. Apart from its caller, which must not load what reads them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> RunAsync(string[] args) => Create().Parse(args).InvokeAsync();

    /// <summary>The root command: run, or <c>validate</c>.</summary>
    public static RootCommand Create()
    {
        var sandbox = new Option<string?>("--sandbox")
        {
            Description = "Use stand-in providers instead of the real ones; no keys are needed. Without a value they run in this process; "
                + "with one, as in --sandbox=http://127.0.0.1:9090, they run there.",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => null,
        };
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:8080",
        };
        var config = new Option<string>("--config") { Description = "The configuration file.", DefaultValueFactory = _ => ConfigFile.Default() };
        var data = new Option<string>("--data") { Description = "The folder for jobs and media.", DefaultValueFactory = _ => DataPlace.Default() };

        var plugins = new Option<string?>("--plugins")
        {
            Description = "A folder whose *.dll files hold more adapters. They are code of full trust. Default: Framegate:Plugins:Folder of the configuration, else none.",
        };

        var providers = new Option<string?>("--providers")
        {
            Description = "A folder whose *.json files are providers. Default: the folder providers beside the configuration file.",
        };

        var root = new RootCommand("Framegate: one reverse proxy in front of every media-generation model.") { sandbox, urls, config, data, plugins, providers };
        root.SetAction((parsed, cancellationToken) => GuardAsync(() => FramegateHost.RunAsync(
            new HostArguments(
                parsed.GetResult(sandbox) is { Implicit: false },
                parsed.GetValue(sandbox),
                parsed.GetValue(urls)!,
                parsed.GetValue(config)!,
                parsed.GetValue(data)!)
            { Plugins = parsed.GetValue(plugins), Providers = parsed.GetValue(providers) },
            cancellationToken)));

        var strict = new Option<bool>("--strict") { Description = "Also names every model that has no price, and takes warnings for errors." };
        var validate = new Command("validate", "Checks the configuration file and the providers beside it without starting.") { config, providers, strict };
        validate.SetAction((parsed, cancellationToken) => GuardAsync(
            () => Validation.RunAsync(parsed.GetValue(config)!, parsed.GetValue(providers), parsed.GetValue(strict), cancellationToken)));
        root.Subcommands.Add(validate);

        var repair = new Option<bool>("--repair")
        {
            Description = "Saves what can be saved into a new database, and reports what is lost. The damaged files are kept in a folder damaged-DATE.",
        };
        var place = new Option<string?>("--config") { Description = "The configuration file. Needed only where media lie in a bucket and no start has noted it in the folder." };
        var check = new Command("check", "Looks for damage in a data folder that no running Framegate holds. Exit code: 0 all is well, 1 something is damaged or was lost, 2 it cannot be checked.")
        {
            data, repair, place,
        };
        check.SetAction((parsed, cancellationToken) => FolderCheck.RunAsync(
            parsed.GetValue(data)!, parsed.GetValue(repair), parsed.GetValue(place), Console.Out, Console.Error, cancellationToken));
        root.Subcommands.Add(check);

        root.Subcommands.Add(Migration.Command(config, providers));
        root.Subcommands.Add(ProviderTrial.Command());
        root.Subcommands.Add(KeyCommands.Command());

        var health = new Command("health", "Asks a running Framegate whether it is alive; for a container's health check.") { urls };
        health.SetAction((parsed, cancellationToken) => HealthCheck.RunAsync(parsed.GetValue(urls)!, cancellationToken));
        root.Subcommands.Add(health);
        return root;
    }

    private static Task<int> GuardAsync(Func<Task> run) => GuardAsync(async () =>
    {
        await run();
        return 0;
    });

    private static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync(SecretSources.WithoutSecrets(e.Message));
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // The program was stopped, as asked, before it had started.
            return 0;
        }
        catch (EnvFileException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return StartupException.CannotStart;
        }
    }
}
