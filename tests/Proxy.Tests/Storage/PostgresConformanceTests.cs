namespace Framegate.Proxy.Tests.Storage;

[Collection(PostgresTests.Name)]
public sealed class PostgresConformanceTests(PostgresServer server) : StoreConformance
{
    private readonly string _schema = server.NewSchema();

    private protected override async ValueTask<IStoreUnderTest> OpenAsync() => await PostgresTestStore.OpenAsync(server, _schema);
}
