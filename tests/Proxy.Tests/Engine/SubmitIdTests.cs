using System.Text;
using Framegate.Plugins;
using Framegate.Proxy.Engine.Submit;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The id of an attempt stands wherever its mapping asks for one.</summary>
public sealed class SubmitIdTests
{
    private const string Id = "0a0b0c0d-1111-8222-9333-444455556666";

    [Fact]
    public void Fill_TakesTheMarksOnly()
    {
        var plain = NativeRequest.AttemptId.Replace("-", "", StringComparison.Ordinal);
        var submit = NativeRequest.PostJson($"/jobs/{NativeRequest.AttemptId}", Encoding.UTF8.GetBytes($$"""{"a":"{{NativeRequest.AttemptId}}","b":["{{plain}}","{{NativeRequest.AttemptId}}"],"c":"é"}"""))
            with { TakesAttemptId = true, Headers = [KeyValuePair.Create("X-Request", NativeRequest.AttemptId)] };

        var filled = SubmitId.Fill(submit, Id);

        Assert.Equal($"/jobs/{Id}", filled.Target);
        Assert.Equal(Id, filled.Headers.Single().Value);
        Assert.Equal($$"""{"a":"{{Id}}","b":["{{Id.Replace("-", "", StringComparison.Ordinal)}}","{{Id}}"],"c":"é"}""", Encoding.UTF8.GetString(filled.Body!.Bytes.Span));
        Assert.Same(submit.Body, SubmitId.Fill(submit with { TakesAttemptId = false }, Id).Body);
    }
}
