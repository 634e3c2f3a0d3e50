namespace Framegate.Proxy.Engine.Generations;

/// <summary>The place of a generation that waits for its turn at a provider.</summary>
/// <param name="Id">The generation.</param>
/// <param name="Position">How many are served up to and with it.</param>
/// <param name="EstimatedMs">How long it will still take at about, milliseconds; null while nothing is known of it.</param>
internal readonly record struct WaitingPlace(string Id, int Position, long? EstimatedMs);
