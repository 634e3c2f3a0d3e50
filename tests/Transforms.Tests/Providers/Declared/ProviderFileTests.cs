using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>The form of provider files, their faults, and their schema.</summary>
public sealed partial class ProviderFileTests
{
    public static TheoryData<string, string, string> Faults() => new()
    {
        { """ "title": """, """ "titel": """, "/titel" },
        { """ "path": "/v1/pictures", """, """ "path": "v1/pictures", """, "/operations/0/submit/path" },
        { """ "{prompt}" """, """ "{promt}" """, "/operations/0/submit/body/text" },
        { """ "{prompt}" """, """ "{prompt|loud}" """, "/operations/0/submit/body/text" },
        { """ "{prompt}" """, """ "{prompt" """, "/operations/0/submit/body/text" },
        { """ "ready": "succeeded" """, """ "ready": "fine" """, "/job/poll/read/words/ready" },
        { """ "/picture/url" """, """ "picture.url" """, "/job/poll/read/results/0/at" },
        { """ "INSUFFICIENT_CREDITS" """, """ "NO_MONEY" """, "/errors/rules/0/code" },
        { """ "indecent" """, """ "(indecent" """, "/errors/rules/1/text" },
        { """ "https://api.acme.example/" """, """ "http://api.acme.example/" """, "/address" },
        { """ "image" """, """ "picture" """, "/models/0/type" },
        { """ "acme" """, """ "Acme!" """, "/name" },
        { """ "Bearer {key}" """, """ "Bearer" """, "/auth/value" },
        { """ "sources": """, """ "key_hosts": ["evil.example"], "sources": """, "/key_hosts" },
        { """ "sources": """, """ "max_answer_mib": 4096, "sources": """, "/max_answer_mib" },
        { """ "rules": [""", """ "cost": [{ "at": "/bill", "optional": true, "plus": [{ "at": "/tax", "optional": true }] }], "rules": [""", "/errors/cost/0/optional" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void AFaultIsNamedByItsPath(string good, string bad, string path)
    {
        var text = Example.Replace(good.Trim(), bad.Trim(), StringComparison.Ordinal);
        Assert.NotEqual(Example, text);

        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults));

        Assert.Contains(path, faults.Select(f => f.Path));
    }

    [Fact]
    public void AllFaultsAreNamedAtOnce()
    {
        var text = Example.Replace("\"title\"", "\"titel\"", StringComparison.Ordinal).Replace("\"needs\"", "\"need\"", StringComparison.Ordinal).Replace("\"succeeded\"", "\"fine\"", StringComparison.Ordinal);

        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults));

        Assert.Equal(["/job/poll/read/words/ready", "/operations/0/submit/need", "/titel"], faults.Select(f => f.Path).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"name\":1}")]
    public void WhatIsNoFileIsAFault(string text)
    {
        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void TheExampleHasAtMostSixtyLines() => Assert.InRange(Example.Split('\n').Length, 20, 62);

    /// <summary>Set FRAMEGATE_WRITE_SCHEMA to write it anew.</summary>
    [Fact]
    public void TheSchemaIsThatOfTheReader()
    {
        var path = Path.Combine(ShippedProviders.Folder, "..", "provider.schema.json");
        var made = Schema();
        if (Environment.GetEnvironmentVariable("FRAMEGATE_WRITE_SCHEMA") is not null)
        {
            File.WriteAllText(path, made);
        }

        Assert.Equal(File.ReadAllText(path), made);
    }

    private static string Example { get; } = ExampleIn(File.ReadAllText(Path.Combine(ShippedProviders.Folder, "..", "..", "docs", "adding-a-provider.md")));

    private static string ExampleIn(string page) => JsonBlock().Match(page).Groups[1].Value.Trim();

    private static string Schema()
    {
        var documents = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Framegate.Transforms.xml")).Descendants("member")
            .ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary") is { } summary ? Plain(summary) : "");
        var node = ProviderFileJson.Default.Options.GetJsonSchemaAsNode(typeof(ProviderFile), new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, schema) =>
            {
                if (context.PropertyInfo is { } property)
                {
                    if (property.CustomConverter is OneOrManyConverter)
                    {
                        schema = new JsonObject { ["type"] = new JsonArray("string", "array"), ["items"] = new JsonObject { ["type"] = "string" } };
                    }

                    var member = ((System.Reflection.MemberInfo?)property.AttributeProvider) is { DeclaringType: { } declaring, Name: var name } ? $"P:{declaring.FullName}.{name}" : "";
                    if (schema is JsonObject described && documents.GetValueOrDefault(member) is { Length: > 0 } summary)
                    {
                        described["description"] = summary;
                    }
                }

                return schema;
            },
        }).AsObject();
        var root = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "A provider of Framegate" };
        foreach (var (name, value) in node.ToList())
        {
            node.Remove(name);
            root[name] = value;
        }

        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    /// <summary>A summary without marks; a reference is the last part of its name, as files write it.</summary>
    private static string Plain(XElement summary) => string.Join(' ', string.Concat(summary.Nodes().Select(n => n switch
    {
        XElement { Name.LocalName: "see" } see => JsonNamingPolicy.SnakeCaseLower.ConvertName(see.Attribute("cref")!.Value.Split('.')[^1]),
        XElement other => other.Value,
        XText text => text.Value,
        _ => "",
    })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
