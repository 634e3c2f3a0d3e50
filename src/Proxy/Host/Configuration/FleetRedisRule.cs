using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Common.Redis;

namespace Framegate.Proxy.Host.Configuration;

/// <summary><c>Framegate:Redis</c> is the address of a Redis.</summary>
internal sealed class FleetRedisRule : ISectionRule
{
    public string Section => FleetRedis.Setting;

    public Type OptionsType => typeof(string);

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var setting = candidate.Configuration.GetSection(Section);
        if (setting.GetChildren().Any() || (setting.Value is { Length: > 0 } address && !RedisAddress.TryRead(address, out _)))
        {
            candidate.Refuse(Section, RedisAddress.Expected);
        }

        return ValueTask.CompletedTask;
    }
}
