using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>The disk fails just when there is something to write that exists nowhere else: the handle of a job that has been accepted, or its result.</summary>
public sealed class FailingDiskTests : IAsyncLifetime
{
    private const string KeyVariable = "FRAMEGATE_TEST_KEY_OF_THE_FAILING_DISK";
    private ChaosProvider Provider { get; } = new();
    private TempFolder Folder { get; } = new();

    public Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable(KeyVariable, "key");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await Provider.DisposeAsync();
        Folder.Dispose();
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("Succeeded")]
    public async Task Submit_TheHandleOrTheResultCannotBeWritten_IsWrittenOnceTheDiskWorksAgain(string phase)
    {
        var config = Folder.Write("routes.json", $$"""
            { "ReverseProxy": { "Clusters": { "flux": { "Destinations": { "only": {
              "Address": "{{Provider.Server.Address}}/", "Metadata": { "KeyEnv": "{{KeyVariable}}" } } } } } } }
            """);
        using var data = DataFolderLock.Take(Path.Combine(Folder.Path, "data"));
        FailingStore store = null!;
        await using var app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", config, data.Folder.Path),
            new HostSettings(null, null),
            data.Folder,
            services => services.AddSingleton<IGenerationStore>(s => store = new FailingStore(
                ActivatorUtilities.CreateInstance<SqliteGenerationStore>(s), Enum.Parse<GenerationPhase>(phase), failures: 2)));
        await app.StartAsync();
        using var client = new GatewayClient(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));

        var answer = await client.PostAsync(Bodies.Of("flux", "A fox"));
        await app.StopAsync();

        Assert.Equal((200, "success"), (answer.Status, answer.Json.Text("status")));
        Assert.Equal(["accepted/yes"], ChaosGateway.Attempts(answer.Json));
        Assert.Equal(2, store.Failed);

        // What could not be written may be on the disk all the same: no other change gets its number.
        Assert.Equal(store.Revisions.Order().Distinct(), store.Revisions);
        Assert.Single(Provider.Submits);
        Assert.Single(Provider.Downloads);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(data.Folder.Path, "media"), "*", SearchOption.AllDirectories));
    }
}
