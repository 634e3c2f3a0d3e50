namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>What a replica says of an order that another one looks for.</summary>
/// <param name="Id">What was begun for it, given away to whoever looks for it; null where there is none to give.</param>
/// <param name="IsPending">True where the caller has gone and it is not known yet what was begun.</param>
internal readonly record struct GivenOrder(string? Id, bool IsPending);
