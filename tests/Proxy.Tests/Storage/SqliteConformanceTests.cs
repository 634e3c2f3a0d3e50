namespace Framegate.Proxy.Tests.Storage;

public sealed class SqliteConformanceTests : StoreConformance, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override IStoreUnderTest Open() => new TestStore(_folder.Path);
}
