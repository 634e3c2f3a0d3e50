using Framegate.Proxy.Common;

namespace Framegate.Proxy.Tests.Host;

public sealed class EnvFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("FRAMEGATE_TEST_A=\"sk-live-1234567890\nFRAMEGATE_TEST_B=bfl-secret-0987\n", 1)]
    [InlineData("# keys\nFRAMEGATE_TEST_A=1\n\nFRAMEGATE_TEST_B: bfl-secret-0987\n", 4)]
    [InlineData("FRAMEGATE_TEST_A='two\nlines'\njust a bfl-secret-0987\n", 3)]
    [InlineData("FRAMEGATE_TEST_A=1\r\n=bfl-secret-0987\r\n", 2)]
    [InlineData("FRAMEGATE_TEST_A=it's bfl-secret-0987\n", 1)]
    public void Load_LineThatCannotBeRead_IsNamedAndNotQuoted(string text, int line)
    {
        var path = Write(text);

        var failure = Assert.Throws<EnvFileException>(() => EnvFile.Load(path));

        Assert.StartsWith($"{path}, line {line} ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0987", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sk-live", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GoodFile_SetsWhatIsNotSetAlready()
    {
        Environment.SetEnvironmentVariable("FRAMEGATE_TEST_SET", "before");
        try
        {
            EnvFile.Load(Write("\uFEFFexport FRAMEGATE_TEST_NEW=new\nFRAMEGATE_TEST_SET=after\n"));

            Assert.Equal("new", Environment.GetEnvironmentVariable("FRAMEGATE_TEST_NEW"));
            Assert.Equal("before", Environment.GetEnvironmentVariable("FRAMEGATE_TEST_SET"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("FRAMEGATE_TEST_NEW", null);
            Environment.SetEnvironmentVariable("FRAMEGATE_TEST_SET", null);
        }
    }

    [Fact]
    public void Find_FileOfAFolderAbove_IsTheNearest()
    {
        var path = Write("A=1");
        var below = Directory.CreateDirectory(Path.Combine(_folder.Path, "a", "b")).FullName;

        Assert.Equal(path, EnvFile.Find(below));
    }

    [Fact]
    public void Load_PipeThatNobodyWritesTo_IsNamedAndNotWaitedFor()
    {
        var path = Path.Combine(_folder.Path, ".env");
        NamedPipe.Make(path);

        var failure = Assert.Throws<EnvFileException>(() => EnvFile.Load(path, TimeSpan.Zero));

        Assert.StartsWith(path, failure.Message, StringComparison.Ordinal);

        // Whoever waits at it may go.
        File.WriteAllText(path, "");
    }

    [Fact]
    public void Find_LinkThatLeadsNowhere_IsFoundAndNamed()
    {
        var path = Path.Combine(_folder.Path, ".env");
        File.CreateSymbolicLink(path, Path.Combine(_folder.Path, "nothing"));

        Assert.Equal(path, EnvFile.Find(_folder.Path));
        Assert.StartsWith(path, Assert.Throws<EnvFileException>(() => EnvFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FolderOfThatName_IsPassedOver()
    {
        var path = Write("A=1");
        var below = Directory.CreateDirectory(Path.Combine(_folder.Path, "app", ".env")).Parent!.FullName;

        Assert.Equal(path, EnvFile.Find(below));
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder.Path, ".env");
        File.WriteAllText(path, text);
        return path;
    }
}
