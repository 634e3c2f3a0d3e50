using System.Buffers;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Migrations;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Transforms.Schemas;

/// <summary>Speaks every version of the contract: reads requests of any into the current one, and writes responses back.</summary>
public sealed class SchemaVersions
{
    // What the thread's writer holds on to between two responses.
    private static readonly ArrayBufferWriter<byte> s_nowhere = new(1);

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;
    private readonly SchemaGraph _graph;

    internal SchemaVersions(SchemaGraph graph) => _graph = graph;

    /// <summary>The version that Framegate itself speaks.</summary>
    public static string Current => GenerationRequest.CurrentVersion;

    /// <summary>Every version, oldest first.</summary>
    public IReadOnlyList<string> Supported => _graph.Versions;

    /// <summary>The versions that come with Framegate. A new one is a new file in <c>Migrations</c>, named here.</summary>
    /// <returns>The versions.</returns>
    /// <exception cref="ArgumentException">The migrations do not fit together.</exception>
    public static SchemaVersions BuiltIn() => new(new SchemaGraph([new V1_0_To_V1_1(), new V1_1_To_V2_0()], Current));

    /// <summary>Whether a version is one of <see cref="Supported"/>.</summary>
    /// <param name="version">Any text.</param>
    /// <returns>True when it is.</returns>
    public bool IsSupported(string version) => _graph.PathOf(version) is not null;

    /// <summary>Reads a request of any version; a current one is read once and costs nothing more.</summary>
    /// <param name="utf8">The body. Nothing in the result refers to it.</param>
    /// <returns>The request, or what is wrong with it in the names of its own version. The version of the reading is always one that can be answered in.</returns>
    public GenerationRequestReading Read(ReadOnlyMemory<byte> utf8) => Read(utf8, HeldInputs.None);

    /// <summary>Reads a request of any version from whose body the large inputs were taken.</summary>
    /// <param name="utf8">The rest of the body, with placeholders. Nothing in the result refers to it.</param>
    /// <param name="held">The inputs.</param>
    /// <returns>The request, or what is wrong with it in the names of its own version.</returns>
    public GenerationRequestReading Read(ReadOnlyMemory<byte> utf8, HeldInputs held)
    {
        var reading = GenerationRequestReader.Read(utf8, held, fromOlder: false);
        if (reading.Request is not null)
        {
            return reading;
        }

        if (reading.SchemaVersion == Current || _graph.PathOf(reading.SchemaVersion) is not { } path)
        {
            return reading with { Errors = NamingAllVersions(reading.Errors), SchemaVersion = Current };
        }

        if (reading.Errors.Count > 1)
        {
            // Duplicate names: which of them would have been meant, nobody knows.
            return reading with { Errors = [.. reading.Errors.Where(e => e.Allowed is null || e.Field != "schema_version")] };
        }

        var errors = new FieldErrorList();
        using var passes = new SchemaPasses();
        var upgraded = GenerationRequestReader.Read(passes.Upgrade(utf8, path, errors), held, fromOlder: true);
        return errors.Count == 0 && upgraded.Request is { } request
            ? upgraded with { Request = request with { SchemaVersion = reading.SchemaVersion }, SchemaVersion = reading.SchemaVersion }
            : new GenerationRequestReading(null, Merged(errors, upgraded.Errors, path), upgraded.RequestId) { SchemaVersion = reading.SchemaVersion };
    }

    /// <summary>Errors in the names of an older version.</summary>
    /// <param name="errors">Errors in the names of the current one.</param>
    /// <param name="version">One of <see cref="Supported"/>.</param>
    /// <returns>The errors.</returns>
    public IReadOnlyList<FieldError> InNamesOf(IReadOnlyList<FieldError> errors, string version)
    {
        var path = PathOf(version);
        return [.. errors.Select(e => e with { Field = SchemaPasses.FieldOf(e.Field, path) })];
    }

    /// <summary>Writes a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="version">One of <see cref="Supported"/>.</param>
    /// <param name="output">Takes UTF-8 JSON.</param>
    public void Write(GenerationResponse response, string version, IBufferWriter<byte> output)
    {
        var path = PathOf(version);
        if (path.Length > 0)
        {
            using var passes = new SchemaPasses();
            passes.Downgrade(response, path, output);
            return;
        }

        var writer = t_writer ??= new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.Reset(output);
        JsonSerializer.Serialize(writer, response, ContractJson.Default.GenerationResponse);
        writer.Flush();
        writer.Reset(s_nowhere);
    }

    private SchemaMigration[] PathOf(string version) =>
        _graph.PathOf(version) ?? throw new ArgumentOutOfRangeException(nameof(version), "There is no such version.");

    private List<FieldError> NamingAllVersions(IReadOnlyList<FieldError> errors) =>
        [.. errors.Select(e => e is { Field: "schema_version" } ? e with { Allowed = Supported } : e)];

    /// <summary>What was wrong on the way, and what is wrong with what came out of it, unless it is a consequence of the former.</summary>
    private static IReadOnlyList<FieldError> Merged(FieldErrorList errors, IReadOnlyList<FieldError> upgraded, SchemaMigration[] path)
    {
        var own = errors.ToList().Select(e => e.Field).ToList();
        foreach (var error in upgraded)
        {
            var field = SchemaPasses.FieldOf(error.Field, path);
            if (!own.Exists(o => field == o || field.StartsWith(o + ".", StringComparison.Ordinal)))
            {
                errors.Add(field, error.Message, error.Allowed);
            }
        }

        return errors.ToList();
    }
}
