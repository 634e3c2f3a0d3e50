using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Providers;

/// <summary>Answers of every adapter's provider in forms that are not documented and mean the same; and in good form about something else.</summary>
public class AnswerFormTests
{
    private static readonly ProviderAdapter[] s_adapters = [.. AdapterRegistry.BuiltIn()];

    private static readonly Dictionary<string, Func<string, byte[]>> s_forms = new()
    {
        ["plain"] = Utf8,
        ["byte order mark"] = json => [0xef, 0xbb, 0xbf, .. Utf8(json)],
        ["UTF-16"] = json => [0xff, 0xfe, .. Encoding.Unicode.GetBytes(json)],
        ["list of one"] = json => Utf8($"[{json}]"),
        ["white space"] = json => Utf8("\r\n \t" + json + "\n\n"),
        ["trailing bytes"] = json => [.. Utf8(json), .. "\0\0<!-- cached -->"u8],
        ["two documents"] = json => Utf8(json + json),
        ["NaN"] = json => Utf8($$"""{"preview":NaN,"eta":[-Infinity,Infinity],{{json[1..]}}"""),
        ["depth"] = json => Utf8($$"""{"preview":{{new string('[', 500)}}1,"]"{{new string(']', 500)}},{{json[1..]}}"""),
        ["guard"] = json => Utf8(")]}'\n" + json),
        ["comments"] = json => Utf8("// cached\n/* { */" + json[..^1] + "/* \"id\":\"x\" }, */ // end\n}"),
        ["commas too many"] = json => Utf8($"{json[..^1]},\"seen\":[1,2, ], }}"),
        ["control characters"] = json => Utf8("{\"preview\":\"a\nb\tc\u0001\"," + json[1..]),
    };

    public static TheoryData<string, string> Cells
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var adapter in s_adapters)
            {
                foreach (var form in s_forms.Keys)
                {
                    data.Add(adapter.Name, form);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Providers => [.. s_adapters.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void ReadSubmit_InAnotherForm_NamesTheJob(string provider, string form)
    {
        var adapter = Adapter(provider);

        var running = Assert.IsType<JobOutcome.Running>(adapter.ReadSubmit(Answer(s_forms[form](Accepted(provider, "\"job-1\""))), adapter.Models[0]));

        Assert.EndsWith("job-1", running.Job.NativeId, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void ReadPoll_InAnotherForm_IsDone(string provider, string form)
    {
        var adapter = Adapter(provider);

        Assert.IsType<JobOutcome.Succeeded>(adapter.ReadPoll(Answer(s_forms[form](Done(provider, "job-1"))), JobOf(adapter, "job-1")));
    }

    /// <summary>A route that is missing for a while, at the provider or before it, says nothing about the job.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadPoll_NotFoundAndNotAboutAJob_IsUnreadable(string provider)
    {
        var adapter = Adapter(provider);
        foreach (var body in new[]
        {
            "{}", "[]", "null", """{"detail":"Not Found"}""", """{"message":"no Route matched with those values"}""", """{"error":{"message":"The model does not exist"}}""",
            """{"error":"Invalid URL (GET /v1/tasks/1)"}""", """{"timestamp":"2026-11-03","status":404,"error":"Not Found","path":"/v1/tasks/1"}""", """{"message":"Not Found","request_id":"1"}""",
        })
        {
            Assert.True(adapter.ReadPoll(Answer(Utf8(body)) with { Status = 404 }, JobOf(adapter, "job-1")) is JobOutcome.Unreadable, body);
        }

        foreach (var body in new[] { """{"error":{"message":"Video with id 'job-1' not found."}}""", """{"detail":"Task not found"}""", """{"error":"No such request"}""", """{"error":{"code":"task_not_found"}}""" })
        {
            Assert.True(adapter.ReadPoll(Answer(Utf8(body)) with { Status = 404 }, JobOf(adapter, "job-1")) is JobOutcome.NotFound, body);
        }
    }

    /// <summary>Another case, and blanks around it, are the same word.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadPoll_TheWordInAnotherCase_IsTheSame(string provider)
    {
        var adapter = Adapter(provider);
        foreach (var word in new[] { "Ready", "SUCCEEDED", "completed", "true" })
        {
            foreach (var other in new[] { word.ToUpperInvariant(), word.ToLowerInvariant(), $" {word}\\n" })
            {
                var done = Done(provider, "job-1").Replace($"\"{word}\"", $"\"{other}\"", StringComparison.Ordinal);
                Assert.IsType<JobOutcome.Succeeded>(adapter.ReadPoll(Answer(Utf8(done)), JobOf(adapter, "job-1")));
            }
        }
    }

    /// <summary>Here the word of the poll leads to the result, which has none.</summary>
    [Theory]
    [InlineData("completed")]
    [InlineData(" Completed\\n")]
    public void ReadPoll_PikasWordInAnotherCase_LeadsToTheResult(string word)
    {
        var outcome = Adapter("pika").ReadPoll(Answer(Utf8($$"""{"status":"{{word}}","request_id":"job-1"}""")), new JobHandle("job-1", "fal-ai/pika/v2.2/text-to-video"));

        Assert.Equal(TimeSpan.Zero, Assert.IsType<JobOutcome.Running>(outcome).PollAfter);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadPoll_AnotherJob_IsUnreadable(string provider)
    {
        var adapter = Adapter(provider);

        Assert.IsType<JobOutcome.Unreadable>(adapter.ReadPoll(Answer(Utf8(Done(provider, "job-2"))), JobOf(adapter, "job-1")));
    }

    /// <summary>An id may be a number that no type of number holds.</summary>
    [Theory]
    [InlineData("18446744073709551615")]
    [InlineData("123456789012345678901234567890")]
    public void ReadSubmit_NumericIdOfManyDigits_IsAnId(string id)
    {
        var adapter = Adapter("flux");

        var job = Assert.IsType<JobOutcome.Running>(adapter.ReadSubmit(Answer(Utf8(Accepted("flux", id).Replace($"\"{id}\"", id, StringComparison.Ordinal))), adapter.Models[0])).Job;

        Assert.Equal(id, job.NativeId);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadSubmit_NumericId_IsAnId(string provider)
    {
        var adapter = Adapter(provider);
        if (provider.StartsWith("veo", StringComparison.Ordinal))
        {
            return; // A name is a path.
        }

        var job = Assert.IsType<JobOutcome.Running>(adapter.ReadSubmit(Answer(Utf8(Accepted(provider, "4711"))), adapter.Models[0])).Job;

        Assert.Equal("4711", job.NativeId);
        Assert.IsType<JobOutcome.Succeeded>(adapter.ReadPoll(Answer(Utf8(Done(provider, "4711").Replace("\"4711\"", "4711", StringComparison.Ordinal))), job));
    }

    /// <summary>Whatever arrived of an accepted submit before the connection broke is the right job, or none.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadSubmit_CutAnywhere_IsTheJobOrNone(string provider)
    {
        var adapter = Adapter(provider);
        var whole = Utf8(Accepted(provider, "\"job-1\""));
        var found = 0;
        for (var length = 0; length <= whole.Length; length++)
        {
            try
            {
                var outcome = adapter.ReadSubmit(Answer(LenientJson.Arrived(whole.AsMemory(0, length))), adapter.Models[0]);
                Assert.EndsWith("job-1", Assert.IsType<JobOutcome.Running>(outcome).Job.NativeId, StringComparison.Ordinal);
                found++;
            }
            catch (System.Text.Json.JsonException)
            {
                // None.
            }
        }

        Assert.InRange(found, 2, whole.Length);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadError_InsideA200_HasItsWordsAndCode(string provider)
    {
        foreach (var (text, code, acceptance) in new[]
        {
            ("Your account is not allowed to use this model.", ErrorCode.AuthenticationFailed, Acceptance.No),
            ("You do not have enough credits.", ErrorCode.InsufficientCredits, Acceptance.No),
            ("Rate limit reached.", ErrorCode.RateLimitExceeded, Acceptance.No),
            ("The prompt was blocked by our moderation system.", ErrorCode.ContentPolicyViolation, Acceptance.No),
            ("Something broke.", ErrorCode.UnknownError, Acceptance.Unknown),
        })
        {
            foreach (var body in new[] { $$"""{"detail":"{{text}}"}""", $$$"""{"error":{"message":"{{{text}}}"}}""", $$"""{"error":"{{text}}"}""", $$"""{"message":"{{text}}"}""", $$"""[{"detail":"{{text}}"}]""" })
            {
                var response = Answer(Utf8(body));
                Assert.True(response.NamesAnError);
                var failure = Adapter(provider).ReadError(response, NativeCall.Submit);

                Assert.True((code, acceptance) == (failure.Code, failure.Acceptance), $"{body}: {failure}");
                Assert.True(code == ErrorCode.AuthenticationFailed || failure.Message.Contains(text.TrimEnd('.'), StringComparison.Ordinal), failure.Message);
            }
        }
    }

    /// <summary>An account without money is the same code in every place where a provider can say so.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public void Money_WhereverItIsLacking_IsTheSameCode(string provider)
    {
        var adapter = Adapter(provider);
        foreach (var text in new[] { "Insufficient credits", "You do not have enough credits to run this task.", "User is locked. Reason: Exhausted balance. Top up your balance." })
        {
            foreach (var body in new[] { $$"""{"detail":"{{text}}"}""", $$$"""{"error":{"message":"{{{text}}}"}}""", $$"""{"error":"{{text}}"}""" })
            {
                foreach (var status in new[] { 200, 400, 402, 403, 423, 429 })
                {
                    foreach (var call in new[] { NativeCall.Submit, NativeCall.Poll, NativeCall.Download })
                    {
                        var failure = adapter.ReadError(Answer(Utf8(body)) with { Status = status }, call);
                        Assert.True(failure.Code == ErrorCode.InsufficientCredits && !failure.Retryable, $"{call} {status} {body}: {failure}");
                        Assert.Equal(call switch { NativeCall.Submit => Billed.No, NativeCall.Poll => Billed.Unknown, _ => Billed.Yes }, failure.Billed);
                    }
                }
            }

            var ended = Assert.IsType<JobOutcome.Failed>(adapter.ReadPoll(Answer(Utf8(Failed(provider, text))), JobOf(adapter, "job-1"))).Failure;
            Assert.Equal((ErrorCode.InsufficientCredits, false), (ended.Code, ended.Retryable));
        }
    }

    private static string Failed(string provider, string text) => provider switch
    {
        "flux" => $$$"""{"id":"job-1","status":"Error","details":{"error":"{{{text}}}"}}""",
        "runway" => $$"""{"id":"job-1","status":"FAILED","failure":"{{text}}","failureCode":"INTERNAL"}""",
        "sora" => $$$"""{"id":"job-1","status":"failed","error":{"code":"failed","message":"{{{text}}}"}}""",
        "pika" => $$"""{"status":"COMPLETED","request_id":"job-1","error":"{{text}}","error_type":"runner_server_error"}""",
        _ => $$$"""{"name":"models/m/operations/job-1","done":true,"error":{"code":9,"message":"{{{text}}}"}}""",
    };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ProviderAdapter Adapter(string name) => s_adapters.Single(a => a.Name == name);

    private static NativeResponse Answer(ReadOnlyMemory<byte> body) => new(200, new Dictionary<string, string>(), body);

    private static JobHandle JobOf(ProviderAdapter adapter, string id) =>
        new(adapter.Name.StartsWith("veo", StringComparison.Ordinal) ? "models/m/operations/" + id : id, adapter.Models[0].Id);

    private static string Accepted(string provider, string id) => provider switch
    {
        "flux" => $$"""{"id":{{id}},"polling_url":"https://api.bfl.ai/v1/get_result?id=job-1","cost":4}""",
        "runway" => $$$"""{"id":{{{id}}},"estimatedCost":{"credits":5}}""",
        "sora" => $$"""{"id":{{id}},"object":"video","status":"queued","progress":0}""",
        "pika" => $$"""{"status":"IN_QUEUE","request_id":{{id}},"status_url":"https://queue.fal.run/x/status"}""",
        _ => $$$"""{"name":"models/m/operations/{{{id.Trim('"')}}}","metadata":{}}""",
    };

    private static string Done(string provider, string id) => provider switch
    {
        "flux" => $$$"""{"id":"{{{id}}}","status":"Ready","result":{"sample":"https://a.example/1.png"}}""",
        "runway" => $$"""{"id":"{{id}}","status":"SUCCEEDED","output":["https://a.example/1.png"]}""",
        "sora" => $$"""{"id":"{{id}}","object":"video","status":"completed"}""",
        "pika" => $$$"""{"request_id":"{{{id}}}","video":{"url":"https://a.example/1.mp4"}}""",
        _ => $$$"""{"name":"models/m/operations/{{{id}}}","done":true,"response":{"videos":[{"uri":"https://a.example/1.mp4"}]}}""",
    };
}
