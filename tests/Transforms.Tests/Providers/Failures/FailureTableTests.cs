using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Providers.Failures;

/// <summary>Every unified code that a provider can produce is produced by an answer that its document describes.</summary>
public class FailureTableTests
{
    private static readonly ProviderAdapter[] s_adapters = [.. AdapterRegistry.BuiltIn()];

    private static readonly int[] s_statuses =
    [
        200, 202, 204, 301, 302, 304, 307, .. Enumerable.Range(400, 32), 451, 499, .. Enumerable.Range(500, 12), .. Enumerable.Range(520, 8), 599,
    ];

    public static TheoryData<string, int> Cells
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var (provider, rows) in FailureTable.Rows)
            {
                for (var i = 0; i < rows.Length; i++)
                {
                    data.Add(provider, i);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Providers => [.. s_adapters.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Read_Row_IsTheFailureOfTheTable(string provider, int index)
    {
        var row = FailureTable.Rows[provider][index];
        var failure = row.Read(Adapter(provider));

        Assert.NotNull(failure);
        Assert.True(row.Code == failure.Code, $"{row}: {failure.Code} in place of {row.Code}.");
        Assert.Equal(row.Billed ?? failure.Billed, failure.Billed);
        Assert.Equal(row.Retryable ?? failure.Retryable, failure.Retryable);
        Assert.NotEmpty(failure.Message);
        Assert.DoesNotContain("<html", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Fails when an adapter learns a code that nothing in the table produces: every body known of any provider, with every status and
    /// for every call, must not lead to a code without a row.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public void Codes_OfAnyAnswer_AllHaveARow(string provider)
    {
        var adapter = Adapter(provider);
        var produced = new Dictionary<ErrorCode, string>();
        foreach (var body in Bodies(provider))
        {
            foreach (var status in s_statuses)
            {
                foreach (var call in Enum.GetValues<NativeCall>())
                {
                    Produce(new FailureRow(default, call, status, body));
                    Produce(new FailureRow(default, call, status, body) { OfResult = true });
                }
            }
        }

        var written = FailureTable.Rows[provider].Select(r => r.Code).ToHashSet();
        Assert.All(produced, p => Assert.True(written.Contains(p.Key), $"{provider} can produce {p.Key} ({p.Value}), and no row does."));

        void Produce(FailureRow row)
        {
            try
            {
                if (row.Read(adapter) is { } failure)
                {
                    produced.TryAdd(failure.Code, row.ToString());
                }
            }
            catch (JsonException)
            {
                // The host's business: an unreadable answer is asked for again, or is an unknown submit.
            }
        }
    }

    private static ProviderAdapter Adapter(string provider) => s_adapters.Single(a => a.Name == provider);

    private static IEnumerable<string> Bodies(string provider) =>
    [
        .. FailureTable.Rows[provider].Select(r => r.Body),
        .. Directory.EnumerateFiles(Fixture.Folder(provider), "*.json")
            .Where(f => Path.GetFileName(f) is var name && (name.StartsWith("error", StringComparison.Ordinal) || name.StartsWith("poll.f", StringComparison.Ordinal)))
            .Select(File.ReadAllText),
    ];
}
