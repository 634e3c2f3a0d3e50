using System.Text;
using Framegate.Plugins;
using Framegate.Proxy.Edge.Webhooks;

namespace Framegate.Proxy.Tests.Callbacks;

public class CallbackSignatureTests
{
    /// <summary>The example of the Standard Webhooks specification.</summary>
    [Fact]
    public void Sign_SpecificationExample_IsTheSame() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        CallbackSignature.Sign(
            new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            Encoding.UTF8.GetBytes("""{"test": 2432232314}""")));

    [Fact]
    public void SignAll_SecretsChange_SignsWithEach()
    {
        Secret[] secrets = [new("whsec_" + Convert.ToBase64String("new"u8)), new("old")];

        Assert.Equal(
            $"{CallbackSignature.Sign(secrets[0], "msg_1", 7, "{}"u8)} {CallbackSignature.Sign(secrets[1], "msg_1", 7, "{}"u8)}",
            CallbackSignature.SignAll(secrets, "msg_1", 7, "{}"u8.ToArray()));
        Assert.Null(CallbackSignature.SignAll([], "msg_1", 7, []));
    }
}
