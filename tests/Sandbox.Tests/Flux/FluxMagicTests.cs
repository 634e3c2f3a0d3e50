using System.Net;

namespace Framegate.Sandbox.Tests.Flux;

public class FluxMagicTests
{
    [Theory]
    [InlineData("sandbox:moderated", "Request Moderated")]
    [InlineData("sandbox:error", "Error")]
    [InlineData("sandbox:ok", "Ready")]
    public async Task Submit_PromptDecidesTheEnd_IsAcceptedAndEndsSo(string prompt, string status)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var url = await SubmitAsync(sandbox, prompt);
        Assert.Equal("Pending", (await sandbox.Flux.GetJsonAsync(url)).Text("status"));
        sandbox.Time.Advance(TimeSpan.FromSeconds(0.5));
        var end = await sandbox.Flux.GetJsonAsync(url);
        Assert.Equal(status, end.Text("status"));
        Assert.Equal(status == "Request Moderated", end.GetProperty("details").ValueKind == System.Text.Json.JsonValueKind.Object);
        Assert.Equal(prompt, Assert.Single(sandbox.Server.Ledger.Read()).Prompt);
    }

    [Fact]
    public async Task Submit_SlowAndError_TakesThatLongThenFails()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var url = await SubmitAsync(sandbox, "sandbox:error after sandbox:slow=7.5.");
        sandbox.Time.Advance(TimeSpan.FromSeconds(7.4));
        Assert.Equal("Pending", (await sandbox.Flux.GetJsonAsync(url)).Text("status"));
        sandbox.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("Error", (await sandbox.Flux.GetJsonAsync(url)).Text("status"));
    }

    [Theory]
    [InlineData("sandbox:rate-limited", HttpStatusCode.TooManyRequests, "Too many active tasks")]
    [InlineData("sandbox:credits", HttpStatusCode.PaymentRequired, "Insufficient credits")]
    public async Task Submit_PromptRefuses_AnswersSoAndRecordsNothing(string prompt, HttpStatusCode status, string detail)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Flux.PostJsonAsync("v1/flux-dev", $$"""{"prompt":"{{prompt}}"}""");
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(detail, (await answer.JsonAsync()).Text("detail"));
        Assert.Equal(status == HttpStatusCode.TooManyRequests ? TimeSpan.FromSeconds(1) : null, answer.Headers.RetryAfter?.Delta);
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_Flaky_FailsSoOftenPerPromptThenWorks()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        Assert.Equal("503 503 200 200", await StatusesAsync("sandbox:flaky=2", 4));
        Assert.Equal("503 200", await StatusesAsync("another sandbox:flaky=1", 2));
        Assert.Equal(3, sandbox.Server.Ledger.Total);

        async Task<string> StatusesAsync(string prompt, int times)
        {
            var statuses = new int[times];
            for (var i = 0; i < times; i++)
            {
                statuses[i] = (int)(await sandbox.Flux.PostJsonAsync("v1/flux-dev", $$"""{"prompt":"{{prompt}}"}""")).StatusCode;
            }

            return string.Join(' ', statuses);
        }
    }

    [Fact]
    public async Task Submit_Drop_IsAcceptedThoughTheConnectionBreaks()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.Flux.PostJsonAsync("us1/v1/flux-dev", """{"prompt":"sandbox:drop"}"""));
        var entry = Assert.Single(sandbox.Server.Ledger.Read());
        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Ready", (await sandbox.Flux.GetJsonAsync($"us1/v1/get_result?id={entry.NativeId}")).Text("status"));
    }

    [Fact]
    public async Task Submit_Hang_IsNeverAnsweredNorAccepted()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var cancel = new CancellationTokenSource();
        var call = sandbox.Flux.PostAsync(
            "v1/flux-dev", new StringContent("""{"prompt":"sandbox:hang"}""", System.Text.Encoding.UTF8, "application/json"), cancel.Token);
        sandbox.Time.Advance(TimeSpan.FromHours(1));
        await sandbox.Flux.GetAsync("v1/credits");
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_MoreTasksThanAllowed_Answers429UntilOneEnds()
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { MaxActiveTasks = 2 });
        await SubmitAsync(sandbox, "sandbox:slow=1");
        await SubmitAsync(sandbox, "sandbox:slow=60");
        var refused = await sandbox.Flux.PostJsonAsync("v1/flux-dev", """{"prompt":"third"}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        await SubmitAsync(sandbox, "third");
        Assert.Equal(3, sandbox.Server.Ledger.Total);
    }

    private static async Task<string> SubmitAsync(TestSandbox sandbox, string prompt)
    {
        var answer = await sandbox.Flux.PostJsonAsync("v1/flux-dev", $$"""{"prompt":"{{prompt}}"}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).Text("polling_url");
    }
}
