using Framegate.Proxy.Clients;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Engine;

/// <summary>Generations for whoever looks at them later.</summary>
internal sealed class GenerationArchive(IGenerationReports reports, IGenerationStore store, OpenGenerations open, ClientKeys clients)
{
    /// <summary>Looks for generations; those that run show what is known now.</summary>
    /// <returns>Null when the cursor is none of those generations.</returns>
    public async ValueTask<GenerationPage?> SearchAsync(GenerationSearch search, CancellationToken cancellationToken)
    {
        var page = await reports.SearchAsync(search, cancellationToken);
        if (page is null && search is { Client: { } client, Cursor: { } cursor } && clients.Required && !GivenId.Is(cursor))
        {
            page = await reports.SearchAsync(search with { Cursor = GivenId.Of(cursor, client) }, cancellationToken);
        }

        return page is null ? null : new GenerationPage(
            [.. page.Items.Select(s => open.Find(s.Id)?.State ?? s)], page.Next is { } next && search.Client is not null ? GivenId.Shown(next) : page.Next)
        {
            Count = page.Count,
        };
    }

    /// <summary>Ends when a generation begins or is stored anew after this call.</summary>
    public Task NextChangeAsync() => reports.NextChangeAsync();

    /// <summary>Any client's generation, by the id that it is stored under.</summary>
    /// <returns>Null when there is none.</returns>
    public async ValueTask<GenerationState?> FindAnybodysAsync(string id, CancellationToken cancellationToken) =>
        open.Find(id)?.State ?? await store.FindAsync(id, cancellationToken);
}
