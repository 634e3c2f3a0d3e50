using System.Text;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>What a condition says, and what a template says without chance.</summary>
public sealed class ConditionTests
{
    [Theory]
    [InlineData("prompt*=black or white", "A black or white cat", true)]
    [InlineData("prompt*=black or white", "A white cat", false)]
    [InlineData("prompt*=black or white,grey", "A grey cat", true)]
    [InlineData("prompt*=black or prompt*=white", "A white cat", true)]
    [InlineData("image or prompt*=black or white", "A black or white cat", true)]
    [InlineData("prompt*=black or white or !prompt", "A white cat", false)]
    [InlineData("prompt*=dog or prompt", "A white cat", true)]
    public void Or_StandsBetweenConditions_AndInValues(string text, string prompt, bool holds)
    {
        var condition = Condition.Parse(text, out var fault);

        Assert.Null(fault);
        Assert.Equal(holds, condition!.Holds(new Scope().Set("prompt", prompt)));
    }

    [Theory]
    [InlineData("image or white", "white")]
    [InlineData("prompt*=black or colour=red", "colour")]
    public void AnAlternativeThatNamesNothing_IsAFault(string text, string name)
    {
        Assert.Null(Condition.Parse(text, out var fault));
        Assert.Contains(name, fault, StringComparison.Ordinal);
    }

    /// <summary>A filter that changes the place of the id would send every attempt with the same one.</summary>
    [Theory]
    [InlineData("uuid", true)]
    [InlineData("uuid|replace:-,|prefix:fg-|query", true)]
    [InlineData("uuid|replace:-,_", false)]
    [InlineData("uuid|replace:0,x", false)]
    [InlineData("uuid|int", false)]
    [InlineData("native.id|or:uuid", true)]
    [InlineData("native.id|or:uuid|replace:-,_", false)]
    public void AnIdOfTheAttempt_TakesNoFilterThatHidesIt(string text, bool isRead)
    {
        var read = Expression.Parse(text, new Dictionary<string, Dictionary<string, string>>(), out var fault);

        Assert.Equal((isRead, isRead), (read is not null, fault is null));
    }

    [Fact]
    public void AnIdOfTheAttempt_IsLeftToTheHost()
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(ShippedProviders.Folder, "minimax.json")))!;
        foreach (var operation in file["operations"]!.AsArray())
        {
            operation!["submit"]!["headers"] = new JsonObject { ["X-Request"] = "{uuid}" };
        }

        var adapter = ProviderFileReader.Read(Encoding.UTF8.GetBytes(file.ToJsonString()), out _)!.Value.Adapter;
        var model = adapter.Models[0];
        var submit = adapter.BuildSubmit(RequestJson.Read(adapter, model.Id, """{"prompt":"x"}"""), model, new MappingIssues());
        var plain = ShippedProviders.Of("minimax").BuildSubmit(RequestJson.Read(adapter, model.Id, """{"prompt":"x"}"""), model, new MappingIssues());

        Assert.True(submit.TakesAttemptId);
        Assert.Contains(KeyValuePair.Create("X-Request", NativeRequest.AttemptId), submit.Headers);
        Assert.False(plain.TakesAttemptId);
    }
}
