using System.Text.RegularExpressions;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Providers;

/// <summary>The page about adding a provider, followed to the letter.</summary>
public sealed class AddedProviderTests
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    [Fact]
    public async Task TheExampleOfThePage_MakesAPicture_WhileTheProgramRuns()
    {
        string? address = null;
        await using var acme = new ScriptedServer(call => (call.Method, call.Path) switch
        {
            ("POST", "/v1/pictures") => Reaction.Answer(200, """{"id":"p1","state":"waiting"}"""),
            ("GET", "/v1/pictures/p1") => Reaction.Answer(200, $$"""{"id":"p1","state":"ready","picture":{"url":"{{address}}/p1.png"},"price_cents":3}"""),
            ("GET", "/p1.png") => Reaction.Answer(200, Convert.FromBase64String(Pixel), "image/png"),
            _ => Reaction.Answer(404, """{"error":{"kind":"none","message":"there is nothing"}}"""),
        });
        address = acme.Address;
        using var folder = new TempFolder();
        var config = folder.Write("routes.json", """{ "ReverseProxy": {} }""");
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Config = config, Variables = new Dictionary<string, string> { ["ACME_API_KEY"] = "secret-of-acme" },
        });
        var file = (await ExampleAsync()).Replace("https://api.acme.example", acme.Address, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder.Path, "providers"));

        // 1. With a fault nothing changes, and the fault is named.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "providers", "acme.json"), file.Replace("\"draw\"", "\"draw\", \"wen\": []", StringComparison.Ordinal));
        await Eventually.GetAsync(() => framegate.Client.GetAsync("/admin/config"), a => a.Text.Contains("/operations/0/wen", StringComparison.Ordinal));
        Assert.Equal(400, (await framegate.Client.PostAsync(Request())).Status);

        // 2. As on the page.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "providers", "acme.json"), file);
        await Eventually.GetAsync(() => framegate.Client.GetAsync("/models"), a => a.Text.Contains("acme/acme-1", StringComparison.Ordinal));
        var answer = await framegate.Client.PostAsync(Request());

        Assert.Equal((200, "success"), (answer.Status, answer.Json.Text("status")));
        Assert.Equal(0.03m, answer.Json.GetProperty("cost").GetDecimal());
        var submit = Assert.Single(acme.Requests, r => r.Method == "POST");
        Assert.Equal("""{"model":"acme-1","text":"A red paper boat","shape":"16x9","seed":7}""", submit.Text);
        Assert.Equal("Bearer secret-of-acme", submit.Headers["Authorization"]);

        // 3. Its native route, and its trial from the command line.
        Assert.Contains("ready", (await framegate.Client.GetAsync("/acme/v1/pictures/p1")).Text, StringComparison.Ordinal);
        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "providers", "test", Path.Combine(folder.Path, "providers", "acme.json"), "--against", acme.Address);
        Assert.True(exitCode == 0, output);
        Assert.Contains("-> succeeded: 1 result(s), billed 0.03 USD", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJobWhoseFileHasGone_EndsAllTheSame()
    {
        var isReady = false;
        string? address = null;
        await using var acme = new ScriptedServer(call => (call.Method, call.Path) switch
        {
            ("POST", "/v1/pictures") => Reaction.Answer(200, """{"id":"p1","state":"waiting"}"""),
            ("GET", "/v1/pictures/p1") => Reaction.Answer(200, isReady ? $$"""{"id":"p1","state":"ready","picture":{"url":"{{address}}/p1.png"},"price_cents":3}""" : """{"id":"p1","state":"drawing"}"""),
            ("GET", "/p1.png") => Reaction.Answer(200, Convert.FromBase64String(Pixel), "image/png"),
            _ => Reaction.Answer(404, """{"error":{"kind":"none","message":"there is nothing"}}"""),
        });
        address = acme.Address;
        using var folder = new TempFolder();
        var config = folder.Write("routes.json", """{ "ReverseProxy": {} }""");
        Directory.CreateDirectory(Path.Combine(folder.Path, "providers"));
        var file = Path.Combine(folder.Path, "providers", "acme.json");
        await File.WriteAllTextAsync(file, (await ExampleAsync()).Replace("https://api.acme.example", acme.Address, StringComparison.Ordinal));
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Config = config, Variables = new Dictionary<string, string> { ["ACME_API_KEY"] = "secret-of-acme" },
        });
        var id = await framegate.Client.StartAsync(Request());
        await Eventually.GetAsync(() => framegate.Client.FindAsync(id), a => a.Json.Text("metadata.phase") == "running");

        File.Delete(file);
        await Eventually.GetAsync(() => framegate.Client.GetAsync("/models"), a => !a.Text.Contains("acme/acme-1", StringComparison.Ordinal));
        isReady = true;

        Assert.Equal("success", (await framegate.Client.EndOfAsync(id)).Text("status"));
        Assert.Single(acme.Requests, r => r.Method == "POST");
    }

    private static async Task<string> ExampleAsync() =>
        Regex.Match(await File.ReadAllTextAsync(Repository.PathOf("docs/adding-a-provider.md")), "```json\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    private static string Request() =>
        """{"provider":"acme","model":"acme-1","media_type":"image","prompt":"A red paper boat","parameters":{"aspect_ratio":"16:9","seed":7}}""";
}
