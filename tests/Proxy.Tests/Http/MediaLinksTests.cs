using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Http;

/// <summary>Links to results: whom they open for, and when they end.</summary>
public sealed class MediaLinksTests : IDisposable
{
    private const string Base = "https://gw.example.com/ai";
    private static readonly MediaItem s_item = new() { Id = "med_1_a", Type = Framegate.Plugins.Contract.MediaType.Image, Url = "/media/med_1_a", ContentType = "image/png", Bytes = 1, Sha256 = "" };

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 29, 3, 7, 11, TimeSpan.Zero));
    private readonly ChangingOptions<MediaOptions> _options = new(new MediaOptions { Links = LinkKind.Signed });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Signed_LinkOfThisProgram_OpensUntilItEnds()
    {
        var links = Links();
        var link = links.Of(Base, s_item);

        Assert.StartsWith(Base + "/media/med_1_a?signature=", link, StringComparison.Ordinal);
        Assert.DoesNotContain('&', link);
        Assert.True(links.Opens(Get(link)));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.True(links.Opens(Get(link)));
        _time.Advance(TimeSpan.FromMinutes(17));
        Assert.False(links.Opens(Get(link)));
    }

    [Fact]
    public void Signed_LinkOfAnEarlierStart_OpensAfterIt() => Assert.True(Links().Opens(Get(Links().Of(Base, s_item))));

    [Fact]
    public void Signed_LinkOfAnotherFolder_DoesNotOpen()
    {
        using var other = new TempFolder();

        Assert.False(Links().Opens(Get(Links(other.Path).Of(Base, s_item))));
    }

    [Fact]
    public void Signed_AfterTheEpochHasChanged_OpensNoMore()
    {
        var links = Links();
        var link = links.Of(Base, s_item);
        _options.Change(new MediaOptions { Links = LinkKind.Signed, LinkEpoch = 1 });

        Assert.False(links.Opens(Get(link)));
        Assert.True(links.Opens(Get(links.Of(Base, s_item))));
    }

    [Fact]
    public void Signed_FileIsNamedAsRevoked_ItsLinksOpenNoMoreAndOthersDo()
    {
        var links = Links();
        var (link, other) = (links.Of(Base, s_item), links.Of(Base, s_item with { Id = "med_2_b", Url = "/media/med_2_b" }));
        _options.Change(new MediaOptions { Links = LinkKind.Signed, RevokedLinks = ["med_1_a"] });

        Assert.False(links.Opens(Get(link)));
        Assert.False(links.Opens(Get(links.Of(Base, s_item))));
        Assert.True(links.Opens(Get(other)));
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData("Signed", false, true)]
    [InlineData("Owner", false, false)]
    [InlineData("Public", false, true)]
    [InlineData(null, true, false)]
    [InlineData("Signed", true, false)]
    [InlineData("Public", true, true)]
    public void OpenOf_IsALinkThatOpens_OrNone(string? name, bool isRevoked, bool expected)
    {
        var kind = name is null ? (LinkKind?)null : Enum.Parse<LinkKind>(name);
        _options.Change(new MediaOptions { Links = kind, RevokedLinks = isRevoked ? ["med_1_a"] : [] });
        var links = Links();
        var link = links.OpenOf(Base, "med_1_a");

        Assert.Equal(expected, link is not null);
        Assert.Equal(expected && kind != LinkKind.Public, link?.Ends is not null);
        Assert.True(link is null || links.Opens(Get(link.Value.Url)));
    }

    [Theory]
    [InlineData("GET", "/media/med_1_b")]
    [InlineData("GET", "/media/med_1_a/x")]
    [InlineData("GET", "/generations/med_1_a")]
    [InlineData("POST", "/media/med_1_a")]
    [InlineData("DELETE", "/media/med_1_a")]
    public void Signed_SignatureAtAnotherPlace_DoesNotOpen(string method, string path)
    {
        var links = Links();
        var query = new Uri(links.Of(Base, s_item)).Query;

        Assert.False(links.Opens(Call(method, path, query)));
        Assert.True(links.Opens(Call("HEAD", "/media/med_1_a", query)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?signature=")]
    [InlineData("?signature=9999999999.")]
    [InlineData("?signature=9999999999.AAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?signature=99999999999999999999.AAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Signed_WithoutASignatureOfOurs_DoesNotOpen(string query) => Assert.False(Links().Opens(Call("GET", "/media/med_1_a", query)));

    [Fact]
    public void OwnerAndPublic_LinksAreBare_AndOpenForTheOwnerOrForAll()
    {
        var links = Links();
        var signed = links.Of(Base, s_item);
        _options.Change(new MediaOptions { Links = LinkKind.Owner });
        Assert.Equal(Base + "/media/med_1_a", links.Of(Base, s_item));
        Assert.Equal(Base + "/media/med_1_a", links.Of(Base, s_item, LinkKind.Signed));
        Assert.False(links.Opens(Get(signed)));

        _options.Change(new MediaOptions { Links = LinkKind.Public });
        Assert.Equal(Base + "/media/med_1_a", links.Of(Base, s_item));
        Assert.True(links.Opens(Call("GET", "/media/med_1_a", "")));
        Assert.False(links.Opens(Call("GET", "/generations", "")));
    }

    [Fact]
    public void NotSet_ADialectWhoseOwnLinksOpen_HasSignedOnes()
    {
        _options.Change(new MediaOptions());
        var links = Links();
        Assert.Equal(Base + "/media/med_1_a", links.Of(Base, s_item));
        Assert.False(links.Opens(Get(links.Of(Base, s_item))));
        Assert.True(links.Opens(Get(links.Of(Base, s_item, LinkKind.Signed))));
        Assert.False(links.ChangeWithTime);
    }

    [Fact]
    public void Key_FileThatAFullDiskHasLeftEmpty_IsMadeAgain()
    {
        var file = Path.Combine(_folder.Path, "links.key");
        File.WriteAllText(file, "");
        _options.Change(new MediaOptions { Links = LinkKind.Signed });

        Assert.True(Links().Opens(Get(Links().Of(Base, s_item))));
        Assert.Equal(["links.key"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    private MediaLinks Links(string? folder = null) => new(new LinkKey(new HostSettings(null, null), new DataFolder(folder ?? _folder.Path)), _options, _time);

    private static DefaultHttpContext Get(string link) => Call("GET", new Uri(link).AbsolutePath["/ai".Length..], new Uri(link).Query);

    private static DefaultHttpContext Call(string method, string path, string query)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.QueryString) = (method, path, new QueryString(query));
        return context;
    }
}
