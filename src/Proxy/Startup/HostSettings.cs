using Framegate.Plugins;

namespace Framegate.Proxy.Startup;

/// <summary>What is decided once, at start.</summary>
/// <param name="Sandbox">Where stand-in providers answer, by the name of the adapter; null when the real ones do.</param>
/// <param name="ClientKey">What clients must send; null to serve this machine only.</param>
/// <param name="CallbackSecret">What callbacks are signed with; null to send them unsigned.</param>
internal sealed record HostSettings(IReadOnlyDictionary<string, Uri>? Sandbox, Secret? ClientKey, Secret? CallbackSecret);
