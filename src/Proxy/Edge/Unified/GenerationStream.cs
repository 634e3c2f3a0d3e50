using System.Buffers;
using System.Text;
using System.Text.Json;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>
/// A list of generations asked for as <c>text/event-stream</c>: first what is there (<c>page</c>), then each of its newest that begins or changes
/// (<c>change</c>), filtered as the list is. It goes on until the caller leaves.
/// </summary>
internal sealed class GenerationStream(GenerationArchive archive, GenerationPageWriter pages, GenerationView views, PublicAddress address, IHostApplicationLifetime lifetime, ClientKeys clients, TimeProvider time)
{
    /// <summary>How many are open at once; one more is refused.</summary>
    public const int MostOpen = 256;

    /// <summary>How many of one client, so that none keeps the others out; where there is one client alone, it has all.</summary>
    public const int MostOfOneClient = 64;

    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookAtProgress = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Whether a call asks for it.</summary>
    public static bool IsAskedFor(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers with it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="search">Which generations.</param>
    /// <param name="withClient">Whether whose they are shows too.</param>
    public async Task<IResult> AnswerAsync(HttpContext context, GenerationSearch search, bool withClient)
    {
        if (search.Cursor is not null)
        {
            return Problems.BadQuery("cursor: A stream begins with the newest.");
        }

        var client = Client.Of(context);
        if (WhyFull(client) is { } reason)
        {
            context.Response.Headers.RetryAfter = "5";
            return TypedResults.Problem(reason, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Too many streams");
        }

        try
        {
            await StreamAsync(context, search, withClient);
            return Results.Empty;
        }
        finally
        {
            lock (_open)
            {
                if (--_open[client] == 0)
                {
                    _open.Remove(client);
                }
            }
        }
    }

    /// <summary>Takes a place for one more.</summary>
    /// <returns>Why there is none; null when it is taken.</returns>
    private string? WhyFull(string client)
    {
        lock (_open)
        {
            var own = _open.GetValueOrDefault(client);
            if (own >= MostOfOneClient && clients.AreSeveral)
            {
                return $"{MostOfOneClient} streams of changes are open for you already.";
            }

            if (_open.Values.Sum() >= MostOpen)
            {
                return $"{MostOpen} streams of changes are open already.";
            }

            _open[client] = own + 1;
            return null;
        }
    }

    private async Task StreamAsync(HttpContext context, GenerationSearch search, bool withClient)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var (output, baseUrl, known) = (context.Response.BodyWriter, address.Of(context), (Dictionary<string, string>?)null);
        while (!ended.IsCancellationRequested)
        {
            // Before the look: what changes after it is not missed.
            var next = archive.NextChangeAsync();
            var page = (await archive.SearchAsync(search, context.RequestAborted))!;
            var shown = page.Items.Select(s => (s.Id, View: views.Detailed(s, baseUrl, withClient))).ToList();
            if (known is null)
            {
                output.Write("retry: 2000\nevent: page\ndata: "u8);
                pages.Write(output, shown.Select(s => s.View), page.Next, page.Count);
                search = search with { CountUpTo = null };
                output.Write("\n\n"u8);
            }
            else
            {
                // The oldest first, so that whoever puts each on top has them in order.
                foreach (var (id, view) in Enumerable.Reverse(shown).Where(s => known.GetValueOrDefault(s.Id) != GenerationEvents.EventId(s.View)))
                {
                    output.Write("event: change\ndata: "u8);
                    using (var writer = new Utf8JsonWriter(output))
                    {
                        JsonSerializer.Serialize(writer, view, ContractJson.Default.GenerationResponse);
                    }

                    output.Write("\n\n"u8);
                }
            }

            known = shown.ToDictionary(s => s.Id, s => GenerationEvents.EventId(s.View), StringComparer.Ordinal);
            Encoding.UTF8.GetBytes(": looked\n\n", output);
            if (await GenerationEvents.FlushAsync(output, ended.Token))
            {
                return;
            }

            // Progress is not written down; while something runs it is looked at.
            var atMost = shown.Any(s => s.View.Status == GenerationStatus.Processing) ? LookAtProgress : KeepAlive;
            await Task.Delay(PauseBetweenLooks, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await next.WaitAsync(atMost, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
