using Framegate.Proxy.Edge.Unified;

namespace Framegate.Proxy.Tests.Isolation;

/// <summary>Streams of changes are open for as long as somebody looks: one client's keep nobody else out.</summary>
public sealed class StreamPlacesTests(IsolationProgram program) : IClassFixture<IsolationProgram>
{
    [Fact]
    public async Task Streams_OneClientHasAllOfItsOwn_AnotherOpensOne()
    {
        List<EventStream> open = [];
        try
        {
            for (var i = 0; i < GenerationStream.MostOfOneClient; i++)
            {
                open.Add(await program.StreamAsync(Caller.Shop, "/generations?limit=1"));
            }

            var (status, text) = await program.CallAsync(Caller.Shop, "GET", "/generations?limit=1", accept: "text/event-stream");
            Assert.Equal(503, status);
            Assert.Contains("Retry-After", text, StringComparison.Ordinal);

            await using var other = await program.StreamAsync(Caller.Blog, "/generations?limit=1");
        }
        finally
        {
            foreach (var stream in open)
            {
                await stream.DisposeAsync();
            }
        }
    }
}
