using Framegate.Plugins;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Tests.Providers.Declared;
using Microsoft.AspNetCore.Http;

namespace Framegate.Transforms.Tests;

public sealed class OutgoingHeaderTests
{
    /// <summary>Where an adapter says what it takes, nothing else is asked for beside it.</summary>
    [Theory]
    [InlineData("image/*", "image/*")]
    [InlineData(null, "application/json")]
    public async Task Accept_IsThatOfTheAdapterAlone(string? own, string sent)
    {
        var native = new NativeRequest("POST", "/v1/pictures") { Headers = own is null ? [] : [KeyValuePair.Create("accept", own)] };
        var context = new DefaultHttpContext();
        context.Features.Set(new ProviderExchange(ShippedProviders.Of("luma"), NativeCall.Submit, native, ["luma"]));
        using var message = new HttpRequestMessage();

        await AdapterTransformer.Instance.TransformRequestAsync(context, message, "https://a.example/", default);

        Assert.Equal([sent], message.Headers.NonValidated["Accept"]);
    }
}
