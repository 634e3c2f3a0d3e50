namespace Framegate.Bench.Harness;

/// <summary>Writes what the load generator sends, as Lua files in a folder.</summary>
internal sealed class Scripts(string folder)
{
    private const string Tail = """

        function done(summary, latency, requests)
          local e = summary.errors
          io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
            latency:percentile(50), latency:percentile(99), latency.max, e.connect + e.read + e.write + e.status + e.timeout))
        end
        """;

    /// <summary>A POST of one JSON body.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="body">The body. <c>#</c> becomes a number that is different each time, in another run as well, so that no cache can answer.</param>
    /// <param name="pauseMs">A pause before each request on a connection, milliseconds; 0 for none.</param>
    public string Post(string path, string body, int pauseMs = 0)
    {
        var parts = body.Split('#');
        return Write($$"""
            local n = os.time() * 1000000 + {{Random.Shared.Next(1_000)}}
            local headers = { ["Content-Type"] = "application/json" }
            function request()
              n = n + 1
              return wrk.format("POST", "{{path}}", headers, [==[{{parts[0]}}]==] .. string.format("%.0f", n) .. [==[{{parts[1]}}]==])
            end
            """ + (pauseMs > 0 ? $"\nfunction delay() return {pauseMs} end\n" : ""));
    }

    /// <summary>The same POST of one JSON body again and again, put together once: a large body costs the load generator little.</summary>
    public string Repeat(string path, string body) => Write($$"""
        local call
        function init()
          call = wrk.format("POST", "{{path}}", { ["Content-Type"] = "application/json", ["x-key"] = "client" }, [==[{{body}}]==])
        end
        function request()
          return call
        end
        """);

    /// <summary>The three native calls of a Flux generation in turn: submit, poll, download.</summary>
    public string NativeFlux(string body) => Write($$"""
        local n = 0
        local calls = {}
        function init()
          calls[0] = wrk.format("POST", "/v1/flux-dev", { ["Content-Type"] = "application/json", ["x-key"] = "bench" }, [==[{{body}}]==])
          calls[1] = wrk.format("GET", "/v1/get_result?id=0", { ["x-key"] = "bench" })
          calls[2] = wrk.format("GET", "/sample/0.png", {})
        end
        function request()
          n = (n + 1) % 3
          return calls[n]
        end
        """);

    private string Write(string text)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("n") + ".lua");
        File.WriteAllText(path, text + Tail);
        return path;
    }
}
