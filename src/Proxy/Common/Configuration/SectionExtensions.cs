using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>Registers sections of the configuration.</summary>
internal static class SectionExtensions
{
    /// <summary>
    /// Binds a section to an options class that follows the file, and has it checked at start and before each reload. Register its
    /// <see cref="IValidateOptions{T}"/> beside it.
    /// </summary>
    public static IServiceCollection AddSection<T>(this IServiceCollection services, string section)
        where T : class, new()
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        return services
            .AddSingleton<IOptions<T>, LiveOptions<T>>()
            .AddSingleton<ISectionRule>(s => new SectionRule<T>(section, s.GetServices<IValidateOptions<T>>(), s));
    }
}
