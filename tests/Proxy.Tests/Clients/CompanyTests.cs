using System.Text;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>Clients that are made while the program runs: their keys, what they may ask for, and how often.</summary>
public sealed class CompanyTests(CompanyProgram program) : IClassFixture<CompanyProgram>
{
    [Fact]
    public async Task Rotate_WithAnOverlap_BothKeysWorkUntilTheOldOneEnds()
    {
        var (name, old) = await program.NewClientAsync();

        var rotated = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Post, $"/admin/clients/{name}/rotate", """{"keep_old_for":"1h"}""");
        var fresh = rotated.Body.GetProperty("key").GetString()!;

        Assert.Equal((200, 200), ((await program.CallAsync(old, HttpMethod.Get, "/models")).Status, (await program.CallAsync(fresh, HttpMethod.Get, "/models")).Status));
        Assert.Equal(200, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Post, $"/admin/clients/{name}/rotate", """{"keep_old_for":"0s"}""")).Status);
        Assert.Equal((401, 401), ((await program.CallAsync(old, HttpMethod.Get, "/models")).Status, (await program.CallAsync(fresh, HttpMethod.Get, "/models")).Status));
    }

    [Fact]
    public async Task Revoke_AClient_IsAtWorkAtOnceAndItsNameStaysTaken()
    {
        var (name, key) = await program.NewClientAsync();

        Assert.Equal(204, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Delete, $"/admin/clients/{name}")).Status);

        Assert.Equal(401, (await program.CallAsync(key, HttpMethod.Get, "/models")).Status);
        Assert.Equal(409, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Post, "/admin/clients", $$"""{"name":"{{name.ToUpperInvariant()}}"}""")).Status);
        Assert.Equal(404, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Delete, $"/admin/clients/{name}")).Status);
    }

    [Theory]
    [InlineData("DELETE", null)]
    [InlineData("PATCH", """{"enabled":false}""")]
    [InlineData("PATCH", """{"expires":"2020-01-01T00:00:00Z"}""")]
    public async Task AccessEnds_WhileCallsAreOpen_BreaksThemOffAndNobodyElses(string method, string? change)
    {
        var (name, key) = await program.NewClientAsync();
        var (_, other) = await program.NewClientAsync();
        await using var stream = await program.StreamAsync(key, "/generations");
        await using var others = await program.StreamAsync(other, "/generations");
        Assert.Equal("page", (await stream.NextAsync()).Name);
        Assert.Equal("page", (await others.NextAsync()).Name);
        var waiting = program.CallAsync(key, HttpMethod.Post, "/generations", """{"provider":"sora","model":"sora-2","media_type":"video","prompt":"sandbox:slow=600 waited for"}""");

        await program.CallAsync(CompanyProgram.AdminKey, new HttpMethod(method), $"/admin/clients/{name}", change);

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            // What has happened before is told first.
            while (true)
            {
                await stream.NextAsync();
            }
        });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => waiting);
        Assert.Equal(200, (await program.OrderAsync(other, "Goes on")).Status);
        Assert.Equal("change", (await others.NextAsync()).Name);
    }

    [Fact]
    public async Task Rotate_UnderLoad_RefusesNoRequest()
    {
        var (name, key) = await program.NewClientAsync();
        using var end = new CancellationTokenSource();
        var (refused, served, current) = (0, 0, key);
        var callers = Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!end.IsCancellationRequested)
            {
                var status = (await program.CallAsync(Volatile.Read(ref current), HttpMethod.Get, "/whoami")).Status;
                Interlocked.Increment(ref status == 200 ? ref served : ref refused);
            }
        }).ToList();

        for (var i = 0; i < 5; i++)
        {
            var rotated = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Post, $"/admin/clients/{name}/rotate", """{"keep_old_for":"10s"}""");
            Volatile.Write(ref current, rotated.Body.GetProperty("key").GetString()!);
        }

        await end.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Equal(0, refused);
        Assert.True(served > 5);
    }

    [Fact]
    public async Task DisabledOrEnded_AClient_IsToldSo()
    {
        var (name, key) = await program.NewClientAsync();
        await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", """{"enabled":false}""");
        var disabled = await program.CallAsync(key, HttpMethod.Get, "/models");
        await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", """{"enabled":true,"expires":"2020-01-01T00:00:00Z"}""");
        var ended = await program.CallAsync(key, HttpMethod.Get, "/models");
        await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", """{"expires":null}""");

        Assert.Equal(401, disabled.Status);
        Assert.Contains("is disabled", disabled.Text, StringComparison.Ordinal);
        Assert.Equal(401, ended.Status);
        Assert.Contains("ended at 2020-01-01T00:00:00Z", ended.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await program.CallAsync(key, HttpMethod.Get, "/models")).Status);
    }

    [Fact]
    public async Task Update_ManyAtOnce_LoseNothingOfEachOther()
    {
        var (name, _) = await program.NewClientAsync();
        string[] changes = ["\"enabled\":false", "\"requests_per_minute\":5", "\"concurrent_jobs\":6", "\"max_cost_per_request\":7", "\"tags\":{\"a\":\"b\"}", "\"max_prompt_length\":8"];

        var answers = await Task.WhenAll(changes.Select(c => program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", $"{{{c}}}")));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        var text = (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Get, $"/admin/clients/{name}")).Text;
        Assert.All(changes, c => Assert.Contains(c, text, StringComparison.Ordinal));
        Assert.Equal(400, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", """{"concurrent_jobs":0}""")).Status);
        Assert.Equal(404, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, "/admin/clients/nobody", """{"enabled":true}""")).Status);
    }

    [Fact]
    public async Task Keys_OfAllClients_AreNowhereInPlainText()
    {
        var (name, key) = await program.NewClientAsync();
        await program.OrderAsync(key, "Seen");
        var listed = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Get, "/admin/clients");
        var shown = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Get, $"/admin/clients/{name}");

        Assert.Contains(name, listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed.Text + shown.Text, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(program.Folder.Path, "*", SearchOption.AllDirectories).Where(f => f != program.KeyFile))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            Assert.True(bytes.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)) < 0, file);
        }
    }

    [Fact]
    public async Task KeyFile_IsReplaced_TheNewKeyHoldsWithoutARestart()
    {
        Assert.Equal(200, (await program.CallAsync("the-key-of-the-file-1", HttpMethod.Get, "/models")).Status);

        await File.WriteAllTextAsync(program.KeyFile, "the-key-of-the-file-number-2");
        for (var i = 0; i < 100 && (await program.CallAsync("the-key-of-the-file-number-2", HttpMethod.Get, "/models")).Status != 200; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }

        Assert.Equal(200, (await program.CallAsync("the-key-of-the-file-number-2", HttpMethod.Get, "/models")).Status);
        Assert.Equal(401, (await program.CallAsync("the-key-of-the-file-1", HttpMethod.Get, "/models")).Status);
        await File.WriteAllTextAsync(program.KeyFile, "the-key-of-the-file-1\n");
    }

    [Fact]
    public async Task RequestsPerMinute_ManyAtOnce_HoldsToTheRequest()
    {
        var (_, key) = await program.NewClientAsync("""
            "requests_per_minute":7
            """);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => program.OrderAsync(key, $"Often {i}")));

        Assert.Equal(7, answers.Count(a => a.Status == 200));
        var refused = answers.First(a => a.Status == 429);
        Assert.Equal(33, answers.Count(a => a.Status == 429));
        Assert.Equal("RATE_LIMIT_EXCEEDED", refused.Error.GetProperty("code").GetString());
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal("\"requests\";q=7;w=60", refused.Headers["RateLimit-Policy"]);
        Assert.StartsWith("\"requests\";r=0;t=", refused.Headers["RateLimit"], StringComparison.Ordinal);
        Assert.Equal(200, (await program.CallAsync(key, HttpMethod.Get, "/generations")).Status);
        Assert.Equal(429, (await program.CallAsync(key, HttpMethod.Post, "/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"x"}""")).Status);
        Assert.Equal(429, (await program.CallAsync(key, HttpMethod.Post, "/flux/v1/flux-pro-1.1", """{"prompt":"A boat"}""")).Status);
    }

    [Fact]
    public async Task ModelLimits_OfOneModel_LeaveTheOthers()
    {
        var (_, key) = await program.NewClientAsync("""
            "requests_per_minute":9,"model_limits":{"flux-pro-1.1":{"requests_per_minute":2}}
            """);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => program.OrderAsync(key, $"Model {i}")));

        Assert.Equal(2, answers.Count(a => a.Status == 200));
        var refused = answers.First(a => a.Status == 429);
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.All(answers, a => Assert.Equal("\"requests\";q=9;w=60, \"model\";q=2;w=60", a.Headers["RateLimit-Policy"]));
        Assert.Contains(", \"model\";r=0;t=", refused.Headers["RateLimit"], StringComparison.Ordinal);
        var image = await program.CallAsync(key, HttpMethod.Post, "/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"x"}""");
        Assert.Equal((429, true), (image.Status, image.Headers["RateLimit"].Contains(", \"model\";r=0;t=", StringComparison.Ordinal)));
        Assert.Equal(200, (await program.CallAsync(key, HttpMethod.Post, "/generations", """{"provider":"flux","model":"flux-dev","media_type":"image","prompt":"Another model"}""")).Status);
    }

    [Fact]
    public async Task ConcurrentJobs_MoreAtOnce_AreRefusedUntilOneEnds()
    {
        var (_, key) = await program.NewClientAsync("""
            "concurrent_jobs":3
            """);
        const string Video = """{"provider":"sora","model":"sora-2","media_type":"video","prompt":"Slow NUMBER"}""";

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => program.CallAsync(
            key, HttpMethod.Post, "/generations", Video.Replace("NUMBER", $"{i}", StringComparison.Ordinal), ("Prefer", "respond-async"))));

        Assert.Equal((3, 9), (answers.Count(a => a.Status == 202), answers.Count(a => a.Status == 429)));
        foreach (var id in answers.Where(a => a.Status == 202).Select(a => a.Body.GetProperty("request_id").GetString()))
        {
            await program.CallAsync(key, HttpMethod.Delete, $"/generations/{id}");
        }

        Assert.Equal(200, (await program.OrderAsync(key, "Room again")).Status);
    }

    [Theory]
    [InlineData("""{"concurrent_jobs":2}""")]
    [InlineData("""{"model_limits":{"sora-2":{"concurrent_jobs":2}}}""")]
    [InlineData("""{"model_limits":{"sora/sora-2":{"concurrent_jobs":2}}}""")]
    public async Task ConcurrentJobs_TheFirstLimitOfAll_CountsWhatRuns(string limit)
    {
        var (name, key) = await program.NewClientAsync();
        Task<Answer> OrderAsync(string prompt) => program.CallAsync(
            key, HttpMethod.Post, "/generations", $$"""{"provider":"sora","model":"sora-2","media_type":"video","prompt":"{{prompt}} sandbox:slow=30"}""", ("Prefer", "respond-async"));
        string[] ids = [await IdAsync("one"), await IdAsync("two"), await IdAsync("three")];

        Assert.Equal(200, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", limit)).Status);

        Assert.Equal(429, (await OrderAsync("four")).Status);
        await CancelAsync(ids[0]);
        Assert.Equal(429, (await OrderAsync("five")).Status);
        await CancelAsync(ids[1]);
        await CancelAsync(await IdAsync("six"));
        await CancelAsync(ids[2]);

        async Task<string> IdAsync(string prompt)
        {
            // A place is given back a moment after its generation was cancelled.
            var answer = await OrderAsync(prompt);
            for (var tries = 0; answer.Status == 429 && tries < 500; tries++)
            {
                answer = await OrderAsync(prompt);
            }

            Assert.Equal(202, answer.Status);
            return answer.Body.GetProperty("request_id").GetString()!;
        }

        Task CancelAsync(string id) => program.CallAsync(key, HttpMethod.Delete, $"/generations/{id}");
    }

    /// <remarks>An SDK counts its tries call by call: three equal calls are three orders, also where one of them was refused at first.</remarks>
    [Fact]
    public async Task Retry_OfACallThatWasRefused_IsAnOrderOfItsOwn()
    {
        const string Body = """{"model":"flux-pro-1.1","prompt":"the same again sandbox:slow=2","response_format":"url"}""";
        var (name, key) = await program.NewClientAsync("""
            "concurrent_jobs":1
            """);
        Task<Answer> CallAsync(int tries) => program.CallAsync(key, HttpMethod.Post, "/v1/images/generations", Body, ("X-Stainless-Retry-Count", $"{tries}"));

        var answers = await Task.WhenAll(CallAsync(0), CallAsync(0));
        Assert.Equal([200, 429], answers.Select(a => a.Status).Order());

        // The place of the first is given back a moment after its answer.
        var tries = 0;
        Answer again;
        do
        {
            again = await CallAsync(++tries);
        }
        while (again.Status == 429 && tries < 200);

        var more = await CallAsync(tries);

        // The second retry has no refused call of its own: somebody in between has lost the answer.
        Assert.Equal((200, 200), (again.Status, more.Status));
        Assert.NotEqual(answers.Single(a => a.Status == 200).Body.ToString(), again.Body.ToString());
        Assert.Equal(again.Body.GetProperty("data").ToString(), more.Body.GetProperty("data").ToString());
        Assert.Equal(2 * 0.04m, await program.SpentAsync(name));
    }

    /// <remarks>Somebody in between has lost the answer to all of them.</remarks>
    [Fact]
    public async Task Retry_OfSeveralPictures_GetsEachOfThem()
    {
        const string Body = """{"model":"flux-pro-1.1","prompt":"three of them","n":3,"response_format":"url"}""";
        var (name, key) = await program.NewClientAsync();
        Task<Answer> CallAsync(int tries) => program.CallAsync(key, HttpMethod.Post, "/v1/images/generations", Body, ("X-Stainless-Retry-Count", $"{tries}"));
        static IEnumerable<string> In(Answer answer) => answer.Body.GetProperty("data").EnumerateArray().Select(d => d.GetProperty("url").GetString()!).Order();

        var first = await CallAsync(0);
        var again = await CallAsync(1);

        Assert.Equal(3, In(first).Distinct().Count());
        Assert.Equal(In(first), In(again));
        Assert.Equal(3 * 0.04m, await program.SpentAsync(name));
    }

    [Fact]
    public async Task RequestsPerMinute_OfAnAgent_CountsItsOrdersAlone()
    {
        var (_, key) = await program.NewClientAsync("""
            "requests_per_minute":2
            """);
        Task<Answer> CallAsync(string tool, string arguments) => program.CallAsync(
            key, HttpMethod.Post, "/mcp", $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""", ("Accept", "application/json, text/event-stream"));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await CallAsync("get_generation", """{"id":"gen_none"}""")).Status);
        }

        const string Order = """{"model":"flux-pro-1.1","prompt":"An agent's boat"}""";
        Assert.DoesNotContain("requests_per_minute", (await CallAsync("generate_image", Order)).Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("isError\":true", (await CallAsync("generate_image", Order)).Text, StringComparison.Ordinal);
        var third = await CallAsync("generate_image", Order);

        Assert.Equal(200, third.Status);
        Assert.Contains("\"isError\":true", third.Text, StringComparison.Ordinal);
        Assert.Contains("RequestsPerMinute", third.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Generations_OfAnAgent_MayTakeAsLongAsThoseOfTheDialect()
    {
        var (_, key) = await program.NewClientAsync();
        var begun = await program.CallAsync(
            key, HttpMethod.Post, "/mcp",
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"generate_video","arguments":{"model":"sora-2","prompt":"Slow sandbox:slow=30","waitSeconds":0}}}""",
            ("Accept", "application/json, text/event-stream"));
        var id = System.Text.RegularExpressions.Regex.Match(begun.Text, "gen_[0-9a-f]+").Value;

        var state = await program.Services.GetRequiredService<IGenerationStore>().FindAsync(id, default);

        Assert.Equal(TimeSpan.FromHours(1), state!.Deadline - state.CreatedAt);
        await program.CallAsync(key, HttpMethod.Delete, $"/generations/{id}");
    }

    [Fact]
    public async Task ModelsAndProviders_OfAClient_AreAllThereIsForIt()
    {
        var (name, key) = await program.NewClientAsync("""
            "models":["flux-pro-*"],"providers":["flux"]
            """);

        Assert.Equal(200, (await program.OrderAsync(key, "Mine")).Status);
        var other = await program.CallAsync(key, HttpMethod.Post, "/generations", """{"provider":"flux","model":"flux-dev","media_type":"image","prompt":"x"}""");
        var dialect = await program.CallAsync(key, HttpMethod.Post, "/v1/images/generations", """{"model":"flux-dev","prompt":"x"}""");
        var quote = await program.CallAsync(key, HttpMethod.Post, "/quotes", """{"provider":"sora","model":"sora-2","media_type":"video","prompt":"x"}""");

        Assert.Equal((404, "INVALID_MODEL"), (other.Status, other.Error.GetProperty("code").GetString()));
        Assert.Contains($"The client {name} may not use", other.Text, StringComparison.Ordinal);
        Assert.Equal(404, dialect.Status);
        Assert.Contains("may not use", quote.Text, StringComparison.Ordinal);
        var models = (await program.CallAsync(key, HttpMethod.Get, "/models")).Body.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!).ToList();
        Assert.NotEmpty(models);
        Assert.All(models, m => Assert.StartsWith("flux/flux-pro-", m, StringComparison.Ordinal));
        Assert.DoesNotContain("sora", (await program.CallAsync(key, HttpMethod.Get, "/v1/models")).Text, StringComparison.Ordinal);
        foreach (var hidden in new[] { "sora/sora-2", "sora-2-pro" })
        {
            Assert.Equal(404, (await program.CallAsync(key, HttpMethod.Get, "/v1/models/" + hidden)).Status);
        }
        Assert.Equal(403, (await program.CallAsync(key, HttpMethod.Post, "/flux/v1/flux-pro-1.1", """{"prompt":"A boat"}""")).Status);
        Assert.Equal(403, (await program.CallAsync(key, HttpMethod.Get, "/sora/v1/videos")).Status);
    }

    [Theory]
    [InlineData("""{"name":"a","requests_per_minut":5}""", "requests_per_minut")]
    [InlineData("""{"name":"a","requests_per_minute":0}""", "requests_per_minute: It must be 1 to")]
    [InlineData("""{"name":"a","budget":{"per_day":-1}}""", "budget.per_day: It must be 0 to")]
    [InlineData("""{"name":"a","budget":{"alert":101}}""", "budget.alert: It must be 1 to 100")]
    [InlineData("""{"name":"a b"}""", "name: It must be 1 to 64 letters")]
    [InlineData("""{"name":"a","expires_in":"90"}""", "expires_in: It must be a time like 90d")]
    [InlineData("""{"name":"a","models":[]}""", "models: Name 1 to 200")]
    [InlineData("""{"name":"a","cache_scope":"everybody"}""", "cache_scope: It must be one of client, shared")]
    [InlineData("[]", "It must be a JSON object")]
    [InlineData("{", "It must be a JSON object")]
    public async Task Create_WithWhatIsNoSetting_NamesTheField(string body, string named)
    {
        var answer = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Post, "/admin/clients", body);

        Assert.Equal(400, answer.Status);
        Assert.Contains(named, answer.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfiguredClient_ThroughAdmin_IsShownAndNotChanged()
    {
        var shown = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Get, "/admin/clients/configured");

        Assert.Equal(("config", "shop"), (shown.Body.GetProperty("source").GetString(), shown.Body.GetProperty("tags").GetProperty("team").GetString()));
        Assert.Equal(409, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, "/admin/clients/configured", """{"enabled":false}""")).Status);
        Assert.Equal(409, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Post, "/admin/clients", """{"name":"configured"}""")).Status);
    }

    [Fact]
    public async Task DeniedPhrases_InAPrompt_AreRefusedBeforeAnythingIsSent()
    {
        var (name, key) = await program.NewClientAsync("""
            "denied_phrases":["Bad Boat","斧"],"max_prompt_length":60
            """);

        foreach (var prompt in new[] { "a bad boat", "A BAD   BOAT!", "a b\u200bad\u00a0boat", "一把斧头" })
        {
            var answer = await program.OrderAsync(key, prompt);
            Assert.Equal((422, "CONTENT_POLICY_VIOLATION"), (answer.Status, answer.Error.GetProperty("code").GetString()));
            Assert.DoesNotContain("bad", answer.Text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(200, (await program.OrderAsync(key, "a bad boatman")).Status);
        Assert.Equal(422, (await program.OrderAsync(key, "a lake", ""","parameters":{"negative_prompt":"bad boat"}""")).Status);
        Assert.Equal(400, (await program.OrderAsync(key, new string('x', 61))).Status);
        Assert.Contains("denied_phrases", (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Get, $"/admin/clients/{name}")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90d", 90 * 24 * 60)]
    [InlineData("12h", 12 * 60)]
    [InlineData("5m", 5)]
    [InlineData("d", null)]
    [InlineData("-1d", null)]
    [InlineData("1w", null)]
    [InlineData("99999999999d", null)]
    public void Lifetime_AsPeopleWriteIt(string text, int? minutes) =>
        Assert.Equal(minutes, Lifetime.TryParse(text, out var lifetime) ? (int)lifetime.TotalMinutes : null);

    [Fact]
    public void KeysNew_PrintsAKeyAndItsHash()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(0, Framegate.Proxy.Host.KeyCommands.New("app1", "90d", TimeProvider.System, output, errors));
        var text = output.ToString();
        var key = text.Split('\n')[0].Split(' ')[^1].Trim();

        Assert.StartsWith("fg_", key, StringComparison.Ordinal);
        Assert.Contains(KeyDigest.Of(key).ToText(), text, StringComparison.Ordinal);
        Assert.Contains("\"Expires\": \"", text, StringComparison.Ordinal);
        Assert.True(KeyDigest.TryParse(KeyDigest.Of(key).ToText(), out var digest) && digest == KeyDigest.Of(key));
        Assert.Equal(2, Framegate.Proxy.Host.KeyCommands.New("no name", null, TimeProvider.System, output, errors));
    }
}
