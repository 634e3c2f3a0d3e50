using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Bench.Micro;

/// <summary>
/// What a request pays for being written in an older version: reading it and writing its answer, against the same in the current version.
/// The difference of the means, and of what is allocated, is the price.
/// </summary>
[MemoryDiagnoser]
public class SchemaMigration
{
    private readonly SchemaVersions _versions = SchemaVersions.BuiltIn();
    private readonly ArrayBufferWriter<byte> _output = new(16 * 1024);
    private readonly GenerationResponse _response = Response();
    private byte[] _body = [];

    /// <summary>The caller's version.</summary>
    [Params("2.0", "1.1", "1.0")]
    public string Version { get; set; } = "";

    /// <summary>Makes the body.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var maker = Version == "2.0" ? "\"provider\":\"flux\",\"model\":\"flux-pro-1.1\"" : "\"provider\":{\"name\":\"flux\",\"model\":\"flux-pro-1.1\"}";
        _body = Encoding.UTF8.GetBytes($$"""
            {"schema_version":"{{Version}}","request_id":"order-17",{{maker}},"media_type":"image","prompt":"{{new string('a', 200)}}",
             "parameters":{"width":1024,"height":768,"seed":42},"timeout":120}
            """);
        if (_versions.Read(_body).Request is null)
        {
            throw new InvalidOperationException("The body is refused.");
        }
    }

    /// <summary>The way there and back.</summary>
    /// <returns>The length of the answer.</returns>
    [Benchmark]
    public int ThereAndBack()
    {
        var request = _versions.Read(_body).Request!;
        _output.ResetWrittenCount();
        _versions.Write(_response, request.SchemaVersion, _output);
        return _output.WrittenCount;
    }

    /// <summary>The request only.</summary>
    /// <returns>The request.</returns>
    [Benchmark]
    public GenerationRequest? Request() => _versions.Read(_body).Request;

    private static GenerationResponse Response() => new()
    {
        RequestId = "order-17",
        Provider = "flux",
        Model = "flux-pro-1.1",
        Status = GenerationStatus.Success,
        Result = new GenerationResult(
            [
                new MediaItem
                {
                    Id = "med_01a20529e9d670779ac0aa3097f4904b",
                    Type = MediaType.Image,
                    Url = "http://127.0.0.1:8080/media/med_01a20529e9d670779ac0aa3097f4904b",
                    ContentType = "image/png",
                    Bytes = 162_058,
                    Sha256 = new string('a', 64),
                    Width = 1024,
                    Height = 768,
                    ExpiresAt = DateTimeOffset.UnixEpoch,
                },
            ],
            Seed: 42),
        Metadata = new ResponseMetadata
        {
            Phase = GenerationPhase.Succeeded,
            Progress = 1,
            Attempts = [new AttemptReport("flux", "global", AttemptOutcome.Accepted, null, Billed.Yes, 310)],
            Cache = "bypass",
        },
        Timestamp = DateTimeOffset.UnixEpoch,
        ProcessingTimeMs = 5200,
        Cost = 0.04m,
    };
}
