namespace Framegate.Proxy.Tests.Architecture;

/// <summary>References between the folders of src/Proxy point down the layers. There is no list of exceptions.</summary>
public class DirectionTests
{
    private static readonly Lazy<SourceTree> s_source = new(SourceTree.Read);
    private static readonly Lazy<IReadOnlyList<Reference>> s_references = new(s_source.Value.References);

    [Fact]
    public void Folders_EachIsALayerOrAFeatureOfOne()
    {
        var folders = s_source.Value.Files.Select(SourceTree.FolderOf).Distinct().ToList();

        Assert.DoesNotContain(folders, f => Layers.RankOf(f) < 0);
        Assert.Empty(Layers.Order.Except(folders));
    }

    [Fact]
    public void Namespaces_AreTheFolders() => Assert.Empty(s_source.Value.Files
        .Where(file => SourceTree.NamespaceOf(file) is { } declared && declared != ("Framegate.Proxy." + SourceTree.FolderOf(file).Replace('/', '.')).TrimEnd('.'))
        .Select(file => file.FilePath));

    [Fact]
    public void References_PointDownwards() =>
        AssertNone(s_references.Value.Where(r => !Layers.MayName(r.From, r.To)));

    [Fact]
    public void References_NoTwoFoldersUseEachOther()
    {
        var pairs = s_references.Value.Select(r => (r.From, r.To)).ToHashSet();

        AssertNone(s_references.Value.Where(r => pairs.Contains((r.To, r.From))));
    }

    [Fact]
    public void References_AreSeen()
    {
        // The other tests could not fail if the source were not found, or not bound.
        Assert.Empty(s_source.Value.Unresolved());
        Assert.Contains(s_references.Value, r => r is { From: "Engine/Submit", To: "Egress" });
        Assert.Contains(s_references.Value, r => r is { From: "Store/Sqlite", Type: "GenerationState" });
        Assert.True(s_references.Value.Count > 500, $"Only {s_references.Value.Count} references were found.");
    }

    [Theory]
    [InlineData("Engine/Submit", "Edge/Unified", false)]
    [InlineData("Edge/Unified", "Engine/Submit", true)]
    [InlineData("Edge/Unified", "Store/Sqlite", false)]
    [InlineData("Host", "Store/Sqlite", true)]
    [InlineData("Store/Sqlite", "Engine/Generations", true)]
    [InlineData("Cache/Entries", "Cache", false)]
    [InlineData("Cache", "Cache/Entries", true)]
    public void MayName_OnlyWhatLiesBelow(string from, string to, bool allowed) => Assert.Equal(allowed, Layers.MayName(from, to));

    /// <summary>Shows all of them, since each is mended in its own place.</summary>
    private static void AssertNone(IEnumerable<Reference> wrong) => Assert.Equal("", string.Join('\n', wrong));
}
