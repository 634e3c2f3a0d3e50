using CsCheck;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas.Reading;

public class GenerationRequestReaderPropertyTests
{
    [Fact]
    public void Read_AnyBytes_GivesARequestOrNamedErrors()
    {
        var good = 0;
        var bad = 0;
        RequestGen.Damaged.Sample(
            body =>
            {
                var reading = GenerationRequestReader.Read(body);
                if (reading.Request is null)
                {
                    Interlocked.Increment(ref bad);
                    Assert.InRange(reading.Errors.Count, 1, GenerationRequestReader.MaxErrors);
                    Assert.All(reading.Errors, e => Assert.NotEmpty(e.Field));
                    Assert.All(reading.Errors, e => Assert.NotEmpty(e.Message));
                }
                else
                {
                    Interlocked.Increment(ref good);
                    Assert.Empty(reading.Errors);
                }
            },
            iter: 20_000);

        // Otherwise the generator has stopped to reach one of the two outcomes.
        Assert.True(good > 100, $"{good} good");
        Assert.True(bad > 10_000, $"{bad} bad");
    }
}
