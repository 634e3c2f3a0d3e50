using System.Text;
using System.Text.RegularExpressions;
using Framegate.Plugins;
using Framegate.Proxy.Edge.Webhooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

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

    [Fact]
    public void Document_ReceiverInCSharp_TellsARealCallbackFromAForgedOne()
    {
        var verify = ReceiverOf(File.ReadAllText(Path.Combine(Repository.Root, "docs", "callbacks.md")));
        var secret = "whsec_" + Convert.ToBase64String("a secret of many characters"u8);
        var body = "{}"u8.ToArray();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Dictionary<string, string> Headers(long at) => new()
        {
            ["webhook-id"] = "msg_1", ["webhook-timestamp"] = $"{at}", ["webhook-signature"] = CallbackSignature.SignAll([new Secret("old"), new Secret(secret)], "msg_1", at, body)!,
        };

        Assert.True(verify(Headers(now), body, secret));
        Assert.True(verify(Headers(now), body, "old"));
        Assert.False(verify(Headers(now), "{ }"u8.ToArray(), secret));
        Assert.False(verify(Headers(now), body, "another"));
        Assert.False(verify(Headers(now - 600), body, secret));
    }

    private static Func<IReadOnlyDictionary<string, string>, byte[], string, bool> ReceiverOf(string page)
    {
        const string Usings = "using System; using System.Collections.Generic; using System.Linq; using System.Security.Cryptography; using System.Text;";
        var code = Regex.Match(page, "<!-- verify: csharp -->\\s*```csharp\\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var libraries = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(l => MetadataReference.CreateFromFile(l));
        using var assembly = new MemoryStream();
        var made = CSharpCompilation.Create(
            "Receiver", [CSharpSyntaxTree.ParseText($"{Usings} public static class Receiver {{ public {code} }}")], libraries, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(assembly);
        Assert.True(made.Success, string.Join('\n', made.Diagnostics));
        return System.Reflection.Assembly.Load(assembly.ToArray()).GetType("Receiver")!.GetMethod("Verify")!
            .CreateDelegate<Func<IReadOnlyDictionary<string, string>, byte[], string, bool>>();
    }
}
