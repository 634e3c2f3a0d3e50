using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Providers;

/// <summary>A provider that wants a picture before the submit that names it: what is uploaded, and what follows when that fails.</summary>
public sealed class UploadingProviderTests
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    private const string File = """
        {
          "name": "clips", "address": "ADDRESS/", "auth": { "keys": ["CLIPS_API_KEY"] }, "probe": { "path": "/me" },
          "models": [{ "id": "clip-1", "type": "image", "capabilities": ["image-to-image"], "limits": { "max_results": 1 }, "price": [{ "per_request": 0.5 }] }],
          "operations": [{
            "name": "clip",
            "submit": {
              "path": "/clips",
              "uploads": [
                { "of": "image", "path": "/assets", "headers": { "Trace": "{uuid}" }, "body": { "type": "{item|content_type}" }, "keep": { "id": "/id" } },
                { "of": "image", "path": "/assets/{upload.id}", "encoding": "multipart", "headers": { "Trace": "{uuid}" }, "body": { "file": "{item|bytes}" } }
              ],
              "headers": { "Trace": "{uuid}" }, "body": { "text": "{prompt}", "image_id": "{upload.id}" }
            },
            "read": { "job": "/id", "without_status": "running" }
          }],
          "job": { "poll": { "path": "/clips/{job}", "headers": { "Trace": "{uuid}" }, "read": { "job": "/id", "status": "/status", "words": { "waiting": "running", "done": "succeeded" }, "results": [{ "at": "/url" }] } } },
          "errors": { "text": "/message" }
        }
        """;

    [Fact]
    public async Task APicture_GoesFirst_AndASubmitIsSentOnlyOnceItIsThere()
    {
        var (uploads, polls, number) = (0, 0, 0);
        Func<ScriptedRequest, Reaction?> trouble = _ => null;
        string? address = null;
        await using var clips = new ScriptedServer(call => trouble(call) ?? (call.Method, call.Path) switch
        {
            ("POST", "/assets") => Reaction.Answer(200, $$"""{"id":{{9007199254740993 + uploads++}}}"""),
            ("POST", "/clips") => Reaction.Answer(200, """{"id":"c1"}"""),
            ("GET", "/clips/c1") => Reaction.Answer(200, polls++ % 2 == 0 ? """{"id":"c1","status":"waiting"}""" : $$"""{"id":"c1","status":"done","url":"{{address}}/c1.png"}"""),
            ("GET", "/c1.png") => Reaction.Answer(200, Convert.FromBase64String(Pixel), "image/png"),
            _ => Reaction.Answer(200, "{}"),
        });
        address = clips.Address;
        using var folder = new TempFolder();
        var config = folder.Write("routes.json", """{ "ReverseProxy": {}, "Framegate": { "Breaker": { "MinimumThroughput": 100 } } }""");
        Directory.CreateDirectory(Path.Combine(folder.Path, "providers"));
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder.Path, "providers", "clips.json"), File.Replace("ADDRESS", clips.Address, StringComparison.Ordinal));
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Config = config, Variables = new Dictionary<string, string> { ["CLIPS_API_KEY"] = "secret-of-clips" } });

        // 1. All goes well; what is larger than memory should hold is streamed.
        foreach (var padding in new[] { 0, 200_000 })
        {
            clips.Forget();
            var good = await framegate.Client.PostAsync(Request(padding));

            Assert.Equal((200, "success"), (good.Status, good.Json.Text("status")));
            var id = 9007199254740993 + uploads - 1;
            Assert.Equal(["/assets", $"/assets/{id}", "/clips"], clips.Requests.Where(r => r.Method == "POST").Select(r => r.Path));
            Assert.All(clips.Requests.Where(r => !r.Path.EndsWith(".png", StringComparison.Ordinal)), r => Assert.Equal("Bearer secret-of-clips", r.Headers["Authorization"]));
            Assert.Contains("\r\nContent-Type: image/png\r\n\r\n\u0089PNG", System.Text.Encoding.Latin1.GetString(clips.Requests[1].Body), StringComparison.Ordinal);
            Assert.True(clips.Requests[1].Body.Length > padding);
            Assert.Equal($$"""{"text":"a boat {{padding}}","image_id":{{id}}}""", clips.Requests[2].Text);
            var traces = clips.Requests.Where(r => r.Headers.ContainsKey("Trace")).Select(r => r.Headers["Trace"]).ToList();
            Assert.Equal(5, traces.Distinct(StringComparer.Ordinal).Count(t => Guid.TryParse(t, out _)));
        }

        // 2. Whatever an upload fails of, nothing has been submitted and nothing is paid.
        foreach (var (reaction, status, code, retries) in new (Reaction, int, string, bool)[]
        {
            (Reaction.Reset, 502, "NETWORK_ERROR", true),
            (Reaction.Answer(500, """{"message":"broken"}"""), 502, "PROVIDER_ERROR", false),
            (Reaction.Answer(200, """{"message":"no id"}"""), 502, "PROVIDER_ERROR", false),
            (Reaction.Answer(413, """{"message":"too large"}"""), 400, "INVALID_REQUEST", false),
            (Reaction.Answer(429, """{"message":"slow down"}"""), 429, "RATE_LIMIT_EXCEEDED", true),
            (Reaction.Raw("garbage"u8.ToArray()), 502, "NETWORK_ERROR", true),
        })
        {
            clips.Forget();
            trouble = call => call.Path == "/assets" ? reaction : null;

            var bad = await framegate.Client.PostAsync(Request(++number));

            Assert.True((status, code) == (bad.Status, bad.Json.Text("error.code")), bad.Text);
            Assert.StartsWith("An input could not be uploaded: ", bad.Json.Text("error.message"), StringComparison.Ordinal);
            Assert.Contains("\"billed\":\"no\"", bad.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(clips.Requests, r => r.Path == "/clips");
            Assert.True(retries == clips.Requests.Count > 1, $"{code}: {clips.Requests.Count}");
        }

        // 3. It is tried again as a whole where the trouble was the upload's, and the submit is sent once.
        clips.Forget();
        var resets = 1;
        trouble = call => call.Path == "/assets" && resets-- > 0 ? Reaction.Reset : null;
        var second = await framegate.Client.PostAsync(Request(++number));

        Assert.Equal((200, "success"), (second.Status, second.Json.Text("status")));
        Assert.Single(clips.Requests, r => r.Path == "/clips");
    }

    private static string Request(int padding)
    {
        // Bytes behind the picture's end are no picture's.
        var bytes = Convert.FromBase64String(Pixel).Concat(new byte[padding]).ToArray();
        return $$"""{"provider":"clips","model":"clip-1","media_type":"image","prompt":"a boat {{padding}}","parameters":{"image":"data:image/png;base64,{{Convert.ToBase64String(bytes)}}"},"timeout":120}""";
    }
}
