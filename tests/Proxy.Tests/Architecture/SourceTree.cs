using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Framegate.Proxy.Tests.Architecture;

/// <summary>The source of src/Proxy, bound by the compiler: what each file uses, also where it names nothing (<c>var</c>, a member of a member, a <c>cref</c>).</summary>
internal sealed class SourceTree
{
    private const string RootNamespace = "Framegate.Proxy";

    /// <summary>What the web SDK brings into every file by itself.</summary>
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http;
        global using System.Net.Http.Json; global using System.Threading; global using System.Threading.Tasks; global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private readonly CSharpCompilation _compilation;

    private SourceTree(IReadOnlyList<SyntaxTree> files, CSharpCompilation compilation)
    {
        Files = files;
        _compilation = compilation;
    }

    /// <summary>The files; a path is relative to src/Proxy.</summary>
    public IReadOnlyList<SyntaxTree> Files { get; }

    /// <summary>Reads the source that these tests were built from.</summary>
    public static SourceTree Read()
    {
        var root = Path.Combine(Repository.Root, "src", "Proxy");
        var options = CSharpParseOptions.Default.WithDocumentationMode(DocumentationMode.Parse);
        var files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(root, path).Replace('\\', '/')))
            .Where(file => !file.Name.StartsWith("obj/", StringComparison.Ordinal) && !file.Name.StartsWith("bin/", StringComparison.Ordinal))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.Path), options, file.Name))
            .ToList();
        var libraries = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) is not (RootNamespace or "Framegate.Proxy.Tests"))
            .Select(path => MetadataReference.CreateFromFile(path));
        return new SourceTree(
            files,
            CSharpCompilation.Create(RootNamespace, [CSharpSyntaxTree.ParseText(ImplicitUsings, options), .. files], libraries, new CSharpCompilationOptions(OutputKind.ConsoleApplication)));
    }

    /// <summary>The folder that a file lies in, below src/Proxy.</summary>
    public static string FolderOf(SyntaxTree file) => Path.GetDirectoryName(file.FilePath)!.Replace('\\', '/');

    /// <summary>The namespace that a file declares; null when it declares none.</summary>
    public static string? NamespaceOf(SyntaxTree file) =>
        file.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();

    /// <summary>Names that the compiler could not resolve although no generator makes them; with any, the references are not all there.</summary>
    public IReadOnlyList<string> Unresolved() =>
        [.. _compilation.GetDiagnostics().Where(d => d.Id is "CS0246" or "CS0234" or "CS0400").Select(d => d.ToString())];

    /// <summary>Every use of a type that lies in another folder, once for each file and type.</summary>
    public IReadOnlyList<Reference> References() =>
        [.. Files.AsParallel().SelectMany(ReferencesOf).DistinctBy(r => (r.File, r.Type)).OrderBy(r => r.File, StringComparer.Ordinal).ThenBy(r => r.Line)];

    private List<Reference> ReferencesOf(SyntaxTree file)
    {
        var model = _compilation.GetSemanticModel(file);
        var from = FolderOf(file);
        var found = new List<Reference>();
        foreach (var name in file.GetRoot().DescendantNodes(descendIntoTrivia: true).OfType<SimpleNameSyntax>())
        {
            foreach (var type in TypesOf(model, name))
            {
                if (type.Locations.FirstOrDefault(l => l.IsInSource)?.SourceTree is { FilePath: not "" } home && FolderOf(home) is var to && to != from)
                {
                    found.Add(new Reference(from, to, file.FilePath, name.GetLocation().GetLineSpan().StartLinePosition.Line + 1, type.Name));
                }
            }
        }

        return found;
    }

    /// <summary>The type that a name stands for, or that declares the member it stands for, and the type of its value.</summary>
    private static IEnumerable<ITypeSymbol> TypesOf(SemanticModel model, SimpleNameSyntax name)
    {
        var info = model.GetSymbolInfo(name);
        foreach (var symbol in info.Symbol is { } one ? [one] : info.CandidateSymbols)
        {
            if ((symbol as ITypeSymbol ?? symbol.ContainingType) is { } type)
            {
                yield return type;
            }
        }

        if (model.GetTypeInfo(name).Type is { } value)
        {
            yield return value;
        }
    }
}
