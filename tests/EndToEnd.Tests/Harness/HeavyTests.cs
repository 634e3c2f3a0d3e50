namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Tests that start several programs or load them, one after the other. <c>tests/run.sh</c> runs them beside the others, by their category.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyTests
{
    public const string Name = "heavy";
    public const string Category = "Category";

    /// <summary>A class in the collection without the category would run with the others, and hold them all up at their end.</summary>
    [Fact]
    public void Collection_EachClassOfIt_HasTheCategory()
    {
        var classes = typeof(HeavyTests).Assembly.GetTypes()
            .Where(t => t.GetCustomAttributesData().Any(a => a.AttributeType == typeof(CollectionAttribute) && Equals(a.ConstructorArguments[0].Value, Name)))
            .ToList();

        Assert.NotEmpty(classes);
        Assert.All(classes, t => Assert.Contains(
            t.GetCustomAttributesData(),
            a => a.AttributeType == typeof(TraitAttribute) && a.ConstructorArguments.Select(v => v.Value).SequenceEqual([Category, Name])));
    }
}
