using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas.Reading;

public class GenerationRequestReaderMediaTests
{
    private const string Png = "data:image/png;base64,iVBORw0KGgo=";

    [Theory]
    [InlineData("image")]
    [InlineData("last_image")]
    [InlineData("mask")]
    [InlineData("control_image")]
    public void Read_InlineImage_HasBytesAndType(string name)
    {
        var parameters = Requests.ReadGoodParameter(name, $"\"{Png}\"");
        var media = parameters.Image ?? parameters.LastImage ?? parameters.Mask ?? parameters.ControlImage;
        Assert.Equal([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], media!.Bytes.ToArray());
        Assert.Equal("image/png", media.ContentType);
        Requests.AssertBad($"parameters.{name}", Requests.WithParameter(name, "\"data:video/mp4;base64,AQID\""));
    }

    [Fact]
    public void Read_InlineVideo_MustBeOne()
    {
        Assert.Equal("video/mp4", Requests.ReadGoodParameter("video", "\"data:video/mp4;base64,AQID\"").Video!.ContentType);
        Requests.AssertBad("parameters.video", Requests.WithParameter("video", $"\"{Png}\""));
    }

    [Theory]
    [InlineData(@"data:image\/png;base64,\/\/8=")]
    [InlineData(@"data:image/png;base64,\u002f\u002F8=")]
    [InlineData("DATA:Image/PNG;Base64,//8=")]
    [InlineData("data:image/png;name=a.png;base64,//8=")]
    public void Read_InlineImageInAnotherSpelling_IsTheSame(string json)
    {
        var image = Requests.ReadGood($$$"""{"provider":"flux","model":"m","media_type":"image","parameters":{"image":"{{{json}}}"}}""").Parameters.Image!;
        Assert.Equal([255, 255], image.Bytes.ToArray());
        Assert.Equal("image/png", image.ContentType);
    }

    [Theory]
    [InlineData("data:")]
    [InlineData("data:image/png")]
    [InlineData("data:image/png;base64")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png;base64,AQI")]
    [InlineData("data:image/png;base64,AQ")]
    [InlineData("data:image/png;base64,A===")]
    [InlineData("data:image/png;base64,====")]
    [InlineData("data:image/png;base64,=")]
    [InlineData("data:image/png;base64,AQ ID")]
    [InlineData("data:image/png;base64,AQID\\n")]
    [InlineData("data:image/png;base64,AQ-_")]
    [InlineData("data:image/png;base64,AQ%3D")]
    [InlineData("data:image/png,abcd")]
    [InlineData("data:image/;base64,AQID")]
    [InlineData("data:image/a b;base64,AQID")]
    [InlineData("data:;base64,AQID")]
    [InlineData("data:text/html;base64,AQID")]
    [InlineData("data:image/png;base64,\\ud800AAA")]
    [InlineData("data:image/png;base64,😀")]
    public void Read_InlineImageIsWrong_IsRefused(string json) => Requests.AssertBad(
        "parameters.image", $$$"""{"provider":"flux","model":"m","media_type":"image","parameters":{"image":"{{{json}}}"}}""");

    [Theory]
    [InlineData("image", "image/png", GenerationRequestReader.MaxInlineImageBytes)]
    [InlineData("video", "video/mp4", GenerationRequestReader.MaxInlineVideoBytes)]
    public void Read_InlineSize_IsBounded(string name, string contentType, int limit)
    {
        Assert.Equal([name], Requests.ReadGood(Body(limit)).Parameters.Given());
        Requests.AssertBad($"parameters.{name}", Body(limit + 1));

        string Body(int size) =>
            $$$"""{"provider":"flux","model":"m","media_type":"image","parameters":{"{{{name}}}":"data:{{{contentType}}};base64,{{{Convert.ToBase64String(new byte[size])}}}"}}""";
    }

    [Theory]
    [InlineData("media:abc_DEF-123", true)]
    [InlineData("media:", false)]
    [InlineData("media:a/b", false)]
    [InlineData("media:../secret", false)]
    [InlineData("media:é", false)]
    public void Read_StoredMedia_HasAnId(string text, bool good) =>
        Assert.Equal(good, Requests.Read(Requests.WithParameter("image", Requests.Quote(text))).Request is not null);

    [Fact]
    public void Read_StoredMediaIdLength_IsBounded()
    {
        Requests.ReadGoodParameter("image", $"\"media:{new string('a', 64)}\"");
        Requests.AssertBad("parameters.image", Requests.WithParameter("image", $"\"media:{new string('a', 65)}\""));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"cat.png\"")]
    [InlineData("\"/etc/passwd\"")]
    [InlineData("\"file:///etc/passwd\"")]
    [InlineData("\"ftp://example.com/a.png\"")]
    [InlineData("\"javascript:alert(1)\"")]
    [InlineData("\"https://10.0.0.1/a.png\"")]
    [InlineData("17")]
    [InlineData("{\"url\":\"https://example.com/a.png\"}")]
    [InlineData("[]")]
    public void Read_NoMedia_IsRefused(string json) => Requests.AssertBad("parameters.image", Requests.WithParameter("image", json));

    [Fact]
    public void Read_HttpUrl_SaysHttps() => Assert.Contains(
        "use an https URL", Requests.ReadBad(Requests.WithParameter("image", "\"http://example.com/a.png\"")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_UrlLength_IsBounded()
    {
        const string Start = "https://example.com/";
        Requests.ReadGoodParameter("image", Requests.Quote(Start + new string('a', PublicUrl.MaxLength - Start.Length)));
        Requests.AssertBad("parameters.image", Requests.WithParameter("image", Requests.Quote(Start + new string('a', PublicUrl.MaxLength))));
        Requests.AssertBad("parameters.image", Requests.WithParameter("image", Requests.Quote(Start + new string('a', PublicUrl.MaxLength * 5))));
    }

    [Fact]
    public void Read_UrlBytesAreNoUtf8_IsRefused()
    {
        var body = Encoding.UTF8.GetBytes(Requests.WithParameter("image", "\"https://example.com/MARK\""));
        body[body.AsSpan().IndexOf("MARK"u8)] = 0xff;
        Assert.Equal("parameters.image", Assert.Single(GenerationRequestReader.Read(body).Errors).Field);
    }

    [Fact]
    public void Read_ReferenceImages_AreAtMostSixteen()
    {
        var sixteen = string.Join(',', Enumerable.Repeat($"\"{Png}\"", 16));
        Assert.Equal(16, Requests.ReadGoodParameter("reference_images", $"[{sixteen}]").ReferenceImages.Count);
        Requests.AssertBad("parameters.reference_images", Requests.WithParameter("reference_images", $"[{sixteen},\"{Png}\"]"));
        Requests.AssertBad("parameters.reference_images", Requests.WithParameter("reference_images", $"\"{Png}\""));
        Assert.Empty(Requests.ReadGoodParameter("reference_images", "[]").Given());
    }

    [Fact]
    public void Read_SomeReferenceImagesAreWrong_NamesEach()
    {
        var errors = Requests.Read(Requests.WithParameter("reference_images", """["media:a",null,"media:b","x"]""")).Errors;
        Assert.Equal(["parameters.reference_images[1]", "parameters.reference_images[3]"], errors.Select(e => e.Field));
    }
}
