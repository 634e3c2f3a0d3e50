using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;
using Framegate.Transforms.Tests.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas;

/// <summary>What is said in an older version means what it means in the current one, whatever is said.</summary>
public partial class SchemaVersionsPropertyTests
{
    private static readonly SchemaVersions _versions = SchemaVersions.BuiltIn();

    [Fact]
    public void Read_AnyRequest_MeansTheSameInEveryVersion() => Gen.Select(RequestGen.Good, Gen.Bool).Sample((body, oldest) =>
    {
        var version = oldest ? "1.0" : "1.1";
        var current = JsonNode.Parse(body)!.AsObject();
        if (oldest)
        {
            current.Remove("metadata");
            current.Remove("retry_config");
        }

        var older = ToOlder(current, version);
        var reading = _versions.Read(Encoding.UTF8.GetBytes(older.ToJsonString()));
        Assert.Empty(reading.Errors);
        Assert.Equal(version, reading.Request!.SchemaVersion);
        var expected = GenerationRequestReader.Read(Encoding.UTF8.GetBytes(current.ToJsonString())).Request! with { SchemaVersion = version };
        SameRequest.Assert(expected, reading.Request);
    });

    [Fact]
    public void Read_DamagedRequest_IsJudgedAlikeInEveryVersion() => RequestGen.Damaged.Sample(body =>
    {
        // Damage strikes bytes, so the body is made older as bytes, too.
        var current = Encoding.Latin1.GetString(body);
        var older = ProviderAndModel().Replace(current, "\"provider\":{\"name\":\"my-provider\",\"model\":$1}", 1);
        var versioned = older.Contains("schema_version", StringComparison.Ordinal)
            ? older.Replace("\"schema_version\":\"2.0\"", "\"schema_version\":\"1.1\"", StringComparison.Ordinal)
            : older.Replace("\"provider\":{", "\"schema_version\":\"1.1\",\"provider\":{", StringComparison.Ordinal);

        var reading = _versions.Read(Encoding.Latin1.GetBytes(versioned));
        Assert.Equal(reading.Request is null, reading.Errors.Count > 0);
        if (older != current && versioned != older)
        {
            Assert.Equal(GenerationRequestReader.Read(body).Request is null, reading.Request is null);
        }
    });

    [Fact]
    public void Read_BackwardCompatibleVersion_TakesEveryRequestAsItStands() => RequestGen.Good.Sample(body =>
    {
        var current = JsonNode.Parse(body)!.AsObject();
        current.Remove("metadata");
        current.Remove("retry_config");
        var older = ToOlder(current, "1.0");
        var compatible = _versions.Read(Encoding.UTF8.GetBytes(older.ToJsonString())).Request!;
        older["schema_version"] = "1.1";
        SameRequest.Assert(compatible with { SchemaVersion = "1.1" }, _versions.Read(Encoding.UTF8.GetBytes(older.ToJsonString())).Request!);
    });

    [Fact]
    public void Write_AnyResponse_KeepsWhatTheVersionHasAndInventsNothing() => Responses().Sample(response =>
    {
        var current = Write(response, "2.0");
        foreach (var version in (string[])["1.0", "1.1"])
        {
            Assert.Equal(Expected(current, version).ToJsonString(), Write(response, version).ToJsonString());
        }
    });

    /// <summary>The rules of docs/schema-versions.md, written down a second time.</summary>
    private static JsonObject Expected(JsonObject current, string version)
    {
        var error = current["error"] as JsonObject;
        var fields = error?["details"]?["fields"] as JsonArray;
        var expected = new JsonObject
        {
            ["schema_version"] = version,
            ["request_id"] = Copy("request_id"),
            ["provider"] = new JsonObject { ["name"] = Copy("provider"), ["model"] = Copy("model") },
            ["status"] = Copy("status"),
            ["result"] = Copy("result"),
            ["error"] = fields is { Count: > 1 } ? string.Join(' ', fields.Select(Line)) : error?["message"]?.DeepClone(),
            ["error_code"] = error?["code"]?.DeepClone(),
        };
        if (version != "1.0")
        {
            expected["metadata"] = Copy("metadata");
        }

        foreach (var name in (string[])["timestamp", "processing_time_ms", "tokens_used", "cost"])
        {
            expected[name] = Copy(name);
        }

        return expected;

        JsonNode? Copy(string name) => current[name]?.DeepClone();
    }

    [GeneratedRegex("""
        "provider":"my-provider","model":("(?:[^"\\]|\\.)*")
        """)]
    private static partial Regex ProviderAndModel();

    private static string Line(JsonNode? field) =>
        $"{field!["field"]}: {field["message"]}" + (field["allowed"] is JsonArray { Count: > 0 } allowed ? $" Allowed: {string.Join(", ", allowed)}." : "");

    private static JsonObject ToOlder(JsonObject current, string version)
    {
        var older = new JsonObject();
        foreach (var (name, value) in current)
        {
            if (name == "provider")
            {
                older["provider"] = new JsonObject { ["name"] = value?.DeepClone(), ["model"] = current["model"]?.DeepClone() };
            }
            else if (name != "model")
            {
                older[name] = value?.DeepClone();
            }
        }

        older["schema_version"] = version;
        return older;
    }

    private static JsonObject Write(GenerationResponse response, string version)
    {
        var output = new ArrayBufferWriter<byte>();
        _versions.Write(response, version, output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    private static Gen<GenerationResponse> Responses()
    {
        var text = Gen.String[Gen.Char["ab \"\\/<+é漢\n{}[]:,"], 0, 30];
        var field = Gen.Select(text, text, text.Array[0, 3], Gen.Bool).Select((name, message, allowed, some) => new FieldError(name, message, some ? allowed : null));
        var error = Gen.Select(Gen.Enum<ErrorCode>(), text, Gen.Bool, field.Array[0, 3], Gen.Int[0, 9]).Select((code, message, retryable, fields, coin) => new GenerationError
        {
            Code = code,
            Message = message,
            Retryable = retryable,
            Provider = coin > 4 ? "flux" : null,
            RetryAfter = coin > 6 ? coin : null,
            Details = coin > 2 ? new ErrorDetails { Fields = coin > 3 ? fields : null, Reason = message } : null,
        });
        var result = Gen.Select(text, Gen.Long, Gen.Int[0, 3]).Select((t, seed, count) => new GenerationResult(
            [.. Enumerable.Range(0, count).Select(i => new MediaItem { Id = t, Type = MediaType.Image, Url = t, ContentType = "image/png", Bytes = i, Sha256 = t })], t, seed));
        return Gen.Select(error, result, text, Gen.Int[0, 7], Gen.Enum<GenerationPhase>(), Gen.Decimal[0, 100]).Select((e, r, t, coin, phase, cost) =>
        {
            using var notes = JsonDocument.Parse(JsonSerializer.Serialize(new Dictionary<string, string> { [t] = t, ["error"] = t, ["provider"] = t }));
            return new GenerationResponse
            {
                RequestId = coin == 0 ? null : t,
                Provider = coin < 2 ? null : "flux",
                Model = coin < 2 ? null : t,
                Status = (coin & 1) == 0 ? GenerationStatus.Failed : GenerationStatus.Success,
                Error = (coin & 1) == 0 ? e : null,
                Result = (coin & 1) == 1 ? r : null,
                Metadata = new ResponseMetadata { Phase = phase, Warnings = [t], Request = (coin & 2) == 0 ? notes.RootElement.Clone() : null },
                Timestamp = DateTimeOffset.UnixEpoch,
                Cost = (coin & 4) == 0 ? cost : null,
            };
        });
    }
}
