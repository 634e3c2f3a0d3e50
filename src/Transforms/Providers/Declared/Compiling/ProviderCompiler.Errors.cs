using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>What errors mean.</content>
internal sealed partial class ProviderCompiler
{
    private DeclaredFailures Failures(ErrorsPart part) => new(
        _file.Title ?? _file.Name, All(part.Code, "/errors/code"), All(part.Text, "/errors/text"), All(part.Field, "/errors/field"), All(part.RetryAfter, "/errors/retry_after"),
        part.RetryAfterText is { } wait ? Pattern(wait, "/errors/retry_after_text") : null,
        part.CodeInText is { } inText ? Pattern(inText, "/errors/code_in_text") : null,
        [.. part.Rules.Select((r, i) => Rule(r, $"/errors/rules/{i}"))],
        Costs(part.Cost, "/errors/cost"),
        Signs(part.BilledIf, "/errors/billed_if"),
        part.RetryableHeader is null || HeaderPattern().IsMatch(part.RetryableHeader) ? part.RetryableHeader
            : Fault<string?>("/errors/retryable_header", "Must be the name of a header."));

    private ErrorRule Rule(ErrorRulePart part, string path)
    {
        foreach (var http in part.Http.Where(h => !HttpPattern().IsMatch(h)))
        {
            Fault(path + "/http", $"'{http}' is no status, as 429 or 5xx.");
        }

        foreach (var phase in part.During.Where(d => d is not ("submit" or "poll" or "cancel" or "find" or "probe" or "job")))
        {
            Fault(path + "/during", $"'{phase}' is none of submit, poll, cancel, find, probe, job.");
        }

        return new ErrorRule(
            part.Http, part.Native, part.Text is { } text ? Pattern(text, path + "/text") : null, part.During, CodeOf(part.Code, path + "/code"), part.Retryable,
            part.Accepted switch
            {
                null => null,
                "yes" => Acceptance.Yes,
                "no" => Acceptance.No,
                "unknown" => Acceptance.Unknown,
                _ => Fault<Acceptance?>(path + "/accepted", "Must be yes, no or unknown."),
            },
            BilledOf(part.Billed, path + "/billed"));
    }

    private Billed? BilledOf(string? word, string path) => word switch
    {
        null => null,
        "yes" => Billed.Yes,
        "no" => Billed.No,
        "unknown" => Billed.Unknown,
        _ => Fault<Billed?>(path, "Must be yes, no or unknown."),
    };

    private ErrorCode CodeOf(string word, string path)
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            if (WireName(code) == word)
            {
                return code;
            }
        }

        return Fault<ErrorCode>(path, $"Must be one of {string.Join(", ", Enum.GetValues<ErrorCode>().Select(WireName))}.");
    }

    private static string WireName(ErrorCode code) => SnakePattern().Replace(code.ToString(), "_").ToUpperInvariant();
}
