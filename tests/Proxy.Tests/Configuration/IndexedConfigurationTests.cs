using System.Collections;
using System.Text;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Host;
using Framegate.Proxy.Host.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Framegate.Proxy.Tests.Configuration;

public sealed class IndexedConfigurationTests
{
    private static readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase)
    {
        ["A"] = "1",
        ["A:b"] = "2",
        ["a:B:c"] = "3",
        ["A:10"] = "4",
        ["A:9"] = "5",
        ["A::x"] = "6",
        ["AB:c"] = "7",
        ["List:0:Name"] = "8",
        ["List:1:Name"] = null,
        ["x:y:z:w"] = "",
    };

    [Theory]
    [InlineData(null)]
    [InlineData("A")]
    [InlineData("a")]
    [InlineData("A:b")]
    [InlineData("A:")]
    [InlineData("AB")]
    [InlineData("List")]
    [InlineData("list:0")]
    [InlineData("List:1")]
    [InlineData("x:y")]
    [InlineData("nothing")]
    [InlineData("")]
    public void GetChildKeys_AreThoseOfTheFramework(string? parent)
    {
        var framework = new MemoryConfigurationProvider(new MemoryConfigurationSource { InitialData = _values });
        string[] earlier = ["b", "2"];

        Assert.Equal(
            framework.GetChildKeys(earlier, parent).Distinct(StringComparer.OrdinalIgnoreCase),
            new IndexedConfiguration(_values).GetChildKeys(earlier, parent).Distinct(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void GetChildKeys_ManySections_GoThroughTheKeysOnce()
    {
        var values = new CountedValues();
        for (var i = 0; i < 1000; i++)
        {
            values.Inner[$"Aliases:{i}:Strategy"] = "x";
        }

        var root = new ConfigurationBuilder().Add(new IndexedConfiguration(values)).Build();

        Assert.Equal(1000, root.GetSection("Aliases").GetChildren().Count(c => c.GetChildren().Single().Value == "x"));
        Assert.Equal(1, values.Walks);
    }

    [Fact]
    public async Task Check_TwentyThousandAliases_EachIsRead()
    {
        var aliases = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
        {
            aliases.Append(i == 0 ? "" : ",").Append($$"""
                "alias-{{i}}":{"Candidates":[{"Provider":"{{(i == 19_999 ? "nobody" : "flux")}}","Model":"flux-pro-1.1"}]}
                """);
        }

        using var program = new GuardedProgram();
        var file = new ConfigurationFile(program.File);

        var errors = await program.Guard.CheckAsync(file.Parse(Encoding.UTF8.GetBytes(GuardedProgram.With($"\"Models\":{{{aliases}}}"))), default);

        Assert.Equal("Framegate:Models:alias-19999:Candidates:0:Provider", Assert.Single(errors).Path);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files", 1024L)]
    [InlineData("Limit  Soft\nMax open files            unlimited            unlimited            files", null)]
    [InlineData("", null)]
    public void DescriptorLimit_IsReadFromTheSystem(string limits, long? limit) => Assert.Equal(limit, DescriptorLimit.Read(limits));

    [Theory]
    [InlineData(1024, 512)]
    [InlineData(512, 112)]
    [InlineData(1, 1)]
    [InlineData(65536, 61440)]
    public void DescriptorLimit_LeavesSomeForTheRest(long limit, long connections) => Assert.Equal(connections, DescriptorLimit.ConnectionsOf(limit));

    [Theory]
    [InlineData(64, true)]
    [InlineData(511, true)]
    [InlineData(512, false)]
    public void DescriptorLimit_UnderWhichNothingStarts_IsRefused(long limit, bool isRefused)
    {
        var refusal = DescriptorLimit.RefusalOf(limit);

        Assert.Equal(isRefused, refusal is not null);
        Assert.True(refusal is null || (refusal.Contains($"{limit} files", StringComparison.Ordinal) && refusal.Contains("ulimit -Hn", StringComparison.Ordinal)));
    }

    /// <summary>Notes how often somebody goes through all the keys.</summary>
    private sealed class CountedValues : IDictionary<string, string?>
    {
        public Dictionary<string, string?> Inner { get; } = new(StringComparer.OrdinalIgnoreCase);

        public int Walks { get; private set; }

        public ICollection<string> Keys
        {
            get
            {
                Walks++;
                return Inner.Keys;
            }
        }

        public ICollection<string?> Values => Inner.Values;

        public int Count => Inner.Count;

        public bool IsReadOnly => false;

        public string? this[string key]
        {
            get => Inner[key];
            set => Inner[key] = value;
        }

        public void Add(string key, string? value) => Inner.Add(key, value);

        public bool ContainsKey(string key) => Inner.ContainsKey(key);

        public bool Remove(string key) => Inner.Remove(key);

        public bool TryGetValue(string key, out string? value) => Inner.TryGetValue(key, out value);

        public void Add(KeyValuePair<string, string?> item) => Inner.Add(item.Key, item.Value);

        public void Clear() => Inner.Clear();

        public bool Contains(KeyValuePair<string, string?> item) => Inner.Contains(item);

        public void CopyTo(KeyValuePair<string, string?>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, string?>>)Inner).CopyTo(array, arrayIndex);

        public bool Remove(KeyValuePair<string, string?> item) => Inner.Remove(item.Key);

        public IEnumerator<KeyValuePair<string, string?>> GetEnumerator()
        {
            Walks++;
            return Inner.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
