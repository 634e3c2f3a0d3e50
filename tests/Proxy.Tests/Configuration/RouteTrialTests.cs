namespace Framegate.Proxy.Tests.Configuration;

/// <summary>Routes that YARP's own check lets through, and that cannot be put into force.</summary>
public sealed class RouteTrialTests
{
    [Theory]
    [InlineData("\"Hosts\":[\"a.example:http\"],\"Path\":\"/x/{**rest}\"", "[]", "Match:Hosts: 'a.example:http' is not a host")]
    [InlineData("\"Hosts\":[\"[::1]\"],\"Path\":\"/x/{**rest}\"", "[]", "Match:Hosts: '[::1]' is not a host")]
    [InlineData("\"Hosts\":[\":80\"]", "[]", "Match:Hosts: ':80' is not a host")]
    [InlineData("\"Path\":\"/x/{rest:nope}\"", "[]", "Match:Path: ")]
    [InlineData("\"Path\":\"/x/{rest:regex(([)}\"", "[]", "Match:Path: ")]
    [InlineData("\"Path\":\"/x/{rest:length(a)}\"", "[]", "Match:Path: ")]
    [InlineData("\"Path\":\"/x/{**rest}\"", "[{\"PathPattern\":\"/{a\"}]", "Transforms: PathPattern: ")]
    [InlineData("\"Path\":\"/x/{**rest}\"", "[{\"PathPattern\":\"/{rest:nope}\"}]", "Transforms: PathPattern: ")]
    public async Task Check_ARouteThatCannotBePutIntoForce_IsRefused(string match, string transforms, string error)
    {
        using var program = new GuardedProgram();

        var errors = await program.ErrorsOfAsync(With(match, transforms));

        Assert.StartsWith("ReverseProxy:Routes:flux:" + error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Hosts\":[\"a.example\",\"*.b.example:8443\",\"c.example:*\"],\"Path\":\"/x/{**rest}\"", "[{\"PathRemovePrefix\":\"/x\"}]")]
    [InlineData("\"Path\":\"/x/{id:int}/{kind:regex(^[[a-z]]+$)}\"", "[{\"PathPattern\":\"/y/{id}/{kind}\"}]")]
    public async Task Check_ARouteThatCan_IsFine(string match, string transforms)
    {
        using var program = new GuardedProgram();

        Assert.Empty(await program.ErrorsOfAsync(With(match, transforms)));
    }

    [Theory]
    [InlineData("utf-16", false)]
    [InlineData("utf-8", true)]
    [InlineData("latin1", true)]
    public async Task Check_AnEncodingThatNoHeaderHas_IsRefused(string name, bool isFine)
    {
        using var program = new GuardedProgram();

        var errors = await program.ErrorsOfAsync(
            "{\"ReverseProxy\":{\"Clusters\":{\"flux\":{\"HttpClient\":{\"RequestHeaderEncoding\":\"" + name + "\"},\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\"}}}}}}");

        Assert.Equal(isFine, errors.Count == 0);
        Assert.All(errors, e => Assert.StartsWith("ReverseProxy:Clusters:flux:HttpClient:RequestHeaderEncoding: It must be an encoding", e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"Media\":{\"Links\":\"owner,public\"}", "Framegate:Media:Links: It must be one of Owner, ")]
    [InlineData("\"Media\":{\"Links\":\"-0\"}", "Framegate:Media:Links: It must be one of Owner, ")]
    [InlineData("\"Cache\":{\"Strategy\":\"lru, lfu\"}", "Framegate:Cache:Strategy: It must be one of ")]
    [InlineData("\"Clients\":{\"a\":{\"KeyHash\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"Prompts\":\"none,full\"}}", "Framegate:Clients:a:Prompts: It must be one of full, ")]
    public async Task Check_SeveralWordsWhereOneCounts_AreRefused(string framegate, string error)
    {
        using var program = new GuardedProgram();

        Assert.StartsWith(error, Assert.Single(await program.ErrorsOfAsync(GuardedProgram.With(framegate))), StringComparison.Ordinal);
    }

    private static string With(string match, string transforms) =>
        "{\"ReverseProxy\":{\"Routes\":{\"flux\":{\"ClusterId\":\"flux\",\"Match\":{" + match + "},\"Transforms\":" + transforms
        + "}},\"Clusters\":{\"flux\":{\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\"}}}}}}";
}
