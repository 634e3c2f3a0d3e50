namespace Framegate.Proxy.Tests.Storage;

public sealed class SqliteConformanceTests : StoreConformance, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override ValueTask<IStoreUnderTest> OpenAsync() => new(new TestStore(_folder.Path));
}
