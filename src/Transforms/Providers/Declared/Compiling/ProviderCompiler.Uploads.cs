using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>What is uploaded before a submit.</content>
internal sealed partial class ProviderCompiler
{
    private static readonly string[] s_encodings = ["json", "multipart", DeclaredUpload.Raw];
    private static readonly string[] s_uploaded = [.. NeutralParameter.All.Where(p => p.Kind is ParameterKind.Image or ParameterKind.Video).Select(p => p.Name)];

    private DeclaredUpload Upload(UploadPart part, string path)
    {
        if (!s_uploaded.Contains(part.Of, StringComparer.Ordinal))
        {
            Fault(path + "/of", $"Must be one of {string.Join(", ", s_uploaded)}.");
        }

        if (!s_encodings.Contains(part.Encoding, StringComparer.Ordinal))
        {
            Fault(path + "/encoding", $"Must be one of {string.Join(", ", s_encodings)}.");
        }

        if (part.Encoding == DeclaredUpload.Raw && part.Body.ValueKind != System.Text.Json.JsonValueKind.Undefined)
        {
            Fault(path + "/body", "Has no place where the encoding is raw: the input's bytes are the body.");
        }

        CheckHeaders(part.Headers, path + "/headers");
        return new DeclaredUpload(
            part.Of,
            Path(part.Path, path + "/path"),
            [.. part.Headers.Select(h => (h.Key, Text(h.Value, $"{path}/headers/{h.Key}")))],
            Body(part.Body, isForm: true, path + "/body").Body,
            part.Encoding,
            [.. part.Keep.Select(k => (k.Key, At(k.Value, $"{path}/keep/{k.Key}")))]);
    }

    /// <summary>What uploads give must come from one before, and be of use; and a submit that is sent once more, or looked for by its body, would not be the same.</summary>
    private void CheckUploads(SubmitPart submit, JobPart? job, IReadOnlyList<string> names, string path)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        var used = names.Where(IsGivenByUpload).Select(n => n[Scope.Upload.Length..]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in used.Except(submit.Uploads.SelectMany(u => u.Keep.Keys)))
        {
            Fault(path, $"No 'keep' of an upload fills upload.{name}.");
        }

        for (var i = 0; i < submit.Uploads.Count; i++)
        {
            var upload = submit.Uploads[i];
            foreach (var name in UploadNames(upload))
            {
                used.Add(name);
                if (given.GetValueOrDefault(name) != upload.Of)
                {
                    Fault($"{path}/uploads/{i}", $"No 'keep' of an earlier upload of {upload.Of} fills upload.{name}.");
                }
            }

            foreach (var name in upload.Keep.Keys.Where(n => !given.TryAdd(n, upload.Of)))
            {
                Fault($"{path}/uploads/{i}/keep/{name}", "Is filled by an earlier upload.");
            }
        }

        foreach (var name in given.Keys.Except(used))
        {
            Fault(path + "/uploads", $"Nothing takes upload.{name}, so that nothing would name what was uploaded.");
        }

        if (submit.Uploads.Count > 0 && (job?.Idempotency is not null || job?.Find is not null))
        {
            Fault(path + "/uploads", "Cannot stand together with job.idempotency or job.find: each submit uploads its inputs anew, so that no two have the same body.");
        }
    }

    private static List<string> UploadNames(UploadPart part) =>
        [.. BracePattern().Matches(string.Join(' ', [part.Path, TextOf(part.Body), .. part.Headers.Values])).Select(m => m.Groups[1].Value.Split('|')[0].Trim()).Where(IsGivenByUpload).Select(n => n[Scope.Upload.Length..])];

    private static bool IsGivenByUpload(string name) => name.StartsWith(Scope.Upload, StringComparison.Ordinal);
}
