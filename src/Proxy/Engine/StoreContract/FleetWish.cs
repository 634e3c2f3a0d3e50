using Framegate.Plugins;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>What the driver of a generation is to hear.</summary>
/// <param name="Id">The generation.</param>
/// <param name="Cancel">True when its client has asked to cancel.</param>
/// <param name="Called">The job that its provider has called about; null for none.</param>
internal readonly record struct FleetWish(string Id, bool Cancel, JobHandle? Called);
