using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Keys;

/// <summary><c>validate</c>, and what a bad file does to the start.</summary>
public sealed class ValidateTests
{
    [Fact]
    public async Task Validate_FileOfTheRepository_IsValid()
    {
        using var folder = new TempFolder();

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", Repository.RoutesFile);

        Assert.Equal(0, exitCode);
        Assert.Contains(": valid", output, StringComparison.Ordinal);

        // Neither where it ran, nor where the machine keeps temporary files: a check of a file has no data.
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "framegate.db*"));
    }

    /// <summary>A provider may be emptied on purpose, and the warning names it.</summary>
    [Theory]
    [InlineData("""{"Destinations":{}}""")]
    [InlineData("{}")]
    public async Task Validate_ClusterWithoutDestination_IsAWarning(string cluster)
    {
        using var folder = new TempFolder();
        var file = folder.Write("routes.json", """{"ReverseProxy":{"Clusters":{"flux":""" + cluster + "}}}");

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", file);

        Assert.True(exitCode == 0, output);
        Assert.Contains("warning: ReverseProxy:Clusters:flux:Destinations: There is none,", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "routes.json")]
    [InlineData("""{"ReverseProxy":{"Clusters":{"acme":{"Destinations":{"a":{"Address":"https://acme.example/"}}}}}}""", "ReverseProxy:Clusters:acme")]
    [InlineData("""{"Framegate":{"Jobs":{"MaxAttempts":0}}}""", "MaxAttempts")]
    [InlineData("""{"Framegate":{"Jobs":{"MaxAttempts":"many"}}}""", "Framegate:Jobs:MaxAttempts")]
    [InlineData("""{"Framegate":{"Jobs":{"RetryBaseDelay":"00:00:10","RetryMaxDelay":"00:00:01"}}}""", "RetryBaseDelay")]
    [InlineData("""{"Framegate":{"Media":{"IdleTimeout":"00:00:00"}}}""", "IdleTimeout")]
    [InlineData("""{"ReverseProxy":{"Clusters":{"flux":{"LoadBalancingPolicy":"Wieghted"}}}}""", "Wieghted")]
    [InlineData("""{"Framegate":{"Clients":{"a":{"KeyHash":"x"}},"Limitz":{"a":1}}}""", "Framegate:Clients:a:KeyHash")]
    [InlineData("""{"Framegate":{"Clients":{"a":{"KeyHash":"x"}},"Limitz":{"a":1}}}""", "Framegate:Limitz")]
    [InlineData("""{"Framegate":{"Store":{"Postgres":"Host=h;Passwort=x"}}}""", "Framegate:Store:Postgres: It must be")]
    [InlineData("""{"Logging":{"LogLevel":{"Default":"Debgu"}}}""", "Logging:LogLevel:Default: It must be one of")]
    [InlineData("""{"Logging":{"LogLevle":{"Default":"Debug"}}}""", "Logging:LogLevle: There is no such setting")]
    public async Task Validate_BadFile_NamesTheFaultAndFails(string text, string names)
    {
        using var folder = new TempFolder();

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", folder.Write("routes.json", text));

        Assert.True(exitCode == 1, output);
        Assert.Contains("error(s)", output, StringComparison.Ordinal);
        Assert.Contains(names, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_AKeyThatNoHeaderCarries_NamesThePositionAndNotTheKey()
    {
        using var folder = new TempFolder();
        folder.Write(".env", "BFL_API_KEY=secret-clé");

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", Repository.RoutesFile);

        Assert.True(exitCode == 1, output);
        Assert.Contains("ReverseProxy:Clusters:flux:Destinations:", output, StringComparison.Ordinal);
        Assert.Contains("BFL_API_KEY cannot be sent: character 10 is", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-cl", output, StringComparison.Ordinal);
    }

    /// <summary>Without its key <c>/admin</c> has another lock than its operator thinks.</summary>
    [Theory]
    [InlineData("FRAMEGATE_ADMIN_KEY", "nothing")]
    [InlineData("FRAMEGATE_CLIENT_KEY", "empty")]
    public async Task Start_FileOfAKeyGivesNothing_NamesTheVariableAndFails(string variable, string file)
    {
        using var folder = new TempFolder();
        folder.Write("empty", "");
        folder.Write(".env", $"{variable}_FILE={Path.Combine(folder.Path, file)}\nBFL_API_KEY_FILE=/nothing/bfl");

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", Repository.RoutesFile);
        Assert.True(exitCode == 1, output);
        Assert.Contains($"{variable}: The file ", output, StringComparison.Ordinal);

        (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "--config", Repository.RoutesFile, "--data", Path.Combine(folder.Path, "data"), "--urls", "http://127.0.0.1:0");
        Assert.True(exitCode == 1, output);
        Assert.Contains($"{variable}: The file ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_FileOfAProvidersKeyGivesNothing_IsAWarning()
    {
        using var folder = new TempFolder();
        folder.Write(".env", "BFL_API_KEY_FILE=/nothing/bfl");

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", Repository.RoutesFile);

        Assert.True(exitCode == 0, output);
        Assert.Contains("warning: BFL_API_KEY: The file /nothing/bfl", output, StringComparison.Ordinal);
    }

    /// <summary>A file of variables keeps quotes where a shell would not.</summary>
    [Theory]
    [InlineData("\"abc\"", "The key is in quotes")]
    [InlineData("Bearer abc", "The key begins with Bearer")]
    public async Task Validate_AKeyWithWhatStoodAroundIt_IsAWarningWithoutTheKey(string key, string says)
    {
        using var folder = new TempFolder();
        var file = folder.Write("key", key);
        folder.Write(".env", $"BFL_API_KEY_FILE={file}");

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", Repository.RoutesFile);

        Assert.True(exitCode == 0, output);
        Assert.Contains($"warning: BFL_API_KEY: {says}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_TwoFaults_ListsBoth()
    {
        using var folder = new TempFolder();
        var file = folder.Write("routes.json", """{"Framegate":{"Jobs":{"MaxAttempts":0,"MaxOpen":0}}}""");

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", file);

        Assert.Equal(1, exitCode);
        Assert.Contains("MaxAttempts", output, StringComparison.Ordinal);
        Assert.Contains("MaxOpen", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Framegate":{"Jobs":{"MaxAttempts":0}}}""")]
    [InlineData("{")]
    [InlineData("""{"Framegate":{"Jobs":{"MaxAttempts":"many"}}}""")]
    [InlineData("""{"ReverseProxy":{"Clusters":{"flux":{"LoadBalancingPolicy":"Wieghted"}}}}""")]
    [InlineData("""{"Framegate":{"Clients":{"a":{"KeyHash":"x"}}}}""")]
    [InlineData("""{"Logging":{"LogLevel":{"Default":"Debgu"}}}""")]
    public async Task Start_BadFile_SaysSoInOneLineAndEnds(string text)
    {
        using var folder = new TempFolder();

        var (exitCode, output) = await FramegateCommand.RunAsync(
            folder.Path, "--sandbox", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(folder.Path, "data"), "--config", folder.Write("routes.json", text));

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortIsTaken_SaysSoInOneLineAndEnds()
    {
        using var folder = new TempFolder();
        await using var first = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "" });

        var (exitCode, output) = await FramegateCommand.RunAsync(
            folder.Path, "--sandbox", "--urls", first.Address.AbsoluteUri, "--config", Repository.RoutesFile, "--data", Path.Combine(folder.Path, "data"));

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoFile_NamesTheOption()
    {
        using var folder = new TempFolder();

        var (exitCode, output) = await FramegateCommand.RunAsync(
            folder.Path, "--sandbox", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(folder.Path, "data"), "--config", "missing.json");

        Assert.Equal(1, exitCode);
        Assert.Contains("--config", output, StringComparison.Ordinal);
    }
}
