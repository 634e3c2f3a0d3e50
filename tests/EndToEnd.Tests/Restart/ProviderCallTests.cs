using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary>Providers that call back, with the address of the gateway given in <c>Jobs:PublicUrl</c>.</summary>
public sealed class ProviderCallTests
{
    [Theory]
    [InlineData("flux", """{"provider":"flux","model":"flux-pro-1.1","media_type":"image","prompt":"PROMPT","timeout":60}""")]
    [InlineData("pika", """{"provider":"pika","model":"v2.2/text-to-video","media_type":"video","prompt":"PROMPT","timeout":60}""")]
    public async Task Submit_ItsAnswerIsLost_TheCallLeadsToTheResult(string provider, string body)
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        var port = FreePort.Next();
        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Port = port,
            Routes = Routes(sandbox.Address, port),
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "a-key-of-flux", ["FAL_KEY"] = "a-key:of-fal" },
        });
        var prompt = Bodies.Unique("sandbox:drop sandbox:slow=2 " + provider);

        var answer = await gateway.Client.PostAsync(body.Replace("PROMPT", prompt, StringComparison.Ordinal));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(1, await sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Kill_TheCallHasNotComeYet_ItLeadsToTheResultAfterTheNextStart()
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var port = FreePort.Next();
        var settings = new FramegateSettings
        {
            Port = port,
            Data = data.Path,
            Routes = Routes(sandbox.Address, port),
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "a-key-of-flux", ["FAL_KEY"] = "a-key:of-fal" },
        };
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            await first.Client.StartAsync(Bodies.Of("flux", "sandbox:drop sandbox:slow=10 killed", ("timeout", 120)));
            await Eventually.GetAsync(first.Client.ListAsync, all => all.Any(g => g.Text("metadata.phase") == "unknown"));
            await first.KillAsync();
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var id = (await second.Client.ListAsync())[0].Text("request_id");

        Assert.Equal("success", (await second.Client.EndOfAsync(id, seconds: 90)).Text("status"));
        Assert.Single(await sandbox.LedgerAsync());
    }

    [Fact]
    public async Task Call_FromNobody_IsNotFound()
    {
        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "" });

        Assert.Equal(404, (await gateway.Client.PostToAsync("/provider-webhooks/gen_nobody/0123456789abcdef0123456789abcdef", "{}")).Status);
    }

    private static string Routes(string sandbox, int port) => $$"""
        {
          "ReverseProxy": {
            "Clusters": {
              "flux": { "Destinations": { "only": { "Address": "{{sandbox}}/flux/eu1/" } } },
              "pika": { "Destinations": { "only": { "Address": "{{sandbox}}/pika/" } } }
            }
          },
          "Framegate": { "Jobs": { "PublicUrl": "http://127.0.0.1:{{port}}/", "FindWindow": "00:00:02" } }
        }
        """;
}
