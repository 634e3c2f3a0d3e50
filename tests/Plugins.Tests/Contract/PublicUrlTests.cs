using System.Net;
using CsCheck;
using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Tests.Contract;

public class PublicUrlTests
{
    [Theory]
    [InlineData("https://example.com/a.png?x=1")]
    [InlineData("HTTPS://Example.COM/a.png")]
    [InlineData("https://example.com:443/")]
    [InlineData("https://example.com:8443/")]
    [InlineData("https://example.com:1024/")]
    [InlineData("https://example.com./")]
    [InlineData("https://xn--bcher-kva.example/")]
    [InlineData("https://localhost.example.com/")]
    [InlineData("https://8.8.8.8/a.png")]
    [InlineData("https://[2606:4700:4700::1111]/a.png")]
    [InlineData("https://[::ffff:8.8.8.8]/a.png")]
    public void TryParse_PublicHost_IsTaken(string text)
    {
        Assert.True(PublicUrl.TryParse(text, out var url, out var refusal), refusal);
        Assert.Equal(new Uri(text), url);
        Assert.Null(refusal);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("example.com/a.png")]
    [InlineData("//example.com/a.png")]
    [InlineData("https://user@example.com/")]
    [InlineData("https://@example.com/")]
    [InlineData("https://example.com:80/")]
    [InlineData("https://example.com:22/")]
    [InlineData("https://example.com:0/")]
    [InlineData("https://example.com:70000/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://intranet/")]
    [InlineData("https://printer.local/")]
    [InlineData("https://a.localhost/")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://metadata.google.internal./")]
    [InlineData("https://a.invalid/")]
    [InlineData("https://a.test/")]
    [InlineData("https://a.onion/")]
    [InlineData("https://router.home.arpa/")]
    [InlineData("https://home.arpa/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.0.0.0x1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://10.0.0.1./")]
    [InlineData("https://127.0.0.1../")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://0/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:a9fe:a9fe]/")]
    [InlineData("https://[64:ff9b::10.0.0.1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://①②⑦.⓪.⓪.①/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://%31%32%37.0.0.1/")]
    [InlineData("https://%6cocalhost/")]
    [InlineData("https://example.com\\@127.0.0.1/")]
    [InlineData("https://example.com /")]
    [InlineData("https://exa\tmple.com/")]
    [InlineData("https://a_b.example.com/")]
    [InlineData("https://.../")]
    [InlineData("https://.com/")]
    [InlineData("https://example.123/")]
    public void TryParse_HostIsNotPublic_IsRefused(string text)
    {
        Assert.False(PublicUrl.TryParse(text, out var url, out var refusal));
        Assert.Null(url);
        Assert.NotEmpty(refusal);
    }

    [Theory]
    [InlineData("1.1.1.1", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("100.64.0.0", false)]
    [InlineData("100.127.255.255", false)]
    [InlineData("100.128.0.0", true)]
    [InlineData("0.1.2.3", false)]
    [InlineData("10.255.255.255", false)]
    [InlineData("11.0.0.0", true)]
    [InlineData("127.255.255.255", false)]
    [InlineData("169.253.255.255", true)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.0", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.0.0.1", false)]
    [InlineData("192.0.1.1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.88.99.1", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("192.169.0.1", true)]
    [InlineData("198.17.255.255", true)]
    [InlineData("198.18.0.0", false)]
    [InlineData("198.19.255.255", false)]
    [InlineData("198.51.100.1", false)]
    [InlineData("203.0.113.1", false)]
    [InlineData("223.255.255.255", true)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::7f00:1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:1.1.1.1", true)]
    [InlineData("64:ff9b::1.1.1.1", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b:1::1", false)]
    [InlineData("100::1", false)]
    [InlineData("2001::1", false)]
    [InlineData("2001:1ff::1", false)]
    [InlineData("2001:4860:4860::8888", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:101:101::", false)]
    [InlineData("2a00:1450::1", true)]
    [InlineData("3fff:fff::1", false)]
    [InlineData("3fff:1000::1", true)]
    [InlineData("4000::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    public void IsPublicAddress_Address_IsJudged(string address, bool expected) =>
        Assert.Equal(expected, PublicUrl.IsPublicAddress(IPAddress.Parse(address)));

    [Fact]
    public void IsPublicAddress_MappedAddress_IsJudgedAsIPv4() => Gen.UInt.Sample(
        bits =>
        {
            var address = new IPAddress(bits);
            Assert.Equal(PublicUrl.IsPublicAddress(address), PublicUrl.IsPublicAddress(address.MapToIPv6()));
        },
        iter: 10_000);

    [Fact]
    public void TryParse_AnyHost_NeverThrows() => Gen.Select(Gen.String, Gen.String).Sample(
        (host, path) =>
        {
            var taken = PublicUrl.TryParse($"https://{host}/{path}", out var url, out var refusal);
            Assert.Equal(taken, url is not null);
            Assert.Equal(!taken, refusal is not null);
        },
        iter: 20_000);
}
