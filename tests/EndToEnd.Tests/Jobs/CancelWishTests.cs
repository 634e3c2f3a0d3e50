using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>A client cancels while the submit is on its way, and the program dies.</summary>
public sealed class CancelWishTests : IAsyncLifetime
{
    private const string Prompt = "A boat that nobody wants any more";
    private ChaosProvider Provider { get; } = new();
    private TempFolder Data { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Provider.DisposeAsync();
        Data.Dispose();
    }

    [Fact]
    public async Task Delete_SubmitHangsAndTheProgramIsKilled_EndsTheJobAfterTheRestart()
    {
        Provider.Submit = _ => Reaction.Hang;
        string id;
        await using (var first = await StartAsync())
        {
            id = await first.Client.StartAsync(Bodies.Of("sora", Prompt));
            await Eventually.GetAsync(() => Task.FromResult(Provider.Submits), s => s.Count == 1);

            // Answered after 10 s only: what counts is what is on the disk.
            var delete = first.Client.SendAsync(HttpMethod.Delete, "/generations/" + id);
            await Eventually.GetAsync(() => Task.FromResult(Wishes()), wishes => wishes == 1);
            await first.KillAsync();
            await Task.WhenAny(delete);
        }

        // The provider had taken the job.
        Provider.List = _ => Reaction.Answer(200, ChaosProvider.ListOf("video_1", Prompt));
        await using var second = await StartAsync();
        var ended = await second.Client.EndOfAsync(id);

        Assert.Equal(("cancelled", "cancelled"), (ended.Text("metadata.phase"), ended.Text("error.details.reason")));
        Assert.Single(Provider.Submits);
        Assert.Empty(Provider.Downloads);
    }

    private Task<FramegateProcess> StartAsync() => FramegateProcess.StartAsync(new FramegateSettings
    {
        Routes = $$"""{ "ReverseProxy": { "Clusters": { "sora": { "Destinations": { "only": { "Address": "{{Provider.Server.Address}}/" } } } } } }""",
        Variables = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "key" },
        Data = Data.Path,
    });

    private long Wishes()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Data.Path, "framegate.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM generations WHERE cancelled = 1";
        return (long)command.ExecuteScalar()!;
    }
}
