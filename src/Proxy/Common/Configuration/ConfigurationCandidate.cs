using Framegate.Transforms.Providers;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>A configuration that is being checked, and what has been found wrong with it.</summary>
internal sealed class ConfigurationCandidate(
    IConfiguration configuration, IReadOnlyList<ClusterConfig> clusters, IReadOnlyList<RouteConfig> routes, AdapterRegistry adapters, SectionNames sections)
{
    /// <summary>Errors that are reported; more are counted only.</summary>
    private const int MostErrors = 200;

    private readonly List<ConfigurationError> _errors = [];
    private int _more;

    /// <summary>The values: the file's with the environment's over them.</summary>
    public IConfiguration Configuration => configuration;

    /// <summary>The clusters, with environment variables put in and, with <c>--sandbox</c>, pointed at the stand-ins.</summary>
    public IReadOnlyList<ClusterConfig> Clusters => clusters;

    /// <summary>The routes.</summary>
    public IReadOnlyList<RouteConfig> Routes => routes;

    /// <summary>The adapters as they will be.</summary>
    public AdapterRegistry Adapters => adapters;

    /// <summary>The sections that something reads.</summary>
    public SectionNames Sections => sections;

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<ConfigurationError> Errors =>
        _more == 0 ? _errors : [.. _errors, new ConfigurationError(ConfigurationPath.Combine("Framegate"), $"{_more} more errors are not listed.")];

    /// <summary>Notes an error.</summary>
    public void Refuse(string path, string reason)
    {
        if (_errors.Count < MostErrors)
        {
            _errors.Add(new ConfigurationError(path, reason));
        }
        else
        {
            _more++;
        }
    }
}
