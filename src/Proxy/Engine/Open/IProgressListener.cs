namespace Framegate.Proxy.Engine.Open;

/// <summary>Is notified of each generation that begins to be driven here, to follow how it comes along.</summary>
internal interface IProgressListener
{
    /// <summary>One begins. It must not wait.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="stopping">Ends when the program stops.</param>
    void Began(Generation generation, CancellationToken stopping);
}
