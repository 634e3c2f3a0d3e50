using System.Buffers;
using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Migrations;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas;

public class SchemaGraphTests
{
    private static readonly SchemaMigration[] _builtIn = [new V1_0_To_V1_1(), new V1_1_To_V2_0()];
    private static readonly SchemaGraph _withThree = new([new Invented_V2_0_To_V3_0(), .. _builtIn], "3.0");

    [Fact]
    public void PathOf_NewVersionIsRegistered_EveryOlderOneReachesIt()
    {
        Assert.Equal(["1.0", "1.1", "2.0", "3.0"], _withThree.Versions);
        Assert.Equal(["1.0>1.1", "1.1>2.0", "2.0>3.0"], Steps(_withThree, "1.0"));
        Assert.Equal(["1.1>2.0", "2.0>3.0"], Steps(_withThree, "1.1"));
        Assert.Equal(["2.0>3.0"], Steps(_withThree, "2.0"));
        Assert.Empty(Steps(_withThree, "3.0"));
        Assert.Null(_withThree.PathOf("4.0"));
    }

    [Fact]
    public void Upgrade_OldestToANewVersion_GoesThroughEveryStep()
    {
        var upgraded = Upgrade("""{"schema_version":"1.0","provider":{"name":"flux","model":"m"},"prompt":"a fox","parameters":{"width":8}}""", out var errors);

        Assert.Equal("""{"schema_version":"3.0","provider":"flux","model":"m","text":"a fox","parameters":{"width":8}}""", upgraded);
        Assert.Empty(errors);
    }

    [Fact]
    public void Upgrade_LastStepFindsAnError_NamesTheFieldOfTheFirst()
    {
        _ = Upgrade("""{"schema_version":"1.0","provider":"flux","prompt":7}""", out var errors);

        Assert.Equal(["provider", "prompt"], errors.Select(e => e.Field));
        Assert.Equal("prompt", SchemaPasses.FieldOf("text", _withThree.PathOf("1.0")));
        Assert.Equal("provider.model", SchemaPasses.FieldOf("model", _withThree.PathOf("1.0")));
    }

    [Fact]
    public void Downgrade_NewVersionToTheOldest_GoesThroughEveryStep()
    {
        var response = """{"schema_version":"3.0","provider":"flux","model":"m","state":"success","error":null,"metadata":{"phase":"succeeded"},"cost":0.5}""";
        var output = new ArrayBufferWriter<byte>();
        using var passes = new SchemaPasses();
        passes.Downgrade(Encoding.UTF8.GetBytes(response), _withThree.PathOf("1.0"), output);

        Assert.Equal(
            """{"schema_version":"1.0","provider":{"name":"flux","model":"m"},"status":"success","error":null,"error_code":null,"cost":0.5}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void BackwardCompatible_BuiltIn_OnlyTheStepThatAddedFields() =>
        Assert.Equal(["V1_0_To_V1_1"], _builtIn.Where(m => m.BackwardCompatible).Select(m => m.GetType().Name));

    [Fact]
    public void Graph_Shortcut_IsTaken() =>
        Assert.Equal(["1.0>2.0"], Steps(new SchemaGraph([.. _builtIn, new Step("1.0", "2.0")], "2.0"), "1.0"));

    [Theory]
    [InlineData("1.1", "2.0", "V1_1_To_V2_0, Step: 1.1 to 2.0 is there more than once")]
    [InlineData("2.0", "1.0", "2.0 to 1.0 does not lead from an older version to a newer one")]
    [InlineData("1.0", "1.0", "1.0 to 1.0 does not lead from an older version to a newer one")]
    [InlineData("one", "2.0", "one to 2.0 does not lead from an older version to a newer one")]
    [InlineData("1.0", "1.5", "Version 1.5 does not reach 2.0")]
    [InlineData("2.0", "3.0", "Version 3.0 does not reach 2.0")]
    public void Graph_StepDoesNotFit_IsRefused(string from, string to, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new SchemaGraph([.. _builtIn, new Step(from, to)], "2.0")).Message, StringComparison.Ordinal);

    [Fact]
    public void Graph_TwoWaysOfOneLength_IsRefused() => Assert.Contains(
        "Version 1.0 reaches 2.0 on 2 ways of 2 steps",
        Assert.Throws<ArgumentException>(() => new SchemaGraph([.. _builtIn, new Step("1.0", "1.2"), new Step("1.2", "2.0")], "2.0")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Graph_SeveralFaults_NamesAll()
    {
        var message = Assert.Throws<ArgumentException>(() => new SchemaGraph([new Step("1.1", "1.0"), new Step("1.0", "2.0"), new Step("1.0", "2.0")], "2.0")).Message;

        Assert.Contains("1.1 to 1.0", message, StringComparison.Ordinal);
        Assert.Contains("more than once", message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Steps(SchemaGraph graph, string version) => graph.PathOf(version)!.Select(m => $"{m.From}>{m.To}");

    private static string Upgrade(string request, out IReadOnlyList<FieldError> errors)
    {
        var list = new FieldErrorList();
        using var passes = new SchemaPasses();
        var upgraded = Encoding.UTF8.GetString(passes.Upgrade(Encoding.UTF8.GetBytes(request), _withThree.PathOf("1.0"), list).Span);
        errors = list.ToList();
        return upgraded;
    }

    private sealed class Step(string from, string to) : SchemaMigration(from, to, backwardCompatible: true)
    {
        public override IReadOnlyList<string> RequestFields => [];
    }
}
