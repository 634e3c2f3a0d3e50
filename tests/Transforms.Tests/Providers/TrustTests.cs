using Framegate.Plugins;
using Framegate.Transforms.Providers.Flux;
using Framegate.Transforms.Providers.Sora;
using Framegate.Transforms.Providers.Veo;

namespace Framegate.Transforms.Tests.Providers;

public class TrustTests
{
    private const string Bfl = "https://api.bfl.ai/";
    private const string Vertex = "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/";
    private const string Local = "http://127.0.0.1:9090/flux/";

    [Theory]
    [InlineData("https://api.eu2.bfl.ai/v1/get_result?id=1", Bfl, UrlTrust.WithKey)]
    [InlineData("https://gateway.bfl.ai/x", Bfl, UrlTrust.WithKey)]
    [InlineData("https://bfl.ai/x", Bfl, UrlTrust.WithKey)]
    [InlineData("https://gw.example.com:8443/v1/get_result", "https://gw.example.com:8443/bfl", UrlTrust.WithKey)]
    [InlineData("http://127.0.0.1:9090/flux/v1/get_result", Local, UrlTrust.WithKey)]
    [InlineData("http://127.0.0.1:9091/v1/get_result", Local, UrlTrust.WithoutKey)]
    [InlineData("http://localhost:9091/v1/get_result", Local, UrlTrust.WithoutKey)]
    [InlineData("http://api.bfl.ai/v1/get_result", Bfl, UrlTrust.Refused)]
    [InlineData("https://evilbfl.ai/v1/get_result", Bfl, UrlTrust.Refused)]
    [InlineData("https://bfl.ai.evil.example/v1/get_result", Bfl, UrlTrust.Refused)]
    [InlineData("https://bfl.ai@evil.example/", Bfl, UrlTrust.Refused)]
    [InlineData("http://127.0.0.1:9091/v1/get_result", Bfl, UrlTrust.Refused)]
    [InlineData("http://169.254.169.254/latest", Local, UrlTrust.Refused)]
    [InlineData("https://gw.example.com/v1/get_result", "https://gw.example.com:8443/bfl", UrlTrust.Refused)]
    public void FluxJob_Url_GetsTheKeyAtBflAndAtTheDestinationOnly(string url, string destination, UrlTrust trust) =>
        Assert.Equal(trust, new FluxAdapter().TrustOf(new Uri(url), new Uri(destination), UrlUse.Job));

    [Theory]
    [InlineData("https://delivery-eu1.bfl.ai/a.jpeg?sig=1", Bfl, UrlTrust.WithoutKey)]
    [InlineData("https://anything.example/a.jpeg", Bfl, UrlTrust.WithoutKey)]
    [InlineData("https://api.bfl.ai/a.jpeg", Bfl, UrlTrust.WithoutKey)]
    [InlineData("http://127.0.0.1:9090/a.jpeg", Local, UrlTrust.WithoutKey)]
    [InlineData("http://127.0.0.1:9999/a.jpeg", Local, UrlTrust.WithoutKey)]
    [InlineData("http://sandbox:9090/a.jpeg", "http://sandbox:9090/flux/", UrlTrust.WithoutKey)]
    [InlineData("http://delivery.bfl.ai/a.jpeg", Bfl, UrlTrust.Refused)]
    [InlineData("http://127.0.0.1:9999/a.jpeg", Bfl, UrlTrust.Refused)]
    [InlineData("ftp://delivery.bfl.ai/a.jpeg", Bfl, UrlTrust.Refused)]
    public void FluxDownload_Url_NeverGetsTheKey(string url, string destination, UrlTrust trust) =>
        Assert.Equal(trust, new FluxAdapter().TrustOf(new Uri(url), new Uri(destination), UrlUse.Download));

    [Theory]
    [InlineData("https://storage.googleapis.com/storage/v1/b/a/o/b?alt=media", Vertex, UrlUse.Download, UrlTrust.WithKey)]
    [InlineData("https://us-central1-aiplatform.googleapis.com/v1/x", Vertex, UrlUse.Download, UrlTrust.WithKey)]
    [InlineData("https://evil.storage.googleapis.com/a", Vertex, UrlUse.Download, UrlTrust.WithoutKey)]
    [InlineData("https://storage.googleapis.com:8443/a", Vertex, UrlUse.Download, UrlTrust.WithoutKey)]
    [InlineData("https://storage.googleapis.com/a", Vertex, UrlUse.Job, UrlTrust.Refused)]
    [InlineData("http://storage.googleapis.com/a", Vertex, UrlUse.Download, UrlTrust.Refused)]
    [InlineData("https://storage.googleapis.com/a", "https://gateway.example/vertex/", UrlUse.Download, UrlTrust.WithoutKey)]
    [InlineData("http://127.0.0.1:9090/veo/a.mp4", "http://127.0.0.1:9090/veo/", UrlUse.Download, UrlTrust.WithKey)]
    public void Veo_Url_GetsTheTokenAtGoogleOnly(string url, string destination, UrlUse use, UrlTrust trust) =>
        Assert.Equal(trust, new VeoAdapter().TrustOf(new Uri(url), new Uri(destination), use));

    [Theory]
    [InlineData("https://api.openai.com/v1/videos/a/content", "https://api.openai.com/", UrlUse.Download, UrlTrust.WithKey)]
    [InlineData("https://blob.example/a.mp4", "https://api.openai.com/", UrlUse.Download, UrlTrust.WithoutKey)]
    [InlineData("https://blob.example/a", "https://api.openai.com/", UrlUse.Job, UrlTrust.Refused)]
    [InlineData("http://127.0.0.1:1/a", "http://127.0.0.1:2/", UrlUse.Download, UrlTrust.WithoutKey)]
    [InlineData("http://127.0.0.1:1/a", "http://127.0.0.1:2/", UrlUse.Job, UrlTrust.WithoutKey)]
    [InlineData("http://127.0.0.1:1/a", "https://api.openai.com/", UrlUse.Download, UrlTrust.Refused)]
    public void Default_Url_GetsTheKeyAtTheDestinationOnly(string url, string destination, UrlUse use, UrlTrust trust) =>
        Assert.Equal(trust, new SoraAdapter().TrustOf(new Uri(url), new Uri(destination), use));
}
