using System.Net;
using Framegate.Client;
using Framegate.EndToEnd.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.EndToEnd.Tests.DotnetClient;

/// <summary><c>clients/dotnet</c> against the running program.</summary>
public sealed class FramegateClientTests(Gateway gateway) : IClassFixture<Gateway>
{
    private FramegateClientOptions Options => new()
    {
        BaseAddress = gateway.Framegate.Address, RetryDelay = TimeSpan.FromMilliseconds(10), PollInterval = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public async Task Readme_FirstExample_MakesAPicture()
    {
        using var framegate = new FramegateClient(new() { BaseAddress = gateway.Framegate.Address });
        var made = await framegate.GenerateAsync(new()
        {
            Provider = "flux", Model = "flux-pro-1.1", MediaType = MediaType.Image,
            Prompt = "A lighthouse at dawn", Parameters = new() { Width = 1024, Height = 768, Seed = 42 },
        });

        await using var media = await framegate.OpenMediaAsync(made.Result!.Media[0].Id);
        var head = new byte[4];
        await media.ReadExactlyAsync(head);
        Assert.Equal([0x89, 0x50, 0x4e, 0x47], head);
        Assert.Equal((1024, 42, "succeeded"), (made.Result.Media[0].Width, made.Result.Seed, made.Metadata.Phase));
        // What was run is what the README says.
        var readme = await File.ReadAllTextAsync(Repository.PathOf("clients/dotnet/README.md"));
        Assert.Contains("var made = await framegate.GenerateAsync(new()", readme, StringComparison.Ordinal);
        Assert.Contains("""Provider = "flux", Model = "flux-pro-1.1", MediaType = MediaType.Image,""", readme, StringComparison.Ordinal);
        Assert.Contains("""Prompt = "A lighthouse at dawn", Parameters = new() { Width = 1024, Height = 768, Seed = 42 },""", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddFramegate_AnswersAreLost_OnePaidJobAndNoEventIsMissed()
    {
        const string Prompt = "dotnet: sandbox:slow=2";
        var cut = new CutHandler();
        await using var services = Services(cut);
        var framegate = services.GetRequiredService<FramegateClient>();

        var begun = await framegate.StartAsync(Flux(Prompt));
        var events = new List<GenerationEvent>();
        await foreach (var happened in framegate.EventsAsync(begun.RequestId!))
        {
            events.Add(happened);
        }

        Assert.Equal(2, cut.Orders);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(Prompt));
        Assert.Equal("completed", events[^1].Type);
        Assert.Equal(events[0].Id, Assert.Single(cut.TakenUp));
        Assert.Distinct(events.Select(e => e.Id));
    }

    [Theory]
    [InlineData("sandbox:drop")]
    [InlineData("sandbox:error")]
    public async Task GenerateAsync_MayHaveBeenPaid_IsRaisedAndNotRepeated(string magic)
    {
        var prompt = "dotnet: " + magic;
        using var framegate = new FramegateClient(Options);

        var raised = await Assert.ThrowsAsync<GenerationFailedException>(() => framegate.GenerateAsync(Flux(prompt)));

        Assert.False(raised.IsRetryable);
        Assert.NotEqual("no", Assert.Single(raised.Generation.Metadata.Attempts).Billed);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task StartAsync_Refused_NamesTheField()
    {
        using var framegate = new FramegateClient(Options);

        var raised = await Assert.ThrowsAsync<FramegateException>(() => framegate.StartAsync(Flux("x") with { Parameters = new() { Width = 7 } }));

        Assert.Equal((HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest), (raised.Status, raised.Code));
        Assert.Equal("parameters.width", raised.Error!.Details!.Fields[0].Field);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<FramegateException>(() => framegate.GetAsync("none/../models"))).Status);
    }

    [Fact]
    public async Task GenerateAsync_CallerLosesPatience_TheGenerationGoesOnUntilItIsCancelled()
    {
        const string Prompt = "dotnet: sandbox:slow=60";
        using var framegate = new FramegateClient(Options);
        using var patience = new CancellationTokenSource();
        var begun = await framegate.StartAsync(Flux(Prompt) with { RequestId = "dotnet-patience" }, cancellationToken: patience.Token);
        var wait = framegate.WaitAsync(begun, patience.Token);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.Equal("processing", (await framegate.GetAsync("dotnet-patience")).Status);
        Assert.Equal("cancelled", (await framegate.CancelAsync("dotnet-patience")).Metadata.Phase);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(Prompt));
    }

    [Fact]
    public async Task QuoteAsync_ModelsAsync_Answer()
    {
        using var framegate = new FramegateClient(Options);

        var quote = await framegate.QuoteAsync(Flux("x"));
        var models = await framegate.ModelsAsync();
        var dear = await Assert.ThrowsAsync<FramegateException>(() => framegate.StartAsync(Flux("x"), new GenerateOptions { MaxCost = 0.0001m }));

        Assert.Equal(("able", 1), (quote.Data[0].Verdict, quote.Data[0].Place));
        Assert.Contains(models.Data, m => m is { Id: "flux/flux-dev", Name: "flux-dev", MediaType: MediaType.Image });
        Assert.NotEmpty(models.Aliases[0].Candidates);
        Assert.Equal(ErrorCodes.InvalidRequest, dear.Code);
    }

    private static GenerationRequest Flux(string prompt) => new() { Provider = "flux", Model = "flux-dev", Prompt = prompt };

    private ServiceProvider Services(CutHandler cut)
    {
        var services = new ServiceCollection();
        services.AddFramegate(o => (o.BaseAddress, o.RetryDelay) = (gateway.Framegate.Address, TimeSpan.FromMilliseconds(10))).AddHttpMessageHandler(() => cut);
        return services.BuildServiceProvider();
    }
}
