using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Keys;

/// <summary>Real providers want their keys: here the stand-ins do, and Framegate does not know that they are stand-ins.</summary>
public sealed class ProviderKeyTests : IAsyncLifetime
{
    private const string FluxKey = "flux-key-41f0";
    private const string SoraKey = "sora-key-77ab";
    private SandboxProcess _providers = null!;

    public async Task InitializeAsync() => _providers = await SandboxProcess.StartAsync($"flux={FluxKey},sora={SoraKey}");

    public async Task DisposeAsync() => await _providers.DisposeAsync();

    [Fact]
    public async Task Post_RightKeysInTheEnvironment_Succeeds()
    {
        await using var framegate = await StartAsync(FluxKey, SoraKey);

        foreach (var provider in new[] { "flux", "sora" })
        {
            var answer = await framegate.Client.PostAsync(Bodies.Of(provider, Bodies.Unique("A lighthouse")));

            Assert.True(answer.Status == 200, answer.ToString());
            Assert.Null(answer.Json.Find("metadata.sandbox"));
        }
    }

    [Fact]
    public async Task Post_WrongKeys_FailsAsOurFaultAndCostsNothing()
    {
        await using var framegate = await StartAsync("wrong-flux", "wrong-sora");

        foreach (var provider in new[] { "flux", "sora" })
        {
            var prompt = Bodies.Unique("A lighthouse");
            var answer = await framegate.Client.PostAsync(Bodies.Of(provider, prompt));

            Assert.Equal((502, "AUTHENTICATION_FAILED"), (answer.Status, answer.Json.Text("error.code")));
            Assert.False(answer.Json.At("error.retryable").GetBoolean());
            Assert.Equal("no", answer.Json.Text("metadata.attempts[0].billed"));
            Assert.DoesNotContain("wrong-", answer.Text, StringComparison.Ordinal);
            Assert.Equal(0, await _providers.PaidAsync(prompt));
        }
    }

    [Theory]
    [InlineData("flux", "BFL_API_KEY")]
    [InlineData("sora", "OPENAI_API_KEY")]
    public async Task Post_NoKey_NamesTheVariable(string provider, string variable)
    {
        await using var framegate = await StartAsync(null, null);
        var prompt = Bodies.Unique("A lighthouse");

        var answer = await framegate.Client.PostAsync(Bodies.Of(provider, prompt));

        Assert.Equal((502, "AUTHENTICATION_FAILED"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Contains(variable, answer.Json.Text("error.message"), StringComparison.Ordinal);
        await framegate.WroteAsync($"{provider} (no key: set {variable})");
        Assert.Equal(0, await _providers.PaidAsync(prompt));
        Assert.Empty(await framegate.Client.ListAsync());
    }

    [Fact]
    public async Task Start_EnvFileInTheWorkingDirectory_IsRead()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes(),
            EnvFile = $"# keys\nBFL_API_KEY={FluxKey}\nOPENAI_API_KEY=\"wrong\"\n",
            Variables = new Dictionary<string, string> { ["OPENAI_API_KEY"] = SoraKey },
        });

        // The file gives the key of Flux; the variable that was set already wins for Sora.
        Assert.Equal(200, (await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Status);
        Assert.Equal(200, (await framegate.Client.PostAsync(Bodies.Of("sora", Bodies.Unique("A lighthouse")))).Status);
    }

    [Fact]
    public async Task Start_KeyEnvOfADestination_IsUsedForIt()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes().Replace("\"Destinations\":{\"only\":{", "\"Destinations\":{\"only\":{\"Metadata\":{\"KeyEnv\":\"MY_OWN_KEY\"},", StringComparison.Ordinal),
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "wrong", ["MY_OWN_KEY"] = FluxKey },
        });

        Assert.Equal(200, (await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Status);
    }

    /// <summary>A secret may be written after the program has started, as an operator or a sidecar does it.</summary>
    [Fact]
    public async Task KeyFile_ThatAppearsLate_ConfiguresTheProvider()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "bfl.key");
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes(),
            Variables = new Dictionary<string, string> { ["BFL_API_KEY_FILE"] = file, ["OPENAI_API_KEY"] = SoraKey },
        });
        var early = await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")));

        Assert.Equal((502, "AUTHENTICATION_FAILED"), (early.Status, early.Json.Text("error.code")));
        Assert.Contains("BFL_API_KEY (the file of BFL_API_KEY_FILE is missing, unreadable or empty)", early.Json.Text("error.message"), StringComparison.Ordinal);
        Assert.Equal("not_configured", await StateOfAsync(framegate));

        await File.WriteAllTextAsync(file, FluxKey + "\n");
        await Eventually.GetAsync(() => StateOfAsync(framegate), s => s == "ready");
        Assert.Equal(200, (await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Status);
        Assert.Equal(200, (await framegate.Client.PostToAsync("/flux/v1/flux-dev", """{"prompt":"A native lighthouse"}""")).Status);

        File.Delete(file);
        await Eventually.GetAsync(() => StateOfAsync(framegate), s => s == "not_configured");
    }

    /// <summary>Secrets that are mounted are replaced while the program runs, Framegate's own too.</summary>
    [Fact]
    public async Task OwnKeyFiles_ThatAreReplaced_OpenWithTheNewKey()
    {
        using var folder = new TempFolder();
        var (client, admin) = (folder.Write("client", "client-key-one\n"), folder.Write("admin", "admin-key-one\n"));
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes(),
            Variables = new Dictionary<string, string> { ["FRAMEGATE_CLIENT_KEY_FILE"] = client, ["FRAMEGATE_ADMIN_KEY_FILE"] = admin },
        });
        Assert.Equal((200, 200), (await StatusAsync("/whoami", "client-key-one"), await StatusAsync("/admin/config", "admin-key-one")));

        await File.WriteAllTextAsync(client, "client-key-two-of-them");
        await File.WriteAllTextAsync(admin, "admin-key-two-of-them");
        await Eventually.GetAsync(() => StatusAsync("/whoami", "client-key-two-of-them"), s => s == 200);
        await Eventually.GetAsync(() => StatusAsync("/admin/config", "admin-key-two-of-them"), s => s == 200);
        Assert.Equal((401, 401), (await StatusAsync("/whoami", "client-key-one"), await StatusAsync("/admin/config", "admin-key-one")));

        // A file that is gone opens nothing to anybody, and brings no key back that was replaced. What is looked at once a second has been looked at by then.
        File.Delete(admin);
        File.Delete(client);
        for (var end = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(end) < TimeSpan.FromSeconds(2.5);)
        {
            Assert.Equal((401, 401), (await StatusAsync("/whoami", "client-key-one"), await StatusAsync("/admin/config", "admin-key-one")));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        Assert.Equal((200, 200), (await StatusAsync("/whoami", "client-key-two-of-them"), await StatusAsync("/admin/config", "admin-key-two-of-them")));

        async Task<int> StatusAsync(string path, string key) => (await framegate.Client.GetAsync(path, ("Authorization", $"Bearer {key}"))).Status;
    }

    [Fact]
    public async Task KeyEnvOfADestination_ThatIsNotSet_IsTheOneThatIsNamed_AndItsNeighbourServes()
    {
        var routes = Routes().Replace(
            "\"Destinations\":{\"only\":{", $"\"Destinations\":{{\"eu\":{{\"Address\":\"{_providers.Address}/flux/\",\"Metadata\":{{\"KeyEnv\":\"FLUX_EU_KEY\"}}}},\"only\":{{\"Metadata\":{{\"KeyEnv\":\"FLUX_US_KEY\"}},", StringComparison.Ordinal);
        await using var without = await FramegateProcess.StartAsync(new FramegateSettings { Routes = routes, Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "unused" } });
        await using var with = await FramegateProcess.StartAsync(new FramegateSettings { Routes = routes, Variables = new Dictionary<string, string> { ["FLUX_US_KEY"] = FluxKey } });

        var answer = await without.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")));
        Assert.Contains("set FLUX_EU_KEY or FLUX_US_KEY.", answer.Json.Text("error.message"), StringComparison.Ordinal);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await with.Client.PostToAsync("/flux/v1/flux-dev", $$"""{"prompt":"A native lighthouse {{i}}"}""")).Status);
            Assert.Equal(200, (await with.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Status);
        }
    }

    [Fact]
    public async Task Any_ClientKeyIsSet_IsAskedForEverywhereButHealth()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Sandbox = "",
            Variables = new Dictionary<string, string> { ["FRAMEGATE_CLIENT_KEY"] = "client-key-0f3e" },
        });
        var body = Bodies.Of("flux", Bodies.Unique("A lighthouse"));

        var refused = await framegate.Client.PostAsync(body);
        Assert.Equal((401, "AUTHENTICATION_FAILED"), (refused.Status, refused.Json.Text("error.code")));
        Assert.Equal("Bearer", refused.Header("WWW-Authenticate"));
        Assert.Equal(401, (await framegate.Client.PostAsync(body, ("Authorization", "Bearer wrong"))).Status);
        Assert.Equal(403, (await framegate.Client.GetAsync("/metrics")).Status); // The operator's, and there is no key for it.
        Assert.Equal(401, (await framegate.Client.GetAsync("/media/x")).Status);
        Assert.Equal(200, (await framegate.Client.GetAsync("/health/live")).Status);
        Assert.Equal(200, (await framegate.Client.PostAsync(body, ("Authorization", "Bearer client-key-0f3e"))).Status);
        Assert.Equal(200, (await framegate.Client.GetAsync("/generations", ("x-api-key", "client-key-0f3e"))).Status);
    }

    private static async Task<string?> StateOfAsync(FramegateProcess framegate)
    {
        var providers = await framegate.Client.GetAsync("/providers");
        return providers.Json.At("data").EnumerateArray().Single(p => p.Text("name") == "flux").Text("status");
    }

    private Task<FramegateProcess> StartAsync(string? fluxKey, string? soraKey)
    {
        var variables = new Dictionary<string, string>();
        if (fluxKey is not null)
        {
            variables["BFL_API_KEY"] = fluxKey;
        }

        if (soraKey is not null)
        {
            variables["OPENAI_API_KEY"] = soraKey;
        }

        return FramegateProcess.StartAsync(new FramegateSettings { Routes = Routes(), Variables = variables });
    }

    private string Routes() => $$$$"""
        {"ReverseProxy":{"Routes":{"flux":{"ClusterId":"flux","Match":{"Path":"/flux/{**rest}"},"Transforms":[{"PathRemovePrefix":"/flux"}]}},"Clusters":{
          "flux":{"Metadata":{"Adapter":"flux"},"Destinations":{"only":{"Address":"{{{{_providers.Address}}}}/flux/"}}},
          "sora":{"Destinations":{"only":{"Address":"{{{{_providers.Address}}}}/sora/"}}}
        }}}
        """;
}
