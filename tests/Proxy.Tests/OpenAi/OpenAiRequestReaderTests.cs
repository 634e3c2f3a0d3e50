using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>Whatever the dialect takes must be a unified request that can be read again, and a repeated request the same bytes.</summary>
public sealed class OpenAiRequestReaderTests(OpenAiProgram program) : IClassFixture<OpenAiProgram>
{
    private const string Image = "data:image/png;base64,aGk=";

    private static readonly Gen<JsonObject> _bodies =
        from prompt in Gen.Char[' ', '\u2fff'].Array[1, 40].Select(c => new string(c))
        from side in Gen.Int[1, 16_384]
        from n in Gen.Int[1, 10]
        from images in Gen.Int[0, 5]
        from sized in Gen.Bool
        select Body(prompt, sized ? side : null, n, images);

    [Fact]
    public void Read_AnyImage_IsAUnifiedRequestThatSaysTheSame() => _bodies.Sample(body =>
    {
        var (call, problem) = program.ReadImage(body.ToJsonString(), edit: body.ContainsKey("image"));
        Assert.Null(problem);
        var again = GenerationRequestReader.Read(GenerationRequestWriter.Write(call!.Request.Request with { RequestId = "img_0" }));

        Assert.True(again.Request is not null, string.Join("; ", again.Errors));
        var (request, p) = (again.Request, again.Request.Parameters);
        Assert.Equal(("img_0", PromptText.Normal((string)body["prompt"]!), TimeSpan.FromMinutes(10)), (request.RequestId, request.Prompt, request.Timeout));
        Assert.Equal(body["size"] is { } size ? (string)size! : null, p.Width is null ? null : $"{p.Width}x{p.Height}");
        Assert.Equal((int)body["n"]! > 1 ? (int)body["n"]! : null, p.N);
        Assert.Equal((body["image"] as JsonArray)?.Count ?? 0, p.ReferenceImages.Count + (p.Image is null ? 0 : 1));
        Assert.Equal(body.ContainsKey("seed") ? 7 : null, p.Seed);
        Assert.Equal(body.ContainsKey("flux"), p.Native.ContainsKey("flux"));
    });

    [Fact]
    public void Read_SameBodyTwice_IsTheSameBytes() => _bodies.Sample(body => Assert.Equal(Bytes(body), Bytes(body.DeepClone().AsObject())));

    [Fact]
    public void PartOf_AnotherPart_IsOtherBytes() => _bodies.Sample(body =>
    {
        var request = program.ReadImage(body.ToJsonString(), edit: body.ContainsKey("image")).Call!.Request;
        Assert.NotEqual(GenerationRequestWriter.Write(request.PartOf(0).Request), GenerationRequestWriter.Write(request.PartOf(1).Request));
        Assert.Null(request.PartOf(1).Request.Parameters.N);
        Assert.Equal($$"""{"part":1,"of":{{request.N}}}""", request.PartOf(1).Request.Metadata.GetRawText());
    });

    [Fact]
    public async Task Read_FormAndJson_AreTheSameRequest()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("flux-dev"), "model" },
            { new StringContent("a fox"), "prompt" },
            { new StringContent("1024x768"), "size" },
            { new StringContent("2"), "n" },
            { new StringContent("7"), "seed" },
            { new StringContent("2"), "safety" },
            { new StringContent("true"), "enhance_prompt" },
            { new StringContent("16"), "negative_prompt" },
            { new StringContent("true"), "flux[raw]" },
            { new StringContent("5"), "flux[steps]" },
        };
        var (call, problem) = program.Reader.ReadImage(await OpenAiProgram.BodyAsync(form), edit: false);

        Assert.Null(problem);
        Assert.Equal(
            Encoding.UTF8.GetString(Bytes(JsonNode.Parse("""
                {"model":"flux-dev","prompt":"a fox","size":"1024x768","n":2,"seed":7,"safety":2,"enhance_prompt":true,"negative_prompt":"16",
                "flux":{"raw":true,"steps":5}}
                """)!.AsObject())),
            Encoding.UTF8.GetString(GenerationRequestWriter.Write(call!.Request.Request)));
    }

    /// <summary>Python's forms say True and False; neither is a word about the ground of the picture.</summary>
    [Theory]
    [InlineData("True", true)]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("false", false)]
    public async Task Read_BackgroundOfAForm_IsAFlag(string said, bool inBackground)
    {
        foreach (var model in (string[])["flux-dev", "openai/gpt-image-2"])
        {
            using var form = new MultipartFormDataContent { { new StringContent(model), "model" }, { new StringContent("a fox"), "prompt" }, { new StringContent(said), "background" } };
            var (call, problem) = program.Reader.ReadImage(await OpenAiProgram.BodyAsync(form), edit: false);

            Assert.Null(problem);
            Assert.Equal(inBackground, call!.InBackground);
            Assert.Empty(call.Request.Request.Parameters.Native);
        }
    }

    [Fact]
    public void Read_ModelThatStartsFromNoImage_TakesAllAsReferences()
    {
        var (call, problem) = program.ReadImage($$"""{"model":"flux/flux-pro","prompt":"x","image":["{{Image}}","{{Image}}"]}""", edit: true);

        Assert.Null(problem);
        Assert.Null(call!.Request.Request.Parameters.Image);
        Assert.Equal(2, call.Request.Request.Parameters.ReferenceImages.Count);
    }

    [Fact]
    public void Read_VideoWithoutSizeAndSeconds_HasTheDialectsDefaults()
    {
        var (request, _) = program.ReadVideo("""{"prompt":"x"}""");

        Assert.Equal(("sora-2", 720, 1280, 4d), (request!.Request.Model, request.Request.Parameters.Width, request.Request.Parameters.Height, request.Request.Parameters.Duration));
        Assert.Equal(new VideoFacts("x", "sora-2", "720x1280", "4", null), request.Video);
    }

    [Theory]
    [InlineData("""{"prompt":"x"}""", "model", OpenAiErrors.Missing)]
    [InlineData("""{"model":"","prompt":"x"}""", "model", OpenAiErrors.Missing)]
    [InlineData("""{"model":"flux-dev"}""", "prompt", OpenAiErrors.Missing)]
    [InlineData("""{"model":"flux-dev","prompt":"x","size":"big"}""", "size", OpenAiErrors.InvalidValue)]
    [InlineData("""{"model":"flux-dev","prompt":"x","seed":"x"}""", "seed", OpenAiErrors.InvalidValue)]
    [InlineData("""{"model":"flux-dev","prompt":"x","flux":7}""", "flux", OpenAiErrors.InvalidValue)]
    [InlineData("""{"model":"flux-dev","prompt":"x","control_image":7}""", "control_image", OpenAiErrors.InvalidType)]
    [InlineData("""{"model":"flux-dev","prompt":"x","last_image":"ftp://a.example/b"}""", "last_image", OpenAiErrors.InvalidValue)]
    [InlineData("""{"model":"flux-dev","prompt":"x","callback_url":"ftp://a.example/b"}""", "callback_url", OpenAiErrors.InvalidValue)]
    [InlineData("""{"model":"flux-dev","prompt":"x","sizes":"1x1"}""", "sizes", OpenAiErrors.UnknownParameter)]
    [InlineData("""{"model":"flux-dev","prompt":"x","user":7}""", "user", OpenAiErrors.InvalidType)]
    [InlineData("""{"model":"flux-dev","prompt":"x","safety_identifier":{}}""", "safety_identifier", OpenAiErrors.InvalidType)]
    [InlineData("""{"model":"flux-dev","prompt":"x","aspect_ratio":"wide"}""", "aspect_ratio", OpenAiErrors.InvalidValue)]
    public void Read_WrongBody_IsRefusedInTheCallersWords(string json, string param, string code)
    {
        var (_, problem) = program.ReadImage(json);

        Assert.Equal((param, code), (problem!.Param, problem.Code));
    }

    [Theory]
    [InlineData("""{"model":"flux-dev","prompt":"x"}""", "image", OpenAiErrors.Missing)]
    [InlineData("""{"model":"flux-dev","prompt":"x","images":[]}""", "image", OpenAiErrors.Missing)]
    [InlineData("""{"model":"flux-dev","prompt":"x","image":7}""", "image", OpenAiErrors.InvalidType)]
    [InlineData("""{"model":"flux-dev","prompt":"x","image":{"file_id":"file-1"}}""", "image", OpenAiErrors.InvalidValue)]
    [InlineData("""{"model":"flux-dev","prompt":"x","image":"http://a.example/b"}""", "image", OpenAiErrors.InvalidValue)]
    [InlineData("""{"model":"flux-dev","prompt":"x","image":"media:med_1","mask":{"image_url":"https://a.example/b"}}""", "mask", OpenAiErrors.InvalidValue)]
    public void Read_WrongEdit_IsRefusedInTheCallersWords(string json, string param, string code)
    {
        var (_, problem) = program.ReadImage(json, edit: true);

        Assert.Equal((param, code), (problem!.Param, problem.Code));
    }

    private static JsonObject Body(string prompt, int? side, int n, int images)
    {
        var body = new JsonObject { ["model"] = "some-model", ["prompt"] = prompt, ["n"] = n };
        if (side is not null)
        {
            body["size"] = $"{side}x{side}";
            body["output_format"] = "png";
            body["seed"] = 7;
            body["flux"] = new JsonObject { ["raw"] = true };
        }

        if (images > 0)
        {
            body["image"] = new JsonArray([.. Enumerable.Range(0, images).Select(_ => JsonValue.Create(Image))]);
        }

        return body;
    }

    private byte[] Bytes(JsonObject body) => GenerationRequestWriter.Write(program.ReadImage(body.ToJsonString(), edit: body.ContainsKey("image")).Call!.Request.Request);
}
