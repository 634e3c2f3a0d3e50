using Framegate.Proxy.Host.Configuration;

namespace Framegate.Proxy.Tests.Configuration;

/// <summary>The file is read each second: what has not changed is not parsed again, and any change is seen, whatever the time of the file.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _path;
    private readonly ConfigurationFile _file;

    public ConfigurationFileTests()
    {
        _path = Path.Combine(_folder.Path, "routes.json");
        File.WriteAllText(_path, """{ "Framegate": { "Jobs": { "MaxAttempts": 3 } } }""");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "providers"));
        File.Copy(Path.Combine(Repository.Root, "config", "providers", "openai.json"), Provider);
        _file = new ConfigurationFile(_path);
    }

    private string Provider => Path.Combine(_folder.Path, "providers", "openai.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NothingHasChanged_IsTheSame() => Assert.Same(_file.Read(), _file.Read());

    [Fact]
    public void Read_Pipes_AreNamedAndNotWaitedFor()
    {
        File.Delete(Provider);
        NamedPipe.Make(Provider);
        Assert.Contains("no regular file", Assert.Single(_file.Read().Providers.Errors).Reason, StringComparison.Ordinal);

        File.Delete(_path);
        NamedPipe.Make(_path);
        Assert.Contains("no regular file", _file.Read().Error!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileOfTheSameLengthAndTime_IsSeen()
    {
        var first = _file.Read();
        var time = File.GetLastWriteTimeUtc(_path);
        File.WriteAllText(_path, File.ReadAllText(_path).Replace('3', '4'));
        File.SetLastWriteTimeUtc(_path, time);

        var second = _file.Read();
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.Equal("4", second.Values!["Framegate:Jobs:MaxAttempts"]);
    }

    [Fact]
    public void Read_ProviderOfTheSameLengthAndTime_IsSeen()
    {
        var first = _file.Read();
        var time = File.GetLastWriteTimeUtc(Provider);
        var text = File.ReadAllText(Provider);
        File.WriteAllText(Provider, text.Replace("api.openai.com", "api.openai.org", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(Provider, time);

        var second = _file.Read();
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Contains("api.openai.org", second.Values!["ReverseProxy:Clusters:openai:Destinations:global:Address"], StringComparison.Ordinal);
        Assert.Same(second, _file.Read());
    }

    [Fact]
    public void Read_ProviderIsGone_IsSeen()
    {
        var first = _file.Read();
        File.Delete(Provider);

        var second = _file.Read();
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.DoesNotContain("ReverseProxy:Clusters:openai:Destinations:global:Address", second.Values!.Keys);
    }

    [Fact]
    public void Read_BrokenAndMended_IsAsItWas()
    {
        var first = _file.Read();
        var text = File.ReadAllText(_path);
        File.WriteAllText(_path, "{");
        Assert.NotNull(_file.Read().Error);
        File.WriteAllText(_path, text);
        Assert.Equal(first.Fingerprint, _file.Read().Fingerprint);
    }
}
