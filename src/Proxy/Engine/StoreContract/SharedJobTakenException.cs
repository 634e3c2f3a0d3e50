namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Another generation, at this replica or another, drives the very job that this one would have begun. Nothing was stored, and nothing was sent.</summary>
internal sealed class SharedJobTakenException : Exception;
