using System.Text.Json;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>No budget is overspent, whatever comes at once, and what is reserved is settled in the end.</summary>
public sealed class BudgetTests(CompanyProgram program) : IClassFixture<CompanyProgram>
{
    private const decimal Price = 0.04m;

    [Fact]
    public async Task ManyAtOnce_AtTheEdge_PayForWhatFits()
    {
        var (name, key) = await program.NewClientAsync("""
            "budget":{"per_day":1}
            """);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => program.OrderAsync(key, $"Boat {i}")));

        Assert.Equal(25, answers.Count(a => a.Status == 200));
        var refused = answers.Where(a => a.Status != 200).ToList();
        Assert.All(refused, a => Assert.Equal((402, "INSUFFICIENT_CREDITS", false), (a.Status, a.Error.GetProperty("code").GetString(), a.Error.GetProperty("retryable").GetBoolean())));
        var budget = refused[^1].Error.GetProperty("details").GetProperty("budget");
        Assert.Equal(("per_day", 1m), (budget.GetProperty("name").GetString(), budget.GetProperty("limit").GetDecimal()));
        Assert.True(budget.GetProperty("renews").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.Equal(1m, await program.SpentAsync(name));
        Assert.Equal(1m, (await program.CallAsync(key, HttpMethod.Get, "/spend")).Body.GetProperty("total").GetProperty("cost").GetDecimal());
    }

    [Fact]
    public async Task FailuresAndRefusals_BetweenSuccesses_AreGivenBackOrCounted()
    {
        var (name, key) = await program.NewClientAsync("""
            "budget":{"total":0.4}
            """);
        string[] words = ["sandbox:moderated", "sandbox:rate-limited", "sandbox:error", "a boat", "sandbox:credits"];

        // One that succeeds whoever is first afterwards.
        var success = await program.OrderAsync(key, "a boat alone", ""","retry_config":{"max_attempts":1}""");
        Answer[] answers = [success, .. await Task.WhenAll(Enumerable.Range(0, 100).Select(i => program.OrderAsync(key, $"{words[i % words.Length]} {i}", ""","retry_config":{"max_attempts":1}""")))];

        var spent = await program.SpentAsync(name);
        var listed = new List<JsonElement>();
        for (string? cursor = null; ;)
        {
            var page = (await program.CallAsync(key, HttpMethod.Get, $"/generations?limit=100{(cursor is null ? "" : "&cursor=" + cursor)}")).Body;
            listed.AddRange(page.GetProperty("data").EnumerateArray());
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            if (cursor is null)
            {
                break;
            }
        }

        Assert.True(spent <= 0.4m, $"{spent}");
        Assert.DoesNotContain(listed, g => g.GetProperty("status").GetString() == "processing");
        var costs = listed.Where(MayBeBilled).Sum(g => g.GetProperty("cost").ValueKind == JsonValueKind.Number ? g.GetProperty("cost").GetDecimal() : 0);
        Assert.Equal(costs, spent);
        Assert.Equal(spent, (await program.CallAsync(key, HttpMethod.Get, "/spend?by=day")).Body.GetProperty("total").GetProperty("cost").GetDecimal());
        Assert.Contains(answers, a => a.Status == 402);
        Assert.Contains(answers, a => a.Status == 200);
    }

    [Fact]
    public async Task Restart_InBetween_KeepsWhatWasSpent()
    {
        var (name, key) = await program.NewClientAsync("""
            "budget":{"per_month":0.1}
            """);
        Assert.Equal(200, (await program.OrderAsync(key, "One")).Status);

        await program.RestartAsync();

        Assert.Equal(Price, await program.SpentAsync(name));
        Assert.Equal(200, (await program.OrderAsync(key, "Two")).Status);
        var third = await program.OrderAsync(key, "Three");
        Assert.Equal(402, third.Status);
        Assert.Equal(0.02m, third.Error.GetProperty("details").GetProperty("budget").GetProperty("left").GetDecimal());
    }

    [Theory]
    [InlineData("\"max_cost_per_request\":0.1", null, 429)]
    [InlineData("", "0.1", 400)]
    [InlineData("", "0.12", 200)]
    [InlineData("\"max_cost_per_request\":0.12", null, 200)]
    [InlineData("", "much", 400)]
    [InlineData("\"budget\":{\"total\":0.1}", null, 429)]
    [InlineData("\"budget\":{\"total\":0.12}", null, 200)]
    public async Task OneRequestOfOpenAi_ForThreeImages_IsBoundedAsAWhole(string settings, string? header, int status)
    {
        var (_, key) = await program.NewClientAsync(settings);
        var before = program.Sandbox.Ledger.Total;

        var answer = await program.CallAsync(
            key, HttpMethod.Post, "/v1/images/generations", $$"""{"model":"flux/{{CompanyProgram.Model}}","prompt":"Three at once {{Guid.NewGuid():n}}","n":3}""",
            header is null ? [] : [("Framegate-Max-Cost", header)]);

        Assert.True(answer.Status == status, $"{answer.Status} {answer.Text[..Math.Min(answer.Text.Length, 300)]}");
        Assert.Equal(status == 200 ? 3 : 0, program.Sandbox.Ledger.Total - before);
    }

    [Theory]
    [InlineData("flux", "flux-2-pro", "", 0.0308)]
    [InlineData("flux", "flux-2-max", ",\"parameters\":{\"width\":1504,\"height\":1504}", 0.1078)]
    public async Task Bill_OfALargePicture_IsNeverMoreThanItsBound(string provider, string model, string more, decimal atLeast)
    {
        var (_, key) = await program.NewClientAsync();

        var answer = await program.CallAsync(
            key, HttpMethod.Post, "/generations", $$"""{"provider":"{{provider}}","model":"{{model}}","media_type":"image","prompt":"As large as it goes {{Guid.NewGuid():n}}"{{more}}}""");
        Assert.True(answer.Status == 200, answer.Text);
        var bill = answer.Body.GetProperty("cost").GetDecimal();
        Assert.InRange(bill, atLeast, atLeast * 2);

        // What the bill came to is less than the least that may be reserved for it.
        var bounded = await program.CallAsync(
            key, HttpMethod.Post, "/generations", $$"""{"provider":"{{provider}}","model":"{{model}}","media_type":"image","prompt":"As large as it goes {{Guid.NewGuid():n}}"{{more}}}""",
            ("Framegate-Max-Cost", (bill - 0.0001m).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(400, bounded.Status);
    }

    [Theory]
    [InlineData("/generations", """{"provider":"flux","model":"flux-kontext-pro","media_type":"image","prompt":"x","parameters":{"image":"data:image/png;base64,INPUT"}}""")]
    [InlineData("/generations", """{"provider":"flux","model":"flux-kontext-pro","media_type":"image","prompt":"x","parameters":{"reference_images":["data:image/png;base64,INPUT"]}}""")]
    [InlineData("/v1/images/edits", """{"model":"flux/flux-kontext-pro","prompt":"x","images":[{"image_url":"data:image/png;base64,INPUT"}]}""")]
    public async Task Input_ThatIsNotWhatItIsCalled_IsRefusedBeforeAnyProviderSeesIt(string path, string body)
    {
        var (_, key) = await program.NewClientAsync();
        byte[] png = [0x89, .. "PNG\r\n\u001a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0, 0, 0, 0, 0];
        foreach (var (input, reason) in new[] { ("<html><script>alert(1)</script></html>"u8.ToArray(), "bytes are not those of an image"), (png, "60000 x 60000 pixels") })
        {
            var answer = await program.CallAsync(key, HttpMethod.Post, path, body.Replace("INPUT", Convert.ToBase64String(input), StringComparison.Ordinal));

            Assert.Equal(400, answer.Status);
            Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"max_cost_per_request\":0.03", "", null, "max_cost_per_request")]
    [InlineData("", ",\"retry_config\":{\"max_cost\":0.03}", null, "retry_config.max_cost")]
    [InlineData("", "", "0.03", "Framegate-Max-Cost")]
    public async Task OneRequest_DearerThanItMayBe_IsNotSent(string settings, string more, string? header, string named)
    {
        var (name, key) = await program.NewClientAsync(settings);

        var answer = await program.OrderAsync(key, "Too dear", more, header is null ? [] : [("Framegate-Max-Cost", header)]);

        Assert.Contains(answer.Status, new[] { 400, 402 });
        Assert.Contains(named, answer.Text, StringComparison.Ordinal);
        Assert.Equal(0, await program.SpentAsync(name));
    }

    [Theory]
    [InlineData("\"budget\":{\"per_day\":5}")]
    [InlineData("\"max_cost_per_request\":5")]
    public async Task Unpriced_ToABoundedClient_IsRefusedAtEveryDoor(string bound)
    {
        var (name, key) = await program.NewClientAsync(bound);
        // It is sold by the second, and without a length nobody knows how many.
        const string model = "flux/flux-3-video";
        var order = """{"provider":"flux","model":"flux-3-video","media_type":"video","prompt":"A boat"}""";
        var unified = await program.CallAsync(key, HttpMethod.Post, "/generations", order);
        var quote = await program.CallAsync(key, HttpMethod.Post, "/quotes", order);
        var dialect = await program.CallAsync(key, HttpMethod.Post, "/v1/videos", $$"""{"model":"{{model}}","prompt":"A boat"}""");
        var agent = await program.CallAsync(
            key, HttpMethod.Post, "/mcp",
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"generate_video","arguments":{"model":"MODEL","prompt":"A boat"}}}""".Replace("MODEL", model, StringComparison.Ordinal),
            ("Accept", "application/json, text/event-stream"));
        var native = await program.CallAsync(key, HttpMethod.Post, "/flux/v1/flux-pro-1.1", """{"prompt":"A boat"}""");

        Assert.Equal((402, 402), (unified.Status, native.Status));
        Assert.InRange(dialect.Status, 400, 429);
        Assert.All([unified, dialect, quote, agent], a => Assert.Contains("AllowUnpriced", a.Text, StringComparison.Ordinal));
        Assert.Equal(0, await program.SpentAsync(name));
    }

    [Fact]
    public async Task NativeSubmit_OfABoundedClient_IsRefusedUntilItMay()
    {
        var (name, key) = await program.NewClientAsync("""
            "budget":{"per_day":5}
            """);

        var refused = await program.CallAsync(key, HttpMethod.Post, "/flux/v1/flux-pro-1.1", """{"prompt":"A boat"}""");
        Assert.Equal(200, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", """{"allow_unpriced":true}""")).Status);
        var allowed = await program.CallAsync(key, HttpMethod.Post, "/flux/v1/flux-pro-1.1", """{"prompt":"A boat"}""");

        Assert.Equal((402, 200), (refused.Status, allowed.Status));
    }

    [Fact]
    public async Task AlertUrl_AtItsMark_IsCalledOnceAndSigned()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        var (name, key) = await program.NewClientAsync($$"""
            "budget":{"per_day":0.2,"alert":50,"alert_url":"{{receiver.Url}}"}
            """);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await program.OrderAsync(key, $"Alert {i}")).Status);
        }

        var notice = await receiver.FirstAsync();
        Assert.Equal(("budget.alert", name, "per_day", 50, 0.2m), (
            notice.GetProperty("type").GetString(), notice.GetProperty("client").GetString(), notice.GetProperty("budget").GetString(), notice.GetProperty("percent").GetInt32(),
            notice.GetProperty("limit").GetDecimal()));
        Assert.Equal(1, receiver.Count);
    }

    private static bool MayBeBilled(JsonElement generation) =>
        generation.GetProperty("status").GetString() == "success"
        || generation.GetProperty("metadata").GetProperty("attempts").EnumerateArray().Any(a => a.GetProperty("billed").GetString() != "no");
}
