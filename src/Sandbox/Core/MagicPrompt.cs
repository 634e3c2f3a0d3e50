using System.Globalization;
using System.Text.RegularExpressions;

namespace Framegate.Sandbox.Core;

/// <summary>What the <c>sandbox:</c> tokens of a prompt ask for; they may stand anywhere and combine.</summary>
internal sealed partial record MagicPrompt
{
    /// <summary>Longer waits would only keep the job in memory.</summary>
    private const double LongestSeconds = 86_400;

    public static MagicPrompt None { get; } = new();

    /// <summary>How long the job takes instead of the default.</summary>
    public TimeSpan? Takes { get; init; }

    /// <summary>How the job ends once accepted.</summary>
    public JobEnding Ending { get; init; } = JobEnding.Success;

    /// <summary>The first so many submits of this prompt fail before acceptance.</summary>
    public int FlakyTimes { get; init; }

    /// <summary>So many of the results fall to the content filter, at a provider that makes several.</summary>
    public int Filtered { get; init; }

    /// <summary>What goes wrong with the first polls; see <see cref="BadDay"/>.</summary>
    public string? Poll { get; init; }

    /// <summary>What goes wrong with the first downloads; see <see cref="BadDay"/>.</summary>
    public string? Result { get; init; }

    /// <summary>How many polls or downloads go wrong, instead of the usual few.</summary>
    public int? Times { get; init; }

    public bool RateLimited { get; init; }

    public bool NoCredits { get; init; }

    /// <summary>The submit call is never answered, and not accepted.</summary>
    public bool Hang { get; init; }

    /// <summary>The submit is accepted, but its answer is lost.</summary>
    public bool Drop { get; init; }

    /// <summary>The refusal to give: a status, a dash, and a code of the provider's. Only the providers of the common engine, and fal.</summary>
    public string? Refuse { get; init; }

    /// <summary>The provider's code with which an accepted job fails, instead of the usual one. Only the providers of the common engine, and fal.</summary>
    public string? Fail { get; init; }

    /// <summary>The job is accepted, and nobody knows it afterwards. Only the providers of the common engine.</summary>
    public bool Vanishes { get; init; }

    /// <summary>The provider gives the job up at its end because it took too long. Only the providers of the common engine.</summary>
    public bool Expires { get; init; }

    /// <summary>How long the submit call takes before the job is accepted; a caller that has gone meanwhile has it all the same.</summary>
    public TimeSpan Late { get; init; }

    public static MagicPrompt Parse(string? prompt)
    {
        if (prompt is null || !prompt.Contains("sandbox:", StringComparison.Ordinal))
        {
            return None;
        }

        var magic = None;
        foreach (var token in Token().EnumerateMatches(prompt))
        {
            magic = magic.With(prompt.AsSpan(token.Index, token.Length)["sandbox:".Length..]);
        }

        return magic;
    }

    private MagicPrompt With(ReadOnlySpan<char> token)
    {
        var equals = token.IndexOf('=');
        var name = equals < 0 ? token : token[..equals];
        if (name is "poll" or "result")
        {
            var word = equals < 0 ? null : token[(equals + 1)..].ToString();
            return name is "poll" ? this with { Poll = word } : this with { Result = word };
        }

        if (equals > 0 && name is "refuse" or "fail")
        {
            var word = token[(equals + 1)..].ToString();
            return name is "refuse" ? this with { Refuse = word } : this with { Fail = word, Ending = JobEnding.Error };
        }

        var value = equals < 0 ? 0 : double.Parse(token[(equals + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        return name switch
        {
            "slow" when equals > 0 => this with { Takes = TimeSpan.FromSeconds(Math.Min(value, LongestSeconds)) },
            "late" when equals > 0 => this with { Late = TimeSpan.FromSeconds(Math.Min(value, LongestSeconds)) },
            "flaky" when equals > 0 => this with { FlakyTimes = (int)Math.Min(value, int.MaxValue) },
            "filtered" when equals > 0 => this with { Filtered = (int)Math.Min(value, int.MaxValue) },
            "times" when equals > 0 => this with { Times = (int)Math.Min(value, int.MaxValue) },
            "moderated" => this with { Ending = JobEnding.Moderated },
            "error" => this with { Ending = JobEnding.Error },
            "rate-limited" => this with { RateLimited = true },
            "credits" => this with { NoCredits = true },
            "hang" => this with { Hang = true },
            "drop" => this with { Drop = true },
            "vanish" => this with { Vanishes = true },
            "expire" => this with { Expires = true },
            _ => this, // "ok", and words that mean nothing here
        };
    }

    [GeneratedRegex(
        @"sandbox:(?:(?:poll|result)=[a-z0-9]+(?:-[a-z0-9]+)*|(?:refuse|fail)=[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*|[a-z]+(?:-[a-z]+)*(?:=[0-9]+(?:\.[0-9]+)?)?)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
