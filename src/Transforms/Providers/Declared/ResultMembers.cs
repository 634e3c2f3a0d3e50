using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>The members of a provider's answers that hold the URLs of results: the last names of the pointers to them.</summary>
internal static class ResultMembers
{
    public static IEnumerable<string> Of(ProviderFile file) => file.Operations.SelectMany(o => ReadingsOf(o.Read, o.Job))
        .Concat(ReadingsOf(file.Read, file.Job))
        .SelectMany(r => r.Results)
        .Where(r => r.Url is not null || r.Base64 is null)
        .Select(r => (r.At + r.Url).Split('/').LastOrDefault(IsName))
        .OfType<string>();

    private static IEnumerable<ReadPart> ReadingsOf(ReadPart? read, JobPart? job) => new[] { read, job?.Poll?.Read, job?.Result?.Read }.OfType<ReadPart>();

    private static bool IsName(string segment) => segment.Length > 0 && segment != "*" && segment[0] != '[' && !int.TryParse(segment, out _);
}
