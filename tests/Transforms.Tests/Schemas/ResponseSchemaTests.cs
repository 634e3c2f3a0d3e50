using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Transforms.Tests.Schemas;

public class ResponseSchemaTests
{
    private static readonly JsonElement _schema = SchemaCatalogueTests.Load("response.json");
    private static readonly SchemaCheck _check = new(_schema);

    [Fact]
    public void Response_FewestMembers_Conforms() => AssertConforms(new GenerationResponse());

    [Fact]
    public void Response_EmptyParts_Conforms() => AssertConforms(new GenerationResponse
    {
        Result = new GenerationResult([]),
        Error = new GenerationError { Code = ErrorCode.Timeout, Message = "", Details = new ErrorDetails() },
    });

    [Fact]
    public void Response_EveryMember_ConformsAndIsDescribed()
    {
        var json = Serialise(Full(GenerationStatus.Success, GenerationPhase.Succeeded, ErrorCode.InvalidRequest));
        Assert.Empty(_check.Check(json));
        AssertDescribed(_schema, json, "$");
    }

    [Fact]
    public void Response_EveryState_Conforms()
    {
        foreach (var status in Enum.GetValues<GenerationStatus>())
        {
            AssertConforms(Full(status, GenerationPhase.Running, ErrorCode.Timeout));
        }

        foreach (var phase in Enum.GetValues<GenerationPhase>())
        {
            AssertConforms(Full(GenerationStatus.Success, phase, ErrorCode.Timeout));
        }

        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            AssertConforms(Full(GenerationStatus.Success, GenerationPhase.Running, code));
        }
    }

    [Fact]
    public void Response_Example_Conforms() => Assert.Empty(_check.Check(_schema.GetProperty("examples")[0]));

    [Theory]
    [InlineData("""{"status":"success"}""")]
    [InlineData("[]")]
    public void Response_NotOne_DoesNotConform(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.NotEmpty(_check.Check(document.RootElement));
    }

    internal static GenerationResponse Full(GenerationStatus status, GenerationPhase phase, ErrorCode code)
    {
        using var metadata = JsonDocument.Parse("""{"order":17}""");
        return new GenerationResponse
        {
            RequestId = "r",
            Provider = "flux",
            Model = "m",
            Status = status,
            Result = new GenerationResult(
                [
                    .. Enum.GetValues<MediaType>().Select(type => new MediaItem
                    {
                        Id = "a",
                        Type = type,
                        Url = "http://127.0.0.1/media/a",
                        ContentType = "image/png",
                        Bytes = 3,
                        Sha256 = new string('0', 64),
                        Width = 1,
                        Height = 2,
                        Duration = 1.5,
                        ExpiresAt = DateTimeOffset.UnixEpoch,
                        Provenance = new MediaProvenance(true, "trainedAlgorithmicMedia"),
                    }),
                ],
                "text",
                7),
            Error = new GenerationError
            {
                Code = code,
                Message = "No.",
                Retryable = true,
                Provider = "flux",
                RetryAfter = 3,
                Details = new ErrorDetails
                {
                    Fields = [new FieldError("model", "No."), new FieldError("model", "No.", ["a"])],
                    Reason = "cancelled",
                    NativeCode = "E1",
                    NativeField = "size",
                    NativeStatus = 500,
                    Skipped = [new SkippedCandidate("veo", "m", "No.")],
                },
            },
            Metadata = new ResponseMetadata
            {
                Phase = phase,
                Progress = 0.5,
                Warnings = ["w"],
                Attempts =
                [
                    .. Enum.GetValues<AttemptOutcome>().Select(outcome => new AttemptReport("flux", "eu", outcome, code, Billed.Unknown, 1)),
                    .. Enum.GetValues<ReconciledBy>().Select(
                        by => new AttemptReport("flux", "eu", AttemptOutcome.Accepted, null, Billed.Unknown, 1) { Reconciled = by, Cause = "the connection broke" }),
                    .. Enum.GetValues<Billed>().Select(billed => new AttemptReport("flux", "eu", AttemptOutcome.Accepted, null, billed, 1)),
                ],
                Alias = "fast",
                Skipped = [new SkippedCandidate("veo", "m", "No.")],
                Queue = new QueueReport(1, 20),
                Cache = "hit",
                CostEstimated = true,
                Sandbox = true,
                Request = metadata.RootElement.Clone(),
            },
            ProcessingTimeMs = 12,
            TokensUsed = 5,
            Cost = 0.04m,
        };
    }

    private static JsonElement Serialise(GenerationResponse response) => JsonSerializer.SerializeToElement(response, ContractJson.Default.GenerationResponse);

    private static void AssertConforms(GenerationResponse response) => Assert.Empty(_check.Check(Serialise(response)));

    /// <summary>Every member that is written, at any depth, has a description; the request's own metadata are not ours to describe.</summary>
    private static void AssertDescribed(JsonElement rules, JsonElement value, string path)
    {
        while (rules.TryGetProperty("$ref", out var reference) || rules.TryGetProperty("anyOf", out reference))
        {
            var target = reference.ValueKind == JsonValueKind.Array ? reference[0].GetProperty("$ref") : reference;
            rules = _schema.GetProperty("$defs").GetProperty(target.GetString()!["#/$defs/".Length..]);
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                AssertDescribed(rules.GetProperty("items"), item, path);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && path != "$.metadata.request")
        {
            foreach (var member in value.EnumerateObject())
            {
                Assert.True(rules.GetProperty("properties").TryGetProperty(member.Name, out var inner), $"{path}.{member.Name}");
                Assert.True(inner.TryGetProperty("description", out _), $"{path}.{member.Name}");
                AssertDescribed(inner, member.Value, $"{path}.{member.Name}");
            }
        }
    }
}
