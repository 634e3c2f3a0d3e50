using Framegate.Plugins.Loading;
using Framegate.Proxy.Media;
using Framegate.Proxy.Routing;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Startup;

/// <summary><c>validate</c>: checks a configuration file without starting.</summary>
internal static class Validation
{
    /// <summary>Prints what is wrong.</summary>
    /// <returns>0 when nothing is.</returns>
    public static int Run(string path)
    {
        var errors = Check(path);
        foreach (var error in errors)
        {
            Console.Error.WriteLine(error);
        }

        Console.WriteLine(errors.Count == 0 ? $"{path}: valid" : $"{path}: {errors.Count} error(s)");
        return errors.Count == 0 ? 0 : 1;
    }

    private static List<string> Check(string path)
    {
        var errors = new List<string>();
        var folder = Directory.CreateTempSubdirectory("framegate-validate-");
        try
        {
            using var app = FramegateHost.Build(
                new HostArguments(false, null, "http://127.0.0.1:0", path, folder.FullName), new HostSettings(null, null, null), new DataFolder(folder.FullName));
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            var providers = app.Services.GetRequiredService<ProviderTable>();
            errors.AddRange(
                from cluster in app.Services.GetRequiredService<IProxyStateLookup>().GetClusters()
                where providers.Find(cluster.ClusterId) is null && cluster.ClusterId != EgressEndpoint.Cluster.ClusterId
                select $"ReverseProxy:Clusters:{cluster.ClusterId}: no adapter has this name; set Metadata:Adapter.");
        }
        catch (StartupException e)
        {
            errors.Add(e.Message);
        }
        catch (Exception e) when (e is OptionsValidationException or AggregateException or ArgumentException or InvalidOperationException or FormatException or PluginException)
        {
            errors.AddRange(FramegateHost.Reasons(e));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return errors;
    }
}
