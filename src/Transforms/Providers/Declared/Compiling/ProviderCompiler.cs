using System.Text.RegularExpressions;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <summary>Turns a provider file into an adapter, and notes everything that is wrong with it.</summary>
internal sealed partial class ProviderCompiler
{
    private const int MostModels = 5000;
    private const int MostOperations = 64;
    private const int MostRules = 500;
    private readonly List<ProviderFault> _faults = [];
    private readonly List<ProviderFault> _warnings = [];
    private readonly ProviderFile _file;

    private ProviderCompiler(ProviderFile file) => _file = file;

    /// <summary>Compiles a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="faults">Everything that is wrong.</param>
    /// <param name="warnings">What is not wrong and can hardly be meant.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static DeclaredAdapter? Compile(ProviderFile file, out IReadOnlyList<ProviderFault> faults, out IReadOnlyList<ProviderFault> warnings)
    {
        var compiler = new ProviderCompiler(file);
        var adapter = compiler.Adapter();
        (faults, warnings) = (compiler._faults, compiler._warnings);
        return faults.Count == 0 ? adapter : null;
    }

    private DeclaredAdapter? Adapter()
    {
        if (_file.Family is { } family && !NamePattern().IsMatch(family))
        {
            Fault("/family", "Must be the name of a provider.");
        }

        if (!NamePattern().IsMatch(_file.Name))
        {
            Fault("/name", "Must be lower case letters, digits and hyphens, at most 40.");
        }

        if (!Uri.TryCreate(_file.Address, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            Fault("/address", "Must be an https URL like https://api.example.com/.");
        }

        CheckAuth(address);
        AtMost(_file.Models.Count, MostModels, "/models");
        AtMost(_file.Operations.Count, MostOperations, "/operations");
        AtMost(_file.Errors.Rules.Count, MostRules, "/errors/rules");
        if (_file.MaxAnswerMib is < 1 or > 64)
        {
            Fault("/max_answer_mib", "Must be 1 to 64.");
        }

        if (_file.Events is { } events && (events.Results.Count == 0 || events.Into.Length == 0 || events.Picture.Length == 0))
        {
            Fault("/events", "Must name the events that bring results, the list that they go into, and the member that holds the base64.");
        }

        if (_file.Pace is { } pace && (pace.First < 100 || pace.Longest < pace.First || pace.Growth < 1))
        {
            Fault("/pace", "Must have first of 100 or more, longest of at least first, and growth of 1 or more.");
        }

        if (!_file.Probe.Path.StartsWith('/'))
        {
            Fault("/probe/path", "Must begin with a slash.");
        }

        if (_file.Operations.Count == 0)
        {
            Fault("/operations", "There must be one.");
        }

        CheckSense();
        Unique(_file.Operations.Select(o => o.Name), "/operations", "name");
        Unique(_file.Models.SelectMany(m => m.Aliases.Append(m.Id)), "/models", "id");
        var failures = Failures(_file.Errors);
        var operations = _file.Operations.Select((o, i) => Operation(o, $"/operations/{i}")).ToList();
        var models = _file.Models.Select((m, i) => Model(m, $"/models/{i}")).ToList();
        if (_faults.Count == 0)
        {
            models = [.. models.Select(m => WithForms(m, operations))];
        }

        var any = _file.AnyModel.Select((m, i) => (Pattern("^(?:" + m.Pattern + ")$", $"/any_model/{i}/pattern", ignoreCase: false), m)).ToList();
        for (var i = 0; i < _file.AnyModel.Count; i++)
        {
            if (MediaTypeOf(_file.AnyModel[i].Type) is null)
            {
                Fault($"/any_model/{i}/type", "Must be image, video, audio or text.");
            }
        }

        if (_faults.Count > 0)
        {
            return null;
        }

        WarnOfInputs(operations, models);
        return new DeclaredAdapter(_file, operations, models, [.. any.Select(p => (p.Item1!, p.m))], failures);
    }

    private void Fault(string path, string reason) => _faults.Add(new ProviderFault(path, reason));

    private T Fault<T>(string path, string reason) => Fault(path, default(T)!, reason);

    private T Fault<T>(string path, T instead, string reason)
    {
        Fault(path, reason);
        return instead;
    }

    [GeneratedRegex("\\{([^}]*)\\}", RegexOptions.CultureInvariant)]
    private static partial Regex BracePattern();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex VariablePattern();

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderPattern();

    [GeneratedRegex("^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$|^[A-Za-z0-9]+(-[A-Za-z0-9]+)+-\\*$", RegexOptions.CultureInvariant)]
    private static partial Regex HeadersPattern();

    [GeneratedRegex("^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex SizePattern();

    [GeneratedRegex("^[1-5][0-9x][0-9x]$", RegexOptions.CultureInvariant)]
    private static partial Regex HttpPattern();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex SnakePattern();
}
