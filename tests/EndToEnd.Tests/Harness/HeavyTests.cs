namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Tests that need the whole machine, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyTests
{
    public const string Name = "heavy";
}
