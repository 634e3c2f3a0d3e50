using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Secrets;

/// <summary>Providers quote all our secrets, in every way that they can; nobody gets to read one.</summary>
public sealed class PlantedSecretTests
{
    private const string Client = "client-key-R2uPq7";

    private static readonly Dictionary<string, string> _planted = new()
    {
        ["BFL_API_KEY"] = "3d6f0a52-7d1c-4d0c-9a53-0c7e5b1a2f99",
        ["OPENAI_API_KEY"] = "sk-proj-Zx81kd0aaTq_T3BlbkFJ",
        ["RUNWAYML_API_SECRET"] = "key_5f3b2a1c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e",
        ["FAL_KEY"] = "5e1f8c1a-93bd-4f0e-8a39-2f1b6f0c7d11:0123456789abcdef0123456789abcdef",
        ["GEMINI_API_KEY"] = "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
        ["GOOGLE_ACCESS_TOKEN"] = "ya29.a0AfH6SMBx0123456789abcdefghijklmnop",
        ["FRAMEGATE_CLIENT_KEY"] = Client,
        ["FRAMEGATE_ADMIN_KEY"] = "4dm1nK3y",
        ["FRAMEGATE_WEBHOOK_SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ["SHOP_KEY"] = "shop/with+base64==",
        ["SHOP_HOOK_1"] = "hook secret with blanks",
        ["SHOP_HOOK_2"] = "quo\"te\\back",
        ["FLUX_SECOND"] = "flux.second.account",
        ["FLUX_THIRD"] = "f1uxth1r",
        ["SOME_OTHER_API_KEY"] = "not-named-anywhere-4711",
        ["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ["DB_PASSWORD"] = "correct-horse-battery",
        ["PGPASSWORD"] = "postgres-secret-pw-1",
        ["GITHUB_TOKEN"] = "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        ["SLACK_TOKEN"] = "xoxb-123456789012-abcdefghijkl",
        ["JWT_SECRET"] = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        ["HEX_KEY"] = "deadbeefcafebabe0123456789",
        ["HF_TOKEN"] = "hf_AbCdEfGhIjKlMnOpQrStUvWxYz",
        ["REPLICATE_API_TOKEN"] = "r8_Zx9YwVuTsRqPoNmLkJiHgFe",
        ["STRIPE_SECRET_KEY"] = "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        ["LUMA_API_KEY"] = "luma-1f3e5d7c-9b8a-7654-3210",
    };

    /// <summary>The longest run of a secret that may be seen.</summary>
    private const int Run = 8;

    [Fact]
    public async Task EveryProvider_QuotesEverySecret_NobodyReadsOne()
    {
        await using var provider = new ScriptedServer(_ => Reaction.Answer(200, "{}"));
        using var data = new TempFolder();
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes(provider.Address),
            Data = data.Path,
            Variables = new Dictionary<string, string>(_planted)
            {
                ["Logging__LogLevel__Default"] = "Trace",
                ["Logging__LogLevel__Yarp.ReverseProxy.Forwarder.HttpForwarder"] = "Trace",
                ["Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
                ["Logging__LogLevel__Microsoft.AspNetCore.Server.Kestrel"] = "Trace",
                ["Logging__LogLevel__Microsoft.AspNetCore.Routing"] = "Trace",
            },
        });
        using var client = new HttpClient { BaseAddress = framegate.Address };
        client.DefaultRequestHeaders.Add("Authorization", "Bearer " + Client);
        var models = JsonNode.Parse(await client.GetStringAsync(new Uri("/models", UriKind.Relative)))!["data"]!.AsArray();
        var seen = new StringBuilder();
        foreach (var quote in Quotations())
        {
            provider.React = _ => quote;
            foreach (var name in (string[])["flux", "sora", "runway", "pika", "veo-gemini", "veo"])
            {
                var model = models.First(m => m!["provider"]!.GetValue<string>() == name)!;
                var body = new JsonObject
                {
                    ["provider"] = name,
                    ["model"] = model["model"]!.GetValue<string>(),
                    ["media_type"] = model["media_type"]!.GetValue<string>(),
                    ["prompt"] = Bodies.Unique("planted"),
                    ["timeout"] = 1,
                    ["retry_config"] = new JsonObject { ["max_attempts"] = 1 },
                };
                using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                await ReadAsync(seen, await client.PostAsync(new Uri("/generations", UriKind.Relative), content));
                await ReadAsync(seen, await client.GetAsync(new Uri($"/{name}/v1/videos/x?key={Client}", UriKind.Relative)));
            }
        }

        await ReadAsync(seen, await client.GetAsync(new Uri("/generations?limit=100", UriKind.Relative)));
        Assert.Contains("****", seen.ToString(), StringComparison.Ordinal);
        AssertNone("answer", seen.ToString());
        AssertNone("log", await framegate.WroteAsync("HttpForwarder"));
        foreach (var file in Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            AssertNone(Path.GetFileName(file), Encoding.Latin1.GetString(copy.ToArray()));
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), file);
        }

        // On the same program: what a provider sends is no page, and a wrong key is written down without itself.
        provider.React = _ => Reaction.Answer(200, "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml");
        using var svg = await client.GetAsync(new Uri("/flux/v1/x.svg", UriKind.Relative));
        Assert.Equal("sandbox; default-src 'none'", svg.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("attachment", svg.Content.Headers.ContentDisposition?.DispositionType);
        using var wrong = new HttpRequestMessage(HttpMethod.Get, new Uri("/models", UriKind.Relative));
        wrong.Headers.TryAddWithoutValidation("x-api-key", "somebody-elses-key");
        client.DefaultRequestHeaders.Clear();
        Assert.Equal(401, (int)(await client.SendAsync(wrong)).StatusCode);
        await framegate.WroteAsync("presents keys that are nobody's");
        Assert.DoesNotContain("somebody-elses-key", framegate.Output, StringComparison.Ordinal);
    }

    /// <summary>The edges of HTTP, down at the socket, on one program.</summary>
    [Fact]
    public async Task Socket_OddRequests_AreAnsweredAsTheyDeserve()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "" });
        async Task<string> Send(string text, bool half = false)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(framegate.Address.Host, framegate.Address.Port);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text.Replace("\n", "\r\n")));
            if (half)
            {
                socket.Client.Shutdown(SocketShutdown.Send);
            }

            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var buffer = new byte[64 * 1024];
            var read = 0;
            while (await stream.ReadAsync(buffer.AsMemory(read), limit.Token) is var more and > 0 && (half || read + more < 12))
            {
                read += more;
            }

            return Encoding.UTF8.GetString(buffer);
        }

        const string Head = "POST /generations HTTP/1.1\nHost: 127.0.0.1\nContent-Type: application/json\n";
        var order = Bodies.Of("flux", Bodies.Unique("sandbox:slow=1"));
        foreach (var (request, half, status) in new (string, bool, int)[]
        {
            ($"{Head}Transfer-Encoding: gzip\n\nabc", false, 501),
            ($"{Head}Transfer-Encoding: gzip, chunked\n\n0\n\n", false, 501),
            ($"{Head}Transfer-Encoding: identity\nContent-Length: 2\n\n{{}}", false, 501),
            ("POST /v1/images/generations HTTP/1.1\nHost: 127.0.0.1\nTransfer-Encoding: deflate\n\n", false, 501),
            ("POST /flux/v1/x HTTP/1.1\nHost: 127.0.0.1\nTransfer-Encoding: chunked\nTransfer-Encoding: br\n\n0\n\n", false, 501),
            ($"{Head}Transfer-Encoding: chunked\n\nFFFFFFFFFFFFFFFFF\n{{}}", false, 400),
            ($"{Head}Transfer-Encoding: chunked\n\nFFFFFFFF\n{{}}", false, 400),
            ("POST /flux/v1/flux-pro-1.1 HTTP/1.1\nHost: 127.0.0.1\nTransfer-Encoding: chunked\n\nFFFFFFFFF\n{}", false, 400),
            ("CONNECT example.com:443 HTTP/1.1\nHost: example.com:443\n\n", false, 405),
            ("GET /models HTTP/1.1\nHost: 127.0.0.1\nX-Forwarded-For: 203.0.113.9\n\n", false, 403),
            ("GET /admin/config HTTP/1.1\nHost: 127.0.0.1\nVia: 1.1 edge\n\n", false, 403),
            ("GET /health/live HTTP/1.1\nHost: 127.0.0.1\n\n", true, 200),
            ($"{Head}Content-Length: {order.Length}\n\n{order}", true, 200),
            ($"POST /flux/v1/flux-pro-1.1 HTTP/1.1\nHost: 127.0.0.1\nContent-Type: application/json\nContent-Length: 14\n\n{{\"prompt\":\"x\"}}", true, 200),
        })
        {
            Assert.StartsWith($"HTTP/1.1 {status} ", await Send(request, half), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", framegate.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<Reaction> Quotations()
    {
        var all = string.Join(" | ", _planted.Values);
        var json = new JsonObject { ["detail"] = all, ["error"] = new JsonObject { ["message"] = all, ["code"] = _planted["BFL_API_KEY"], ["status"] = all } }.ToJsonString();
        yield return Reaction.Answer(401, json);
        yield return Reaction.Answer(400, "{\"error\":{\"message\":\"" + Escaped(all) + "\"},\"detail\":\"" + Escaped(all) + "\"}");
        yield return Reaction.Answer(500, all, "text/html");
        yield return Reaction.Answer(200, json);
        yield return Reaction.Answer(422, Uri.EscapeDataString(all) + " " + Convert.ToBase64String(Encoding.UTF8.GetBytes(all)), "text/plain");
        yield return Reaction.Answer(400, new string(' ', 70_000) + json);
        var safe = _planted.Values.Where(v => !v.Contains('\n'));
        yield return Reaction.Raw(Encoding.Latin1.GetBytes(
            $"HTTP/1.1 403 Bad {_planted["OPENAI_API_KEY"]} {_planted["FAL_KEY"]}\r\nContent-Type: application/json; k={_planted["GEMINI_API_KEY"]}\r\n"
            + string.Concat(safe.Select((v, i) => $"x-error-{i}: {v}\r\n")) + "Content-Length: 2\r\n\r\n{}"));
        yield return Reaction.Raw(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{_planted["BFL_API_KEY"]}\r\nbad header {all}\r\n\r\n"));
    }

    private static string Escaped(string text) => string.Concat(text.Select(c => $"\\u{(int)c:x4}"));

    private static async Task ReadAsync(StringBuilder seen, HttpResponseMessage answer)
    {
        using (answer)
        {
            seen.Append(answer.ReasonPhrase).Append('\n').Append(answer.Headers).Append(answer.Content.Headers).Append(await answer.Content.ReadAsStringAsync()).Append('\n');
        }
    }

    private static void AssertNone(string place, string text)
    {
        foreach (var secret in _planted.Values)
        {
            foreach (var form in (string[])[secret, Uri.EscapeDataString(secret), JsonValue.Create(secret)!.ToJsonString().Trim('"'), Escaped(secret)])
            {
                Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"{place}: {form}: {Around(text, form)}");
            }

            foreach (var half in secret.Split(':').Where(h => h.Length >= Run && secret.Contains(':')))
            {
                Assert.False(text.Contains(half, StringComparison.Ordinal), $"{place}: {half}: {Around(text, half)}");
            }
        }
    }

    private static string Around(string text, string form)
    {
        var at = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : text[Math.Max(at - 100, 0)..Math.Min(at + 100, text.Length)];
    }

    private static string Routes(string provider) => $$"""
        {
          "ReverseProxy": {
            "Routes": {
              {{string.Join(",\n", ((string[])["flux", "sora", "runway", "pika", "veo-gemini", "veo"]).Select(n => $$"""    "{{n}}": { "ClusterId": "{{n}}", "Match": { "Path": "/{{n}}/{**rest}" }, "Transforms": [{ "PathRemovePrefix": "/{{n}}" }] }"""))}}
            },
            "Clusters": {
              "flux": { "Destinations": {
                "a": { "Address": "{{provider}}/" },
                "b": { "Address": "{{provider}}/two/", "Metadata": { "KeyEnv": "FLUX_SECOND" } },
                "c": { "Address": "{{provider}}/three/", "Metadata": { "KeyEnv": "FLUX_THIRD" } } } },
              {{string.Join(",\n", ((string[])["sora", "runway", "pika", "veo-gemini", "veo"]).Select(n => $$"""    "{{n}}": { "Destinations": { "only": { "Address": "{{provider}}/" } } }"""))}}
            }
          },
          "Framegate": {
            "Native": { {{string.Join(", ", ((string[])["flux", "sora", "runway", "pika", "veo-gemini", "veo"]).Select(n => $$"""  "{{n}}": { "Allow": ["GET,POST /**"] }"""))}} },
            "Clients": { "shop": { "KeyEnv": "SHOP_KEY", "WebhookSecretEnvs": ["SHOP_HOOK_1", "SHOP_HOOK_2"] } },
            "Jobs": { "FindWindow": "00:00:01", "NotFoundGrace": "00:00:01", "LateResultWindow": "00:00:01", "RetryBaseDelay": "00:00:00.020", "RetryMaxDelay": "00:00:00.050" },
            "Breaker": { "MinimumThroughput": 1000000 }
          }
        }
        """;
}
