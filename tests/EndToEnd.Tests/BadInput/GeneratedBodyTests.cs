using System.Text;
using CsCheck;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.BadInput;

/// <summary>Whatever is posted, the answer is a 4xx that names the field, and nothing is stored.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class GeneratedBodyTests
{
    [Fact]
    public async Task Post_TenThousandBadBodies_EachIsRefusedByFieldAndNothingIsStored()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "" });
        var client = framegate.Client;

        await BadBodies.All.SampleAsync(
            async body =>
            {
                var answer = await client.PostAsync(body);
                Assert.InRange(answer.Status, 400, 499);
                Assert.Equal("failed", answer.Json.Text("status"));
                Assert.Contains(answer.Json.Text("error.code"), new[] { "INVALID_REQUEST", "INVALID_MODEL" });
                Assert.NotEmpty(answer.Json.Text("error.message"));
                Assert.False(answer.Json.At("error.retryable").GetBoolean());
                Assert.NotEmpty(answer.Json.Text("error.details.fields[0].field"));
                Assert.NotEmpty(answer.Json.Text("error.details.fields[0].message"));
                Assert.InRange(answer.Body.Length, 1, 16 * 1024);
            },
            iter: 10_000,
            threads: 8,
            print: body => Encoding.UTF8.GetString(body));

        Assert.Empty(await client.ListAsync());
        Assert.Equal(200, (await client.GetAsync("/health/ready")).Status);
        Assert.DoesNotContain("fail:", framegate.Output, StringComparison.Ordinal);
    }
}
