using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Host;

/// <summary>What is reported once the program listens: printed for people, one line of the log for programs.</summary>
internal static class Banner
{
    /// <summary>Prints it.</summary>
    /// <param name="output">Takes it.</param>
    /// <param name="address">Where the program listens.</param>
    /// <param name="environment">The <c>.env</c> that was read; null for none.</param>
    /// <param name="services">The program.</param>
    public static void Print(TextWriter output, string address, string? environment, IServiceProvider services)
    {
        var settings = services.GetRequiredService<HostSettings>();
        var providers = services.GetRequiredService<ProviderTable>();
        output.WriteLine();
        output.WriteLine($"  Framegate listens on {address}");
        if (settings.Sandbox is not null)
        {
            output.WriteLine("  SANDBOX: stand-in providers answer, nothing is paid for, no keys are needed.");
        }

        output.WriteLine($"  Data: {services.GetRequiredService<DataFolder>().Path}");
        if (environment is not null)
        {
            output.WriteLine($"  Environment variables are read from {environment}");
        }

        var names = providers.Names;
        output.WriteLine($"  Providers: {string.Join(", ", names.Select(n => Describe(n, providers)))}");
        var ready = names.Where(providers.HasKey).SelectMany(n => providers.Find(n)!.Models.Select(m => (Provider: n, Model: m))).ToList();
        if (ready.Count > 0)
        {
            // A picture shows at once that it works; whatever else there is, if there is none.
            var (first, model) = ready.FirstOrDefault(r => r.Model is { Retired: null } && r.Model.Capabilities.Contains("text-to-image")) is { Provider: not null } picture ? picture : ready[0];
            var key = !services.GetRequiredService<ClientKeys>().Required ? ""
                : settings.ClientKey is null ? " -H \"Authorization: Bearer YOUR_CLIENT_KEY\""
                : " -H \"Authorization: Bearer $FRAMEGATE_CLIENT_KEY\"";
            output.WriteLine();
            output.WriteLine("  Try:");
            output.WriteLine($$"""
                  curl -s {{address}}/generations{{key}} -H 'Content-Type: application/json' -d '{"provider":"{{first}}","model":"{{model.Id}}","media_type":"{{model.MediaType.ToString().ToLowerInvariant()}}","prompt":"A lighthouse at dawn"}'
                """);
        }

        output.WriteLine();
        output.Flush();
    }

    /// <summary>Logs its content.</summary>
    /// <param name="address">Where the program listens.</param>
    /// <param name="environment">The <c>.env</c> that was read; null for none.</param>
    /// <param name="services">The program.</param>
    public static void Write(string address, string? environment, IServiceProvider services)
    {
        var providers = services.GetRequiredService<ProviderTable>();
        Log.Listening(
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Framegate.Proxy.Host"), address, services.GetRequiredService<DataFolder>().Path, environment ?? "",
            services.GetRequiredService<HostSettings>().Sandbox is not null, string.Join(", ", providers.Names.Where(providers.HasKey)));
    }

    private static string Describe(string name, ProviderTable providers) => providers.HasKey(name)
        ? name
        : providers.HasDestination(name) ? $"{name} (no key: {providers.WhatToSet(name)})"
        : $"{name} (no destination)";
}
