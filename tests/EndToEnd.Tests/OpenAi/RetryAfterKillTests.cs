using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.OpenAi;

/// <summary>The gateway dies under an SDK's call; its repetition reaches the next process.</summary>
public sealed class RetryAfterKillTests
{
    [Theory]
    [InlineData("/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"kill: sandbox:slow=4"}""")]
    [InlineData("/v1/videos", """{"model":"runway/gen4.5","prompt":"kill: sandbox:slow=4","size":"1280x720","seconds":"5"}""")]
    public async Task Retry_GatewayWasKilledMeanwhile_IsPaidOnce(string path, string body)
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data.Path };
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            var lost = first.Client.PostToAsync(path, body, ("X-Stainless-Retry-Count", "0"));
            await Eventually.GetAsync(first.Client.ListAsync, all => all is [var one] && one.Text("metadata.phase") == "running");
            await first.KillAsync();
            await Task.WhenAny(lost);
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var answer = await second.Client.PostToAsync(path, body, ("X-Stainless-Retry-Count", "1"));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(1, await sandbox.PaidAsync("kill: sandbox:slow=4"));
    }
}
