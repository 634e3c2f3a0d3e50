using Framegate.Proxy.Edge.Http;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.Http;

public sealed class SafeMediaTests
{
    [Theory]
    [InlineData("image/png", "inline", "image/png")]
    [InlineData("video/mp4", "inline", "video/mp4")]
    [InlineData("audio/flac", "inline", "audio/flac")]
    [InlineData("image/svg+xml", "attachment", "application/octet-stream")]
    [InlineData("text/html", "attachment", "application/octet-stream")]
    [InlineData("audio/x-unknown", "attachment", "application/octet-stream")]
    [InlineData("", "attachment", "application/octet-stream")]
    public void Stored_AnyType_IsNoPage(string type, string disposition, string answered)
    {
        IHeaderDictionary headers = new HeaderDictionary();

        Assert.Equal(answered, SafeMedia.Stored(headers, type));
        Assert.Equal((disposition, "nosniff", "sandbox; default-src 'none'"), (headers.ContentDisposition.ToString(), headers.XContentTypeOptions.ToString(), headers.ContentSecurityPolicy.ToString()));
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", null, null)]
    [InlineData("text/event-stream", null, null)]
    [InlineData("image/jpeg", "inline; filename=x.jpg", "inline; filename=x.jpg")]
    [InlineData("image/svg+xml", null, "attachment")]
    [InlineData("image/svg+xml", "inline", "attachment")]
    [InlineData("text/html; charset=utf-8", null, "attachment")]
    [InlineData("application/xhtml+xml", null, "attachment")]
    [InlineData("text/xml", null, "attachment")]
    [InlineData("multipart/x-mixed-replace; boundary=x", null, "attachment")]
    [InlineData("application/octet-stream", "attachment; filename=\"a.mp4\"", "attachment; filename=\"a.mp4\"")]
    [InlineData("application/pdf", "attachmentless", "attachment")]
    [InlineData("image/png, text/html", null, "attachment")]
    [InlineData("garbage", null, "attachment")]
    [InlineData(null, null, "attachment")]
    public void PassedOn_AnyType_IsNoPage(string? type, string? given, string? disposition)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        headers.ContentSecurityPolicy = "default-src *";
        if (type is not null)
        {
            headers.ContentType = type;
        }

        if (given is not null)
        {
            headers.ContentDisposition = given;
        }

        SafeMedia.PassedOn(headers);

        Assert.Equal(disposition ?? "", headers.ContentDisposition.ToString());
        Assert.Equal(("nosniff", "sandbox; default-src 'none'"), (headers.XContentTypeOptions.ToString(), headers.ContentSecurityPolicy.ToString()));
    }
}
