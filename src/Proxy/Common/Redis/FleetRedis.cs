namespace Framegate.Proxy.Common.Redis;

/// <summary>The Redis of <c>Framegate:Redis</c>, over which replicas share limits and notify each other of breakers.</summary>
/// <param name="Link">The connection.</param>
internal sealed record FleetRedis(RedisLink Link)
{
    /// <summary>The setting: a value, no section.</summary>
    public const string Setting = "Framegate:Redis";
}
