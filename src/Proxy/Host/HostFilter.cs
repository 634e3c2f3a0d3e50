namespace Framegate.Proxy.Host;

/// <summary>
/// <c>AllowedHosts</c>: the names that clients may use in <c>Host</c>. The framework's filter stands before everything; here health is asked by any name, since a
/// balancer or a container's own check asks an address.
/// </summary>
internal static class HostFilter
{
    private const string Health = "/health";
    private const string FrameworksOwn = "HostFilteringStartupFilter";

    /// <summary>Takes the framework's filter out of its place.</summary>
    public static void Apply(IServiceCollection services)
    {
        foreach (var filter in services.Where(s => s.ServiceType == typeof(IStartupFilter) && s.ImplementationType?.Name == FrameworksOwn).ToList())
        {
            services.Remove(filter);
        }
    }

    /// <summary>Puts it in front of all but health.</summary>
    public static void Use(IApplicationBuilder app) => app.UseWhen(c => !c.Request.Path.StartsWithSegments(Health), filtered => filtered.UseHostFiltering());
}
