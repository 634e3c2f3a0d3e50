using System.Text.Json.Nodes;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Host.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Framegate.Proxy.Tests.Configuration;

public sealed class ConfigurationGuardTests : IDisposable
{
    private readonly GuardedProgram _program = new(GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":2}"));

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Look_FileAsItWas_ChangesNothing()
    {
        var before = _program.Status;

        Assert.True(await _program.Guard.LookAsync(default));

        Assert.Same(before, _program.Status);
        Assert.Equal(ConfigurationStatus.Current, before.Status);
    }

    [Fact]
    public async Task Look_GoodChange_TakesEffectOnceItStandsStill()
    {
        var before = _program.Status;
        _program.Write(GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":5}"));

        Assert.False(await _program.Guard.LookAsync(default));
        Assert.Equal(2, _program.Options<JobsOptions>().MaxAttempts);
        Assert.True(await _program.Guard.LookAsync(default));

        Assert.Equal(5, _program.Options<JobsOptions>().MaxAttempts);
        Assert.NotEqual(before.Sha256, _program.Status.Sha256);
    }

    [Fact]
    public async Task Look_ClusterAdded_IsThereForYarp()
    {
        _program.Write("""
            {"ReverseProxy":{"Clusters":{
              "flux":{"Destinations":{"a":{"Address":"http://127.0.0.1:9/"}}},
              "flux-eu":{"Metadata":{"Adapter":"flux"},"Destinations":{"a":{"Address":"http://127.0.0.1:9/"}}}}}}
            """);
        await _program.SettleAsync();

        Assert.Equal(["flux", "flux-eu"], _program.Clusters);
        Assert.Equal(new JobsOptions().MaxAttempts, _program.Options<JobsOptions>().MaxAttempts);
    }

    [Theory]
    [InlineData("""{"Framegate":{"Jobs":{"MaxAttempts":0}}}""", "Framegate:Jobs:MaxAttempts")]
    [InlineData("""{"Framegate":{"Jobs":{"MaxAtempts":3}}}""", "Framegate:Jobs:MaxAtempts")]
    [InlineData("""{"ReverseProxy":{"Clusters":{"flux":{"LoadBalancingPolicy":"Wieghted"}}}}""", "ReverseProxy:Clusters:flux:LoadBalancingPolicy")]
    public async Task Look_BadChange_KeepsTheLastGoodOneAndSaysWhy(string text, string path)
    {
        var before = _program.Status;
        _program.Time.Advance(TimeSpan.FromMinutes(1));
        _program.Write(text);
        await _program.SettleAsync();

        Assert.Equal(["flux"], _program.Clusters);
        Assert.Equal(2, _program.Options<JobsOptions>().MaxAttempts);
        Assert.Equal((ConfigurationStatus.Rejected, before.Sha256, before.LoadedAt), (_program.Status.Status, _program.Status.Sha256, _program.Status.LoadedAt));
        Assert.Equal(path, Assert.Single(_program.Status.Errors).Path);
        Assert.True(_program.Status.LastAttemptAt > before.LastAttemptAt);
    }

    [Fact]
    public async Task Look_HalfWritten_IsNotCalledBroken()
    {
        var text = GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":5}");
        foreach (var length in new[] { 0, 40, 100 })
        {
            _program.Write(text[..length]);
            Assert.False(await _program.Guard.LookAsync(default));
            _program.Time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.False(await _program.Guard.LookAsync(default));
            Assert.Equal(ConfigurationStatus.Current, _program.Status.Status);
        }

        _program.Write(text);
        await _program.SettleAsync();

        Assert.Equal((5, ConfigurationStatus.Current), (_program.Options<JobsOptions>().MaxAttempts, _program.Status.Status));
    }

    [Fact]
    public async Task Look_StaysBroken_NamesTheLine()
    {
        _program.Write("{\n  \"Framegate\": oops\n}");
        await _program.SettleAsync();

        var error = Assert.Single(_program.Status.Errors);
        Assert.Equal(_program.File, error.Path);
        Assert.StartsWith("Line 2, column 16: ", error.Reason, StringComparison.Ordinal);
        Assert.Equal(2, _program.Options<JobsOptions>().MaxAttempts);
    }

    [Fact]
    public async Task Look_FileGone_KeepsTheLastGoodOneUntilItIsBack()
    {
        var text = await File.ReadAllTextAsync(_program.File);
        File.Delete(_program.File);
        await _program.SettleAsync();
        Assert.Equal(("rejected", "There is no such file."), (_program.Status.Status, Assert.Single(_program.Status.Errors).Reason));
        Assert.Equal(["flux"], _program.Clusters);

        var loadedAt = _program.Status.LoadedAt;
        _program.Write(text);
        await _program.SettleAsync();

        Assert.Equal((ConfigurationStatus.Current, loadedAt), (_program.Status.Status, _program.Status.LoadedAt));
        Assert.Empty(_program.Status.Errors);
    }

    [Fact]
    public async Task Look_GoodAfterBad_TakesEffect()
    {
        _program.Write("""{"Framegate":{"Nonsense":{}}}""");
        await _program.SettleAsync();
        _program.Write(GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":7}"));
        await _program.SettleAsync();

        Assert.Equal((7, ConfigurationStatus.Current), (_program.Options<JobsOptions>().MaxAttempts, _program.Status.Status));
        Assert.Empty(_program.Status.Errors);
    }

    [Fact]
    public async Task Look_RefusedForAFileBesideIt_TakesEffectOnceThatIsThere()
    {
        var key = Path.Combine(Path.GetDirectoryName(_program.File)!, "shop.key");
        _program.Write(GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":6},\"Clients\":{\"shop\":{\"KeyFile\":" + System.Text.Json.JsonSerializer.Serialize(key) + "}}"));
        await _program.SettleAsync();
        Assert.Equal((2, ConfigurationStatus.Rejected), (_program.Options<JobsOptions>().MaxAttempts, _program.Status.Status));
        var errors = _program.Status.Errors;

        _program.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await _program.Guard.LookAsync(default));
        Assert.Same(errors, _program.Status.Errors);

        await File.WriteAllTextAsync(key, "a key that was mounted later");
        _program.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await _program.Guard.LookAsync(default));

        Assert.Equal((6, ConfigurationStatus.Current), (_program.Options<JobsOptions>().MaxAttempts, _program.Status.Status));
        Assert.Empty(_program.Status.Errors);
    }

    [Fact]
    public async Task Look_ThroughALink_SeesWhatItLeadsTo()
    {
        var folder = Path.GetDirectoryName(_program.File)!;
        Directory.CreateDirectory(Path.Combine(folder, "..v1"));
        await File.WriteAllTextAsync(Path.Combine(folder, "..v1", "routes.json"), GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":8}"));
        File.Delete(_program.File);
        File.CreateSymbolicLink(Path.Combine(folder, "..data"), "..v1");
        File.CreateSymbolicLink(_program.File, Path.Combine("..data", "routes.json"));
        await _program.SettleAsync();

        Assert.Equal(8, _program.Options<JobsOptions>().MaxAttempts);
    }

    [Fact]
    public async Task ADoubtAboutAProviderFile_IsLoggedAtTheStartAndAtEachChangeOfIt()
    {
        var doubted = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "config", "providers", "xai.json")))!;
        doubted["models"]![3]!["capabilities"] = new JsonArray("text-to-image", "inpainting");
        var lines = new Warnings();
        using var program = new GuardedProgram(null, services => services.AddSingleton<ILoggerProvider>(lines), doubted.ToJsonString());

        Assert.Contains("names 'inpainting'", Assert.Single(lines.Text), StringComparison.OrdinalIgnoreCase);

        program.Write(GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":5}"));
        await program.SettleAsync();
        Assert.Single(lines.Text);

        doubted["models"]![4]!["capabilities"] = new JsonArray("text-to-image", "inpainting");
        program.WriteProvider(doubted.ToJsonString());
        await program.SettleAsync();
        Assert.Equal(3, lines.Text.Count);
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        public List<string> Text { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 511)
            {
                lock (Text)
                {
                    Text.Add(formatter(state, exception));
                }
            }
        }
    }
}
