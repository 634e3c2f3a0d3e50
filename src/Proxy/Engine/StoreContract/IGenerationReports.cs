using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>The questions about many generations, for whoever looks at them later; nothing that runs asks them.</summary>
internal interface IGenerationReports
{
    /// <summary>Looks for generations.</summary>
    /// <returns>Null when the cursor is none of those generations.</returns>
    ValueTask<GenerationPage?> SearchAsync(GenerationSearch search, CancellationToken cancellationToken);

    /// <summary>Ends when a generation begins or is stored anew after this call.</summary>
    Task NextChangeAsync();

    /// <summary>What was spent, by the day it was asked for on.</summary>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, UTC.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IReadOnlyList<SpendRow>> SpendAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken);

    /// <summary>What each client's generations count against its budgets, by <see cref="GenerationState.Charge"/>, forgotten ones included.</summary>
    /// <param name="today">The day, UTC.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IReadOnlyList<ChargedRow>> ChargedAsync(DateOnly today, CancellationToken cancellationToken);
}
