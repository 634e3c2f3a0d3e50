using System.Text;
using CsCheck;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>Whatever the dialect takes must be a unified request, and a repeated request the same bytes.</summary>
public sealed class UnifiedBodyTests
{
    private static readonly byte[] _image = Encoding.ASCII.GetBytes("\"data:image/png;base64,aGk=\"");

    private static readonly Gen<UnifiedOrder> _orders =
        from prompt in Gen.Char[' ', '\u2fff'].Array[0, 40].Select(c => new string(c))
        from width in Gen.Int[1, 16_384]
        from seconds in Gen.Int[1, 3600]
        from n in Gen.Int[1, 10]
        from images in Gen.Int[0, 5]
        from part in Gen.Bool
        from sized in Gen.Bool
        select new UnifiedOrder
        {
            Call = DialectCall.Image,
            Model = new ModelName("auto", "some-model", null),
            MediaType = MediaType.Image,
            Prompt = prompt,
            Size = sized ? new PixelCount(width, width) : null,
            Seconds = seconds,
            N = n,
            Part = part ? n - 1 : null,
            OutputFormat = sized ? "png" : null,
            Images = [.. Enumerable.Repeat(new ReadOnlyMemory<byte>(_image), images)],
            Mask = images > 0 ? _image : default,
            More = sized ? [new("seed", "7"u8.ToArray()), new("flux", "{\"raw\":true}"u8.ToArray())] : [],
            Timeout = TimeSpan.FromSeconds(seconds),
        };

    [Fact]
    public void Write_AnyOrder_IsAUnifiedRequestThatSaysTheSame() => Gen.Select(_orders, Gen.Bool, Gen.Bool).Sample((order, shape, references) =>
    {
        var wording = new OrderWording(shape, references);
        var body = UnifiedBody.WithId(UnifiedBody.Write(order, wording), "video_0");
        var reading = GenerationRequestReader.Read(body);

        Assert.True(reading.Request is not null, string.Join("; ", reading.Errors));
        var (request, p) = (reading.Request, reading.Request.Parameters);
        Assert.Equal(("video_0", order.Prompt, order.Timeout), (request.RequestId, request.Prompt, request.Timeout));
        Assert.Equal(order.Size is { } size && !shape ? size.Width : null, p.Width);
        Assert.Equal(order.Size is not null && shape ? "1:1" : null, p.AspectRatio);
        Assert.Equal(order.N > 1 && order.Part is null ? order.N : null, p.N);
        Assert.Equal(order.Images.Count, p.ReferenceImages.Count + (p.Image is null ? 0 : 1));
        Assert.Equal(order.Images.Count > 0 && !references, p.Image is not null);
        Assert.Equal(order.Images.Count > 0, p.Mask is not null);
        Assert.Equal(order.More.Count > 0 ? 7 : null, p.Seed);
    });

    [Fact]
    public void Write_SameOrderTwice_IsTheSameFingerprint() => _orders.Sample(order =>
        Assert.Equal(UnifiedBody.FingerprintOf(UnifiedBody.Write(order)), UnifiedBody.FingerprintOf(UnifiedBody.Write(order with { }))));

    [Fact]
    public void Write_AnotherPart_IsAnotherFingerprint() => _orders.Sample(order =>
        Assert.NotEqual(UnifiedBody.Write(order with { Part = 0 }), UnifiedBody.Write(order with { Part = 1 })));
}
