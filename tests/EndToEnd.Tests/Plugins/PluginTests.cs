using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Plugins;

/// <summary>An adapter that is not built in.</summary>
public sealed class PluginTests
{
    private const string File = "Framegate.Plugin.Sample.dll";
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "plugins");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_ProviderOfAPlugin_IsServed(bool byCommandLine)
    {
        await using var provider = new ScriptedServer(_ => Reaction.Answer(200, """{"text":"Wish you were here"}"""));
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes(provider.Address),
            Plugins = byCommandLine ? _folder : null,
            Variables = byCommandLine
                ? new Dictionary<string, string> { ["POSTCARD_KEY"] = "stamp" }
                : new Dictionary<string, string> { ["POSTCARD_KEY"] = "stamp", ["Framegate__Plugins__Folder"] = _folder },
        });

        var answer = await framegate.Client.PostAsync("""{ "provider": "postcard", "model": "postcard-1", "media_type": "text", "prompt": "Hello" }""");

        Assert.Equal((200, "Wish you were here"), (answer.Status, answer.Json.Text("result.text")));
        var call = Assert.Single(provider.Requests);
        Assert.Equal(("stamp", """{"text":"Hello"}"""), (call.Headers["x-postcard-key"], call.Text));
    }

    [Fact]
    public async Task Start_TwoPluginsOfOneName_StopsAndNamesIt()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "twice"));
        foreach (var copy in new[] { "one.dll", "two.dll" })
        {
            System.IO.File.Copy(Path.Combine(_folder, File), Path.Combine(folder.Path, "twice", copy));
        }

        await FailsAsync(folder, Path.Combine(folder.Path, "twice"), "Two adapters are named 'postcard'");
    }

    [Fact]
    public async Task Start_NoSuchFolder_StopsAndNamesIt()
    {
        using var folder = new TempFolder();

        await FailsAsync(folder, Path.Combine(folder.Path, "nowhere"), Path.Combine(folder.Path, "nowhere"));
    }

    [Fact]
    public async Task Start_FolderIsNotGiven_LoadsNothing()
    {
        using var folder = new TempFolder();

        // The plugin lies beside the program, where an opt-out loader would take it up.
        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "validate", "--config", folder.Write("routes.json", Routes("http://127.0.0.1:9")));

        Assert.Equal(1, exitCode);
        Assert.Contains("ReverseProxy:Clusters:postcard", output, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(TempFolder folder, string plugins, string names)
    {
        var (exitCode, output) = await FramegateCommand.RunAsync(
            folder.Path, "--config", Repository.RoutesFile, "--urls", "http://127.0.0.1:0", "--data", Path.Combine(folder.Path, "data"), "--plugins", plugins);

        Assert.True(exitCode == 1, output);
        Assert.Contains(names, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static string Routes(string address) =>
        $$"""{ "ReverseProxy": { "Clusters": { "postcard": { "Destinations": { "only": { "Address": "{{address}}/" } } } } } }""";
}
