using System.Collections.Frozen;

namespace Framegate.Transforms.Schemas;

/// <summary>The versions of the contract and the migrations between them. Paths over any number of steps are found once, here.</summary>
internal sealed class SchemaGraph
{
    private readonly FrozenDictionary<string, SchemaMigration[]> _paths;

    /// <summary>Finds the path of every version.</summary>
    /// <param name="migrations">The steps, in any order.</param>
    /// <param name="current">The version everything is brought to.</param>
    /// <exception cref="ArgumentException">Steps are there twice, lead backwards, lead nowhere, or leave a choice.</exception>
    public SchemaGraph(IReadOnlyCollection<SchemaMigration> migrations, string current)
    {
        Current = current;
        var problems = migrations
            .Where(m => !Version.TryParse(m.From, out var from) || !Version.TryParse(m.To, out var to) || from >= to)
            .Select(m => $"{m.GetType().Name}: {m.From} to {m.To} does not lead from an older version to a newer one.")
            .Concat(migrations
                .GroupBy(m => (m.From, m.To))
                .Where(g => g.Count() > 1)
                .Select(g => $"{string.Join(", ", g.Select(m => m.GetType().Name))}: {g.Key.From} to {g.Key.To} is there more than once."))
            .ToList();
        var paths = new Dictionary<string, SchemaMigration[]>(StringComparer.Ordinal) { [current] = [] };
        if (problems.Count == 0)
        {
            foreach (var version in migrations.SelectMany(m => (string[])[m.From, m.To]).Distinct().Where(v => v != current))
            {
                var shortest = Shortest(migrations, version, current);
                if (shortest.Count == 1)
                {
                    paths[version] = shortest[0];
                }
                else
                {
                    problems.Add(shortest.Count == 0
                        ? $"Version {version} does not reach {current}."
                        : $"Version {version} reaches {current} on {shortest.Count} ways of {shortest[0].Length} steps; which one to take is not clear.");
                }
            }
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException("Schema versions: " + string.Join(" ", problems), nameof(migrations));
        }

        _paths = paths.ToFrozenDictionary(StringComparer.Ordinal);
        Versions = [.. _paths.Keys.OrderBy(Version.Parse)];
    }

    /// <summary>The version that everything is brought to.</summary>
    public string Current { get; }

    /// <summary>Every version, oldest first.</summary>
    public IReadOnlyList<string> Versions { get; }

    /// <summary>The steps from a version to the current one.</summary>
    /// <returns>Null when the version is unknown.</returns>
    public SchemaMigration[]? PathOf(string version) => _paths.GetValueOrDefault(version);

    /// <summary>All ways with the fewest steps. Every step leads to a newer version, so none goes round in circles.</summary>
    private static List<SchemaMigration[]> Shortest(IReadOnlyCollection<SchemaMigration> migrations, string from, string to)
    {
        List<SchemaMigration[]> ways = [[]];
        while (ways.Count > 0)
        {
            ways = [.. ways.SelectMany(way => migrations.Where(m => m.From == (way.Length == 0 ? from : way[^1].To)).Select(m => (SchemaMigration[])[.. way, m]))];
            if (ways.FindAll(way => way[^1].To == to) is { Count: > 0 } found)
            {
                return found;
            }
        }

        return [];
    }
}
