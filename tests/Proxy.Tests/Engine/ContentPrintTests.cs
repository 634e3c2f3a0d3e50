using System.Text;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Prints are stored, and compared with those of the next build.</summary>
public sealed class ContentPrintTests
{
    [Theory]
    [InlineData("""{"a":"y","b":"x"}""")]
    [InlineData("""{ "b" : "x", "timestamp": 17, "a": "\u0079" }""")]
    public void Of_AnyForm_IsThePrintThatWasStored(string body) =>
        Assert.Equal("fcf6c77ca605731e325677e8230cc9998a1ec3bb1eb7e62bcd4bec1c3619c608", PrintOf(body));

    [Fact]
    public void Of_TimestampFurtherIn_Counts() =>
        Assert.NotEqual(PrintOf("""{"metadata":{"timestamp":1}}"""), PrintOf("""{"metadata":{"timestamp":2}}"""));

    private static string PrintOf(string body) => Convert.ToHexStringLower(ContentPrint.Of(Encoding.UTF8.GetBytes(body), HeldInputs.None));
}
