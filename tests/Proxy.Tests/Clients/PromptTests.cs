using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>What becomes of prompts: their form, the rules of clients and aliases, the moderation service, and what is stored of them.</summary>
public sealed class PromptTests(PromptTests.Program program) : IClassFixture<PromptTests.Program>
{
    /// <summary>A company with a moderation service, an alias that has rules, and a cache.</summary>
    public sealed class Program : CompanyProgram
    {
        private protected override void Change(JsonObject framegate)
        {
            framegate["Cache"] = JsonNode.Parse("""{"Enabled":true}""");
            framegate["Moderation"] = JsonNode.Parse("""{"Service":"openai","Timeout":"00:00:08"}""");
            framegate["Models"]!["guarded"] = JsonNode.Parse("""
                {"Candidates":[{"Provider":"flux","Model":"flux-pro-1.1"}],"DeniedPhrases":["caf\u00e9 noir","blood"],"MaxPromptLength":60}
                """);
        }
    }

    [Fact]
    public async Task Prompt_IsSentNormalised_AndTheSameInAllFormsIsOneCacheEntry()
    {
        var (_, key) = await program.NewClientAsync();
        var first = await program.OrderAsync(key, """Cafe\u0301 at \u200bnight""");
        var again = await program.OrderAsync(key, "Caf\u00e9 at night");
        var dialect = await program.CallAsync(key, HttpMethod.Post, "/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"Cafe\u0301 by \u200bday"}""");

        Assert.Equal((200, 200, 200), (first.Status, again.Status, dialect.Status));
        Assert.Equal("hit", again.Body.GetProperty("metadata").GetProperty("cache").GetString());
        Assert.Single(program.Sandbox.Ledger.Read(prompt: "Caf\u00e9 at night"));
        Assert.Single(program.Sandbox.Ledger.Read(prompt: "Caf\u00e9 by day"));
    }

    [Theory]
    [InlineData("Much blood", 422)]
    [InlineData("""Much b\u200blood""", 422)]
    [InlineData("""Cafe\u0301 NOIR""", 422)]
    [InlineData("Bloodhound", 200)]
    [InlineData("A prompt that has more characters than the alias lets through at all", 400)]
    public async Task Alias_WithRules_HoldsThem(string prompt, int expected)
    {
        var (_, key) = await program.NewClientAsync();
        var order = $$"""{"provider":"auto","model":"guarded","media_type":"image","prompt":"{{prompt}}"}""";
        var answer = await program.CallAsync(key, HttpMethod.Post, "/generations", order);
        var quote = await program.CallAsync(key, HttpMethod.Post, "/quotes", order);
        var direct = await program.OrderAsync(key, prompt);

        Assert.Equal((expected, expected, 200), (answer.Status, quote.Status, direct.Status));
        if (expected == 422)
        {
            Assert.Equal("CONTENT_POLICY_VIOLATION", answer.Error.GetProperty("code").GetString());
            Assert.Contains("the alias guarded", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("blood", answer.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Moderation_Flagged_IsRefusedAndNothingIsSent()
    {
        const string Ugly = "An ugly thing sandbox:moderated";
        var (_, key) = await program.NewClientAsync();
        var answer = await program.OrderAsync(key, Ugly);
        var dialect = await program.CallAsync(key, HttpMethod.Post, "/v1/images/generations", $$"""{"model":"flux-pro-1.1","prompt":"{{Ugly}}"}""");

        Assert.Equal((422, "CONTENT_POLICY_VIOLATION"), (answer.Status, answer.Error.GetProperty("code").GetString()));
        Assert.Equal("moderated", answer.Error.GetProperty("details").GetProperty("reason").GetString());
        Assert.Contains("violence", answer.Text, StringComparison.Ordinal);
        Assert.InRange(dialect.Status, 400, 499);
        Assert.Empty(program.Sandbox.Ledger.Read(prompt: Ugly));
    }

    /// <summary>A provider may take a prompt in its own words too.</summary>
    [Theory]
    [InlineData("""{"provider":"flux","model":"flux-pro-1.1","media_type":"image","prompt":"A native thing","parameters":{"flux":{"image_prompt_text":"sandbox:moderated"}}}""")]
    [InlineData("""{"provider":"auto","model":"guarded","media_type":"image","prompt":"A native thing","parameters":{"flux":{"extra":[{"text":"Blood"}]}}}""")]
    [InlineData("""{"provider":"fal","model":"fal-ai/elevenlabs/tts/multilingual-v2","media_type":"audio","prompt":"","parameters":{"fal":{"text":"sandbox:moderated"}}}""")]
    [InlineData("""{"provider":"fal","model":"fal-ai/elevenlabs/tts/multilingual-v2","media_type":"audio","prompt":"","parameters":{"fal":{"text":"An ugly thing sandbox:moderated"}}}""")]
    [InlineData("""{"provider":"byteplus","model":"dreamina-seedance-2-0-260128","media_type":"video","prompt":"","parameters":{"byteplus":{"content":[{"type":"text","text":"An ugly thing sandbox:moderated"}]}}}""")]
    public async Task NativeTexts_AreJudgedToo(string order)
    {
        var (_, key) = await program.NewClientAsync();

        var answer = await program.CallAsync(key, HttpMethod.Post, "/generations", order);

        Assert.Equal((422, "CONTENT_POLICY_VIOLATION"), (answer.Status, answer.Error.GetProperty("code").GetString()));
        Assert.Empty(program.Sandbox.Ledger.Read(prompt: "A native thing"));
    }

    /// <summary>An address may be signed: it is for its provider, and for nobody who judges texts.</summary>
    [Fact]
    public async Task NativeAddresses_AreNotJudged()
    {
        var (_, key) = await program.NewClientAsync();

        var answer = await program.CallAsync(key, HttpMethod.Post, "/generations",
            """{"provider":"flux","model":"flux-pro-1.1","media_type":"image","prompt":"A thing with an address","parameters":{"flux":{"webhook_note":"https://a.example/b?sandbox:moderated"}}}""");

        Assert.Equal(200, answer.Status);
    }

    /// <summary>A text that is too long for the rules is no way round them; a file is no text.</summary>
    [Fact]
    public async Task NativeText_LongerThanCanBeJudged_IsRefused()
    {
        var (_, key) = await program.NewClientAsync();
        var (start, end) = ("""{"provider":"auto","model":"guarded","media_type":"image","prompt":"A long native thing","parameters":{"flux":{"raw_prompt":" """.TrimEnd(), "\"}}}");

        var text = await program.CallAsync(key, HttpMethod.Post, "/generations", start + "a blood " + new string('x', 1_000_001) + end);
        var file = await program.CallAsync(key, HttpMethod.Post, "/generations", start + new string('A', 1_000_004) + end);

        Assert.Equal((400, "INVALID_REQUEST"), (text.Status, text.Error.GetProperty("code").GetString()));
        Assert.Contains("raw_prompt", text.Text, StringComparison.Ordinal);
        Assert.Equal(200, file.Status);
    }

    /// <summary>A result that the cache has answered before is no way round a new rule either.</summary>
    [Fact]
    public async Task CachedRepeat_AfterANewRule_IsRefusedAtOnce()
    {
        var (name, key) = await program.NewClientAsync();
        const string Prompt = "A boat that will be denied";
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await program.OrderAsync(key, Prompt)).Status);
        }

        Assert.Equal(200, (await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", """{"denied_phrases":["boat that"]}""")).Status);
        var denied = await program.OrderAsync(key, Prompt);
        await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Patch, $"/admin/clients/{name}", """{"denied_phrases":[]}""");
        var again = await program.OrderAsync(key, Prompt);

        Assert.Equal((422, "CONTENT_POLICY_VIOLATION"), (denied.Status, denied.Error.GetProperty("code").GetString()));
        Assert.Equal((200, "hit"), (again.Status, again.Body.GetProperty("metadata").GetProperty("cache").GetString()));
    }

    /// <summary>The same for the rules of an alias, which come with the file.</summary>
    [Fact]
    public async Task CachedRepeat_AfterANewRuleOfItsAlias_IsRefusedAtOnce()
    {
        var (_, key) = await program.NewClientAsync();
        const string Order = """{"provider":"auto","model":"guarded","media_type":"image","prompt":"A lamp for the file"}""";
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await program.CallAsync(key, HttpMethod.Post, "/generations", Order)).Status);
        }

        await program.ReloadAsync(f => f["Models"]!["guarded"]!["DeniedPhrases"]!.AsArray().Add("lamp"));

        Assert.Equal(422, (await program.CallAsync(key, HttpMethod.Post, "/generations", Order)).Status);
    }

    [Theory]
    [InlineData("It fails sandbox:error")]
    [InlineData("It hangs sandbox:hang")]
    public async Task Moderation_DoesNotJudge_IsRefusedToBeSentAgain(string prompt)
    {
        var (_, key) = await program.NewClientAsync();
        var answer = await program.OrderAsync(key, prompt);

        Assert.Equal((502, true), (answer.Status, answer.Error.GetProperty("retryable").GetBoolean()));
        Assert.Equal("moderation_unavailable", answer.Error.GetProperty("details").GetProperty("reason").GetString());
        Assert.Empty(program.Sandbox.Ledger.Read(prompt: prompt));
    }

    [Fact]
    public async Task Moderation_OfWhatTheCacheAnswers_IsNotAskedAgain()
    {
        var (_, key) = await program.NewClientAsync();
        Assert.Equal(200, (await program.OrderAsync(key, "Judged once")).Status);
        var asked = await JudgedAsync();
        Assert.Equal(200, (await program.OrderAsync(key, "Judged once", ""","metadata":{"a":1}""")).Status);

        Assert.Equal(asked, await JudgedAsync());
        Assert.True(asked > 0);
    }

    [Theory]
    [InlineData("full", true, false)]
    [InlineData("hash", false, true)]
    [InlineData("none", false, false)]
    public async Task Prompts_OfAClient_AreStoredAsItSays_AndAnOpenJobOutlivesARestart(string storage, bool hasPrompt, bool hasHash)
    {
        var (name, key) = await program.NewClientAsync($"""
            "prompts":"{storage}"
            """);
        var prompt = $"Kept as {storage} for {name}";
        var open = await program.CallAsync(
            key, HttpMethod.Post, "/generations", $$"""{"provider":"sora","model":"sora-2","media_type":"video","prompt":"{{prompt}}"}""", ("Prefer", "respond-async"));
        var video = await program.CallAsync(key, HttpMethod.Post, "/v1/videos", $$"""{"model":"sora-2","prompt":"{{prompt}}, a video","seconds":"4","size":"1280x720"}""");
        Assert.Equal((202, 200), (open.Status, video.Status));
        await program.RestartAsync();

        var (done, shown) = (await EndedAsync(key, open.Body.GetProperty("request_id").GetString()!), await EndedAsync(key, video.Body.GetProperty("id").GetString()!));

        Assert.Equal(("success", "success"), (done.Body.GetProperty("status").GetString(), shown.Body.GetProperty("status").GetString()));
        var asked = done.Body.GetProperty("metadata").GetProperty("asked");
        Assert.Equal(hasPrompt, asked.TryGetProperty("prompt", out var stored) && stored.GetString() == prompt);
        Assert.Equal(hasHash, asked.TryGetProperty("prompt_hash", out var hash) && hash.GetString()!.Length == 64);
        var videos = await program.CallAsync(key, HttpMethod.Get, "/v1/videos/" + video.Body.GetProperty("id").GetString());
        var all = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Get, $"/admin/generations?client={name}");
        Assert.Equal((hasPrompt, hasPrompt), (videos.Text.Contains(prompt, StringComparison.Ordinal), all.Text.Contains(prompt, StringComparison.Ordinal)));
        Assert.Equal(hasPrompt ? 2 : 0, await RowsWithAsync(prompt));
    }

    private async Task<Answer> EndedAsync(string key, string id)
    {
        while (true)
        {
            var answer = await program.CallAsync(key, HttpMethod.Get, $"/generations/{id}");
            Assert.Equal(200, answer.Status);
            if (answer.Body.GetProperty("status").GetString() != "processing")
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<double> JudgedAsync()
    {
        var page = await program.CallAsync(CompanyProgram.AdminKey, HttpMethod.Get, "/metrics");
        return page.Text.Split('\n').Where(l => l.StartsWith("framegate_moderations_total{", StringComparison.Ordinal) && l.Contains("\"allowed\"", StringComparison.Ordinal))
            .Sum(l => double.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>How many rows of generations have a text anywhere.</summary>
    private async Task<long> RowsWithAsync(string text)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(program.Folder.Path, "framegate.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var columns = connection.CreateCommand();
        columns.CommandText = "SELECT name FROM pragma_table_info('generations')";
        var names = new List<string>();
        await using (var reader = await columns.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                names.Add(reader.GetString(0));
            }
        }

        await using var rows = connection.CreateCommand();
        rows.CommandText = $"SELECT count(*) FROM generations WHERE {string.Join(" OR ", names.Select(n => $"instr(CAST({n} AS TEXT), $text) > 0"))}";
        rows.Parameters.AddWithValue("$text", text);
        return (long)(await rows.ExecuteScalarAsync())!;
    }
}
