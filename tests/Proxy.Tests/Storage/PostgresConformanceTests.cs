namespace Framegate.Proxy.Tests.Storage;

[Collection(PostgresTests.Name)]
public sealed class PostgresConformanceTests(PostgresServer server) : StoreConformance
{
    private readonly string _schema = server.NewSchema();

    private protected override IStoreUnderTest Open() => new PostgresTestStore(server, _schema);
}
