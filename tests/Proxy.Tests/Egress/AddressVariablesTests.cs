using Framegate.Proxy.Egress;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Tests.Egress;

public sealed class AddressVariablesTests : IDisposable
{
    private const string Variable = "FRAMEGATE_TEST_ADDRESS";

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);

    [Theory]
    [InlineData("${FRAMEGATE_TEST_ADDRESS}", "http://127.0.0.1:9/x", "http://127.0.0.1:9/x")]
    [InlineData("${FRAMEGATE_TEST_ADDRESS}/v1/", "https://api.example.com", "https://api.example.com/v1/")]
    [InlineData("http://${FRAMEGATE_TEST_ADDRESS}/", "127.0.0.1:9", "http://127.0.0.1:9/")]
    [InlineData("http://${FRAMEGATE_TEST_ADDRESS}", "[::1]:9", "http://[::1]:9")]
    [InlineData("https://host:${FRAMEGATE_TEST_ADDRESS}/", "8443", "https://host:8443/")]
    [InlineData("https://host/projects/${FRAMEGATE_TEST_ADDRESS}/x", "a/b c", "https://host/projects/a%2Fb%20c/x")]
    [InlineData("https://host/${FRAMEGATE_TEST_ADDRESS}/x", null, "https://host/${FRAMEGATE_TEST_ADDRESS}/x")]
    [InlineData("${FRAMEGATE_TEST_ADDRESS}", "", "${FRAMEGATE_TEST_ADDRESS}")]
    public async Task ConfigureCluster_Variable_IsEncodedOnlyInThePath(string address, string? value, string expected)
    {
        Environment.SetEnvironmentVariable(Variable, value);
        var cluster = new ClusterConfig
        {
            ClusterId = "c",
            Destinations = new Dictionary<string, DestinationConfig> { ["a"] = new() { Address = address }, ["none"] = new() { Address = null! } },
        };

        var made = await new AddressVariables().ConfigureClusterAsync(cluster, default);

        Assert.Equal(expected, made.Destinations!["a"].Address);
        Assert.Null(made.Destinations["none"].Address);
    }

    [Fact]
    public void Missing_VariableThatIsNotSet_IsNamed() => Assert.Equal([Variable], AddressVariables.Missing("http://${FRAMEGATE_TEST_ADDRESS}/"));
}
