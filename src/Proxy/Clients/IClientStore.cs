namespace Framegate.Proxy.Clients;

/// <summary>Keeps the clients that are made while the program runs.</summary>
internal interface IClientStore
{
    /// <summary>True when other processes may change them.</summary>
    bool IsShared { get; }

    /// <summary>All of them, revoked ones too.</summary>
    ValueTask<IReadOnlyList<ClientRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Stores one as a whole.</summary>
    /// <param name="client">The client; its revision is one more than that of the stored one, and 1 for a new name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False when somebody else has changed it, or taken the name, meanwhile; nothing was stored then.</returns>
    ValueTask<bool> TryPutAsync(ClientRecord client, CancellationToken cancellationToken);

    /// <summary>Ends when the store may hold other clients than these. May end without cause, and never where nobody but this process changes them.</summary>
    /// <param name="known">The clients as they were listed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task NextChangeAsync(IReadOnlyList<ClientRecord> known, CancellationToken cancellationToken);
}
