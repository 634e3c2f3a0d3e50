using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Selection.Strategies;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>
/// The first of two picks: a candidate of the alias, by the alias's strategy. The second, a destination of the candidate's cluster, is the
/// cluster's own.
/// </summary>
internal sealed class CandidatePicker(AliasTable aliases, ProviderLimiters limiters, HealthRegistry registry, IProxyStateLookup proxy)
{
    /// <summary>Picks one of several candidates; one that can take a job now goes before one that cannot.</summary>
    /// <param name="alias">Whose strategy picks.</param>
    /// <param name="candidates">The candidates that may be picked.</param>
    /// <param name="hold">True to count a job at the pick at once.</param>
    /// <returns>An index; -1 when all of them are drained.</returns>
    public int Pick(AliasRoute alias, IReadOnlyList<Candidate> candidates, bool hold)
    {
        var ready = new List<int>(candidates.Count);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (IsReady(candidates[i].Provider))
            {
                ready.Add(i);
            }
        }

        var index = ready.Count == 0 ? -1 : Pick(alias, candidates, ready, hold);
        return index >= 0 || ready.Count == candidates.Count ? index : Pick(alias, candidates, [.. Enumerable.Range(0, candidates.Count)], hold);
    }

    /// <summary>Whether a provider can take a job at this moment: a destination is available, and its limits leave room.</summary>
    public bool IsReady(string provider) =>
        proxy.TryGetCluster(provider, out var cluster) && cluster.DestinationsState.AvailableDestinations.Any(d => !registry.For(provider, d.DestinationId).Drained)
        && limiters.For(provider).HasRoom;

    /// <summary>Where a job was counted at a pick.</summary>
    public LoadCounter ReservationOf(Candidate candidate) => aliases.TargetOf(candidate).Load;

    /// <summary>Takes a job off that was counted at a pick.</summary>
    public void Release(Candidate candidate) => aliases.TargetOf(candidate).Load.Remove();

    /// <summary>Where a candidate stands in the order of its alias; the lowest comes first.</summary>
    public double RankOf(AliasRoute alias, Candidate candidate) => alias.Strategy.RankOf(aliases.TargetOf(candidate), alias.Group);

    private int Pick(AliasRoute alias, IReadOnlyList<Candidate> candidates, List<int> among, bool hold)
    {
        var targets = new Target[among.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            var candidate = candidates[among[i]];
            targets[i] = alias.Targets?.TryGetValue(candidate, out var known) == true ? known : aliases.TargetOf(candidate);
        }

        var index = alias.Group.Pick(alias.Strategy, targets, hold);
        return index < 0 ? -1 : among[index];
    }
}
