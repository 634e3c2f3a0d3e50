using System.Text;
using CsCheck;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Mcp;
using Framegate.Proxy.Media;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.Inputs;

public sealed class Base64SplitterTests : IDisposable
{
    private const string Head = """{"schema_version":"2.0","provider":"flux","model":"m","media_type":"image","prompt":"A \"fox\" \\","parameters":{"image":""";
    private readonly TempFolder _data = new();
    private readonly InputFolder _folder;

    public Base64SplitterTests() => _folder = InputCalls.FolderIn(_data);

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Feed_AnyPictureInAnyPieces_GoesOutAsItCame() => Gen.Select(Gen.Int[50_000, 200_000], Gen.Int[1, 70_000], Gen.Int[0, 2]).Sample(
        (length, piece, style) =>
        {
            var picture = Noise(length);
            var body = Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{Styled(Convert.ToBase64String(picture), style)}\"}}}}");
            using var splitter = Fed(body, piece);

            var (input, refusal) = Assert.Single(splitter.Inputs);
            Assert.Null(refusal);
            Assert.Equal(picture, input.Read());
            Assert.InRange(splitter.Rest.Length, 1, 1000);

            // The request that is sent in its place has the very bytes of the one that came, but for escapes.
            var sent = OutgoingBody.Of(NativeRequest.PostJson("/", splitter.Rest.ToArray()) with { Held = [input] })!;
            var plain = Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{Convert.ToBase64String(picture)}\"}}}}");
            Assert.Equal(plain.Length, sent.Length);
            Assert.Equal(plain, sent.Read().ToArray());
            input.LetGo();
            Assert.Empty(InputCalls.FilesIn(_data));
            Assert.Equal(0, _folder.Bytes);
        },
        iter: 60, threads: 1);

    /// <summary>Base64 in lines, as some providers write it, and an escape that comes early.</summary>
    [Theory]
    [InlineData(76, "\\n", 4096)]
    [InlineData(76, "\\r\\n", 70_000)]
    [InlineData(60_000, "\\u0022", 1)]
    public void Feed_AnAnswerWithEscapesInIt_StaysAsItCame(int line, string between, int piece)
    {
        var text = string.Join(between, Convert.ToBase64String(Noise(120_000)).Chunk(line).Select(c => new string(c)));
        var body = Encoding.UTF8.GetBytes($"{{\"b64\":\"{text}\",\"more\":1}}");
        using var splitter = new Base64Splitter(_folder, isAnswer: true);
        foreach (var part in body.Chunk(piece))
        {
            splitter.Feed(part);
        }

        splitter.End();

        Assert.Empty(splitter.Inputs);
        Assert.Equal(body, splitter.Rest.ToArray());
        Assert.Equal(0, _folder.Bytes);
    }

    [Fact]
    public void Feed_NoLongMedia_KeepsEveryByte() => Gen.Byte.Array[0, 2000].Sample(bytes =>
    {
        using var splitter = Fed(bytes, 7);

        Assert.Empty(splitter.Inputs);
        Assert.Equal(bytes, splitter.Rest.ToArray());
    });

    [Theory]
    [InlineData("data:image/png,")]
    [InlineData("data:;charset,x")]
    [InlineData("media:")]
    [InlineData("")]
    public void Feed_LongTextThatIsNoBase64Uri_StaysInTheBody(string start)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"a\":\"{start}{new string('A', 200_000)}\",\"b\":\"\\\\\"}}");
        using var splitter = Fed(body, 4096);

        Assert.Empty(splitter.Inputs);
        Assert.Equal(body, splitter.Rest.ToArray());
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AA A")]
    [InlineData("====")]
    [InlineData("\\n")]
    [InlineData("\\u00ff")]
    [InlineData("é")]
    public void Read_LongUriThatIsNoBase64_IsRefusedByItsField(string end)
    {
        using var splitter = Fed(Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{new string('A', 100_000)}{end}\"}}}}"), 4096);
        var reading = Read(splitter);

        var error = Assert.Single(reading.Errors);
        Assert.Equal("parameters.image", error.Field);
        Assert.Equal(MediaInputReader.NoBase64, error.Message);
    }

    [Fact]
    public void Read_TooLargeForItsField_SaysHowLargeItMayBe()
    {
        using var splitter = Fed(Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{new string('A', 29 * 1024 * 1024)}\"}}}}"), 1024 * 1024);

        Assert.Contains("20 MiB", Assert.Single(Read(splitter).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_InTheSchemasOlderVersions_IsTheSame()
    {
        var text = Head.Replace("2.0", "1.0", StringComparison.Ordinal).Replace("\"provider\":\"flux\",\"model\":\"m\"", "\"provider\":{\"name\":\"flux\",\"model\":\"m\"}", StringComparison.Ordinal);
        using var splitter = Fed(Encoding.UTF8.GetBytes($"{text}\"data:image/png;base64,{new string('A', 100_000)}\"}}}}"), 4096);
        var reading = Read(splitter);

        Assert.Empty(reading.Errors);
        Assert.Same(splitter.Inputs[0].Input, reading.Request!.Parameters.Image!.Held);
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("metadata")]
    public void Read_WhereNoMediaIsExpected_IsRefused(string field)
    {
        var uri = $"\"data:image/png;base64,{new string('A', 100_000)}\"";
        using var splitter = Fed(
            Encoding.UTF8.GetBytes($$"""{"schema_version":"2.0","provider":"flux","model":"m","media_type":"image","{{field}}":{{(field == "metadata" ? $"{{\"a\":{uri}}}" : uri)}}}"""), 4096);

        Assert.Contains("64 KiB", Assert.Single(Read(splitter).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AmongNativeParameters_IsPassedOn()
    {
        using var splitter = Fed(Encoding.UTF8.GetBytes($"{Head}null,\"flux\":{{\"input_image\":\"data:image/png;base64,{new string('A', 100_000)}\"}}}}}}"), 4096);
        var request = Read(splitter).Request!;

        Assert.Contains(splitter.Inputs[0].Input.Base64, request.Parameters.Native["flux"].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PlaceholderThatTheCallerHasTyped_IsNoInput()
    {
        using var first = Fed(Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{new string('A', 100_000)}\"}}}}"), 4096);
        using var splitter = Fed(Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{first.Inputs[0].Input.Base64}\"}}}}"), 4096);

        Assert.Equal(MediaInputReader.NoBase64, Assert.Single(Read(splitter).Errors).Message);
    }

    [Fact]
    public void FingerprintOf_TheSameBytesTwice_IsTheSameAndNoBodyOfText()
    {
        var body = Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{Convert.ToBase64String(Noise(100_000))}\"}}}}");
        using var first = Fed(body, 4096);
        using var second = Fed(body, 100_000);
        using var other = Fed([.. body[..^40], .. "AAAA"u8, .. body[^36..]], 4096);

        Assert.NotEqual(first.Inputs[0].Input.Name, second.Inputs[0].Input.Name);
        Assert.Equal(Print(first), Print(second));
        Assert.NotEqual(Print(first), Print(other));
        Assert.NotEqual(Print(first), RequestInputs.FingerprintOf(HeldInputs.WithoutNames(first.Rest.Span, [first.Inputs[0].Input]), []));
    }

    [Theory]
    [InlineData("{\"prompt\":\"", 'x')]
    [InlineData("{\"prompt\":\"data:text/plain,", 'x')]
    [InlineData("[", '[')]
    [InlineData("", ' ')]
    public async Task Split_MoreTextThanIsHeld_Is413(string start, char filler)
    {
        var context = InputCalls.New(_data, Encoding.ASCII.GetBytes(start + new string(filler, RequestBody.MostInMemory + 1)));

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(() => RequestInputs.Of(context).SplitAsync(context.Request, default).AsTask());

        Assert.Equal(413, refused.StatusCode);
        Assert.Empty(InputCalls.FilesIn(_data));
    }

    [Fact]
    public async Task Split_GivesUp_LeavesTheReaderAsItMustBe()
    {
        var body = Encoding.ASCII.GetBytes($$"""{"image":"data:image/png;base64,{{Convert.ToBase64String(new byte[2_000_000])}}"}""");
        var context = InputCalls.New(_data, body, InputCalls.FolderIn(_data, most: 100_000));

        await Assert.ThrowsAsync<NoRoomForBodyException>(() => RequestInputs.Of(context).SplitAsync(context.Request, default).AsTask());

        // What is still to come can be thrown away: nothing else is reading.
        while (await context.Request.BodyReader.ReadAsync() is { IsCompleted: false } read)
        {
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }
    }

    [Fact]
    public async Task McpInputs_ALargePicture_IsTakenOutBeforeThePackageReads()
    {
        var context = InputCalls.New(_data, Encoding.ASCII.GetBytes($$"""{"image":"data:image/png;base64,{{Convert.ToBase64String(new byte[200_000])}}"}"""));
        context.Request.Method = "POST";
        context.Features.Set(new BodyLease(new BodyBudget(Microsoft.Extensions.Options.Options.Create(new MediaOptions()), TimeProvider.System), "anybody", 0));
        var read = "";

        await new McpInputs(async c => read = Encoding.UTF8.GetString(await RequestBody.ReadAsync(c.Request, default))).InvokeAsync(context);

        Assert.Equal($$"""{"image":"data:image/png;base64,{{RequestInputs.HeldBy(context).All.Single().Base64}}"}""", read);
        Assert.Equal(read.Length, context.Request.ContentLength);
    }

    [Fact]
    public async Task Split_NoRoomForTheInput_GivesUpAndLeavesNothing()
    {
        var folder = InputCalls.FolderIn(_data, most: 100_000);
        var context = InputCalls.New(_data, Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{new string('A', 300_000)}\"}}}}"), folder);

        await Assert.ThrowsAsync<NoRoomForBodyException>(async () => await RequestInputs.Of(context).SplitAsync(context.Request, CancellationToken.None));
        Assert.Empty(InputCalls.FilesIn(_data));
        Assert.Equal(0, folder.Bytes);
    }

    [Fact]
    public async Task Restore_AfterARestart_FindsWhatWasWrittenAndSweepsTheRest()
    {
        var context = InputCalls.New(_data, Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{Convert.ToBase64String(Noise(100_000))}\"}}}}"), _folder);
        var (body, held) = await RequestInputs.Of(context).SplitAsync(context.Request, CancellationToken.None);
        await RequestInputs.Of(context).FlushAsync(CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_data.Path, "inputs", "leftover"), "x");

        var restarted = InputCalls.FolderIn(_data);
        var restored = restarted.Restore(body);
        restarted.Sweep();

        Assert.Single(InputCalls.FilesIn(_data));
        Assert.Equal(held.All.Single().Read(), SchemaVersions.BuiltIn().Read(body, restored).Request!.Parameters.Image!.Bytes.ToArray());
        Assert.Equal(100_000, restarted.Bytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restore_FileThatIsDamagedOrGone_CannotBeRead(bool gone)
    {
        var context = InputCalls.New(_data, Encoding.UTF8.GetBytes($"{Head}\"data:image/png;base64,{Convert.ToBase64String(Noise(100_000))}\"}}}}"), _folder);
        var (body, _) = await RequestInputs.Of(context).SplitAsync(context.Request, CancellationToken.None);
        var file = Assert.Single(InputCalls.FilesIn(_data));
        if (gone)
        {
            File.Delete(file);
        }
        else
        {
            await File.AppendAllTextAsync(file, "x");
        }

        Assert.Null(SchemaVersions.BuiltIn().Read(body, InputCalls.FolderIn(_data).Restore(body)).Request);
    }

    [Theory]
    [InlineData("{\"data\":[{\"b64_json\":\"B64\"}]}", true)]
    [InlineData("{\"data\":[{\"b64_json\":\"data:image/png;base64,B64\"}]}", true)]
    [InlineData("{\"a\":\"B64-\"}", false)]
    [InlineData("{\"a\":\"B64\\u0022\\n.\"}", false)]
    [InlineData("{\"a\":\"B64A\"}", false)]
    [InlineData("{\"a\":\"B64", false)]
    [InlineData("{\"a\":\"words and B64\"}", false)]
    public void Feed_AnAnswer_TakesBase64OutAndLeavesAnythingElseAsItCame(string shape, bool isMedia)
    {
        var picture = Noise(150_000);
        var answer = Encoding.UTF8.GetBytes(shape.Replace("B64", Convert.ToBase64String(picture), StringComparison.Ordinal));
        foreach (var piece in (int[])[1000, 64 * 1024, 1_000_000])
        {
            using var splitter = new Base64Splitter(_folder, isAnswer: true);
            foreach (var chunk in answer.Chunk(piece))
            {
                splitter.Feed(chunk);
            }

            splitter.End();
            Assert.Equal(isMedia ? 1 : 0, splitter.Inputs.Count);
            if (isMedia)
            {
                Assert.Equal(picture, splitter.Inputs[0].Input.Read());
                Assert.Same(splitter.Inputs[0].Input, _folder.Find("data:image/png;base64," + splitter.Inputs[0].Input.Base64));
                splitter.Inputs[0].Input.LetGo();
            }
            else
            {
                Assert.Equal(answer, splitter.Rest.ToArray());
            }

            Assert.Empty(InputCalls.FilesIn(_data));
            Assert.Equal(0, _folder.Bytes);
        }
    }

    [Fact]
    public void Feed_AnAnswerWithoutRoomForIt_IsTakenAllTheSame()
    {
        var folder = InputCalls.FolderIn(_data, most: 1);
        using var answer = new AnswerMedia(folder);
        answer.Feed(Encoding.UTF8.GetBytes($"{{\"b64_json\":\"{Convert.ToBase64String(Noise(150_000))}\"}}"));

        Assert.InRange(answer.Finish().Length, 1, 200);
        Assert.Equal(150_000, folder.Bytes);
    }

    private static string Styled(string base64, int style) => style switch
    {
        0 => base64,
        1 => base64.Replace("/", "\\/", StringComparison.Ordinal),
        _ => base64.Replace("/", "\\u002F", StringComparison.Ordinal).Replace("+", "\\u002b", StringComparison.Ordinal),
    };

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Print(Base64Splitter splitter) => RequestInputs.FingerprintOf(splitter.Rest.ToArray(), [.. splitter.Inputs.Select(i => (HeldInput)i.Input)]);

    private static GenerationRequestReading Read(Base64Splitter splitter) =>
        SchemaVersions.BuiltIn().Read(splitter.Rest.ToArray(), new HeldInputs([.. splitter.Inputs.Select(i => ((HeldInput)i.Input, i.Refusal))]));

    private Base64Splitter Fed(byte[] body, int piece)
    {
        var splitter = new Base64Splitter(_folder) { Left = body.Length };
        foreach (var chunk in body.Chunk(piece))
        {
            splitter.Feed(chunk);
        }

        return splitter;
    }
}
