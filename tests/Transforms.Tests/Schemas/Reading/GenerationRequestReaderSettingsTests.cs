using System.Globalization;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests.Schemas.Reading;

public class GenerationRequestReaderSettingsTests
{
    [Theory]
    [InlineData("2026-11-03T10:00:00Z", "2026-11-03T10:00:00+00:00")]
    [InlineData("2026-11-03T10:00:00.1234567Z", "2026-11-03T10:00:00.1234567+00:00")]
    [InlineData("2026-11-03T10:00:00.123456789Z", "2026-11-03T10:00:00.1234567+00:00")]
    [InlineData("2026-11-03T10:00:00+05:30", "2026-11-03T10:00:00+05:30")]
    [InlineData("2026-11-03T10:00:00-08:00", "2026-11-03T10:00:00-08:00")]
    [InlineData("2026-11-03T10:00", "2026-11-03T10:00:00+00:00")]
    [InlineData("2026-11-03T10:00:00", "2026-11-03T10:00:00+00:00")]
    [InlineData("2026-11-03", "2026-11-03T00:00:00+00:00")]
    public void Read_Timestamp_IsIso8601(string text, string expected)
    {
        var timestamp = Requests.ReadGood(Requests.With("timestamp", $"\"{text}\"")).Timestamp!.Value;
        var wanted = DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture);
        Assert.Equal(wanted, timestamp);
        Assert.Equal(wanted.Offset, timestamp.Offset);
    }

    [Theory]
    [InlineData("\"10:00:00\"")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"03/11/2026\"")]
    [InlineData("\"2026-13-01\"")]
    [InlineData("\"2026-02-30\"")]
    [InlineData("\" 2026-11-03\"")]
    [InlineData("\"\"")]
    [InlineData("1793700000")]
    public void Read_OtherTimestamp_IsRefused(string json) => Requests.AssertBad("timestamp", Requests.With("timestamp", json));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("3600", 3600)]
    [InlineData("2.5", 2.5)]
    [InlineData("3e2", 300)]
    public void Read_Timeout_IsInSeconds(string json, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Requests.ReadGood(Requests.With("timeout", json)).Timeout);

    [Theory]
    [InlineData("0")]
    [InlineData("0.999")]
    [InlineData("3600.5")]
    [InlineData("-5")]
    [InlineData("1e400")]
    [InlineData("\"300\"")]
    [InlineData("true")]
    public void Read_OtherTimeout_IsRefused(string json) => Requests.AssertBad("timeout", Requests.With("timeout", json));

    [Fact]
    public void Read_RetryConfig_HasItsFields()
    {
        var retry = Requests.ReadGood(Requests.With("retry_config", """
            {"max_attempts":3,"base_delay_ms":250,"max_delay_ms":2000,"jitter":true,"retry_on":["TIMEOUT","INVALID_MODEL"]}
            """)).Retry!;
        Assert.Equal(3, retry.MaxAttempts);
        Assert.Equal(TimeSpan.FromMilliseconds(250), retry.BaseDelay);
        Assert.Equal(TimeSpan.FromSeconds(2), retry.MaxDelay);
        Assert.True(retry.Jitter);
        Assert.Equal([ErrorCode.Timeout, ErrorCode.InvalidModel], retry.RetryOn);
    }

    [Fact]
    public void Read_EmptyRetryConfig_LeavesEverythingToTheDefaults() => Assert.Equal(
        new RetryConfig(),
        Requests.ReadGood(Requests.With("retry_config", """{"max_attempts":null,"base_delay_ms":null,"max_delay_ms":null,"jitter":null,"retry_on":null}""")).Retry);

    [Theory]
    [InlineData("max_attempts", 1, 10)]
    [InlineData("base_delay_ms", 0, 60_000)]
    [InlineData("max_delay_ms", 0, 300_000)]
    public void Read_RetryNumber_TakesItsRangeOnly(string name, int least, int most)
    {
        foreach (var good in (int[])[least, most])
        {
            Requests.ReadGood(Requests.With("retry_config", $$"""{"{{name}}":{{good}}}"""));
        }

        foreach (var bad in (string[])[$"{least - 1}", $"{most + 1}", "1.5", "\"1\""])
        {
            Requests.AssertBad($"retry_config.{name}", Requests.With("retry_config", $$"""{"{{name}}":{{bad}}}"""));
        }
    }

    [Theory]
    [InlineData("[]", "retry_config")]
    [InlineData("""{"attempts":3}""", "retry_config.attempts")]
    [InlineData("""{"jitter":1}""", "retry_config.jitter")]
    [InlineData("""{"base_delay_ms":2,"max_delay_ms":1}""", "retry_config.max_delay_ms")]
    [InlineData("""{"retry_on":"TIMEOUT"}""", "retry_config.retry_on")]
    [InlineData("""{"retry_on":["TIMEOUT","TIMEOUT"]}""", "retry_config.retry_on[1]")]
    [InlineData("""{"retry_on":["timeout"]}""", "retry_config.retry_on[0]")]
    [InlineData("""{"retry_on":[null]}""", "retry_config.retry_on[0]")]
    public void Read_WrongRetryConfig_NamesTheMember(string json, string field) => Requests.AssertBad(field, Requests.With("retry_config", json));

    [Fact]
    public void Read_UnknownRetryCode_ListsTheTen() =>
        Assert.Equal(10, Requests.ReadBad(Requests.With("retry_config", """{"retry_on":["OOPS"]}""")).Allowed!.Count);

    [Theory]
    [InlineData("https://example.com/hook?a=1#b")]
    [InlineData("http://localhost:8080/hook")]
    [InlineData("http://10.0.0.7/hook")]
    public void Read_CallbackUrl_IsKept(string url) =>
        Assert.Equal(new Uri(url), Requests.ReadGood(Requests.With("callback_url", $"\"{url}\"")).CallbackUrl);

    [Theory]
    [InlineData("/hook")]
    [InlineData("ftp://example.com/hook")]
    [InlineData("https://user:pw@example.com/hook")]
    [InlineData("https://@example.com/hook")]
    [InlineData("https://")]
    [InlineData("https:///hook")]
    [InlineData("https:example.com")]
    [InlineData(" https://example.com/")]
    [InlineData("https://example.com/a b")]
    [InlineData("https://example.com\\@evil.com/")]
    [InlineData("mailto:a@example.com")]
    [InlineData("")]
    public void Read_OtherCallbackUrl_IsRefused(string url) => Requests.AssertBad("callback_url", Requests.With("callback_url", Requests.Quote(url)));

    [Theory]
    [InlineData("""["generation.progress"]""", CallbackEvents.Progress)]
    [InlineData("""["generation.failed","generation.completed"]""", CallbackEvents.Ended)]
    public void Read_CallbackEvents_AreKept(string json, CallbackEvents events) =>
        Assert.Equal(events, Requests.ReadGood(Requests.With("callback_events", json)).CallbackEvents);

    [Theory]
    [InlineData("[]", "callback_events")]
    [InlineData("\"generation.progress\"", "callback_events")]
    [InlineData("""["progress"]""", "callback_events[0]")]
    [InlineData("""["generation.progress","generation.progress"]""", "callback_events[1]")]
    [InlineData("[null]", "callback_events[0]")]
    public void Read_OtherCallbackEvents_AreRefused(string json, string field) => Requests.AssertBad(field, Requests.With("callback_events", json));

    [Fact]
    public void Read_CallbackUrlLength_IsBounded() =>
        Requests.AssertBad("callback_url", Requests.With("callback_url", $"\"https://example.com/{new string('a', PublicUrl.MaxLength)}\""));
}
