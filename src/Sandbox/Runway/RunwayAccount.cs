using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary><c>GET /v1/organization</c>: the balance, the limits and what has been used.</summary>
internal sealed class RunwayAccount(SandboxOptions options)
{
    private const int OpeningBalance = 10_000_000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, int> _tasks = new(StringComparer.Ordinal);
    private int _balance = OpeningBalance;

    /// <summary>Counts a task and takes its price; the balance stops at nothing, since only a magic word empties the account.</summary>
    public void Charge(RunwayOrder order)
    {
        lock (_lock)
        {
            _tasks[order.Model] = _tasks.GetValueOrDefault(order.Model) + 1;
            _balance = Math.Max(_balance - order.Credits, 0);
        }
    }

    public Task HandleAsync(HttpContext context)
    {
        RunwayOrganization organization;
        lock (_lock)
        {
            organization = new(
                _balance,
                new(OpeningBalance, RunwayEndpoint.All.SelectMany(e => e.Models.Keys).Distinct().ToDictionary(
                    m => m, _ => new RunwayLimits(options.MaxActiveTasks, null))),
                new(_tasks.ToDictionary(t => t.Key, t => new RunwayCount(t.Value))));
        }

        return Answer.JsonAsync(context, StatusCodes.Status200OK, organization, RunwayAccountJson.Default.RunwayOrganization);
    }
}
