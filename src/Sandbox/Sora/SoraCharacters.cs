using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary><c>/v1/videos/characters</c>: a name and a short clip. Not a video job, so it is not in the ledger.</summary>
internal sealed class SoraCharacters(StandInSite site)
{
    /// <summary>The oldest goes when there are more.</summary>
    private const int Capacity = 1000;

    private const int LongestName = 80;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, SoraCharacter> _byId = [];

    public bool Knows(string id)
    {
        lock (_lock)
        {
            return _byId.ContainsKey(id);
        }
    }

    public async Task CreateAsync(HttpContext context)
    {
        var (body, fault) = await SoraBody.ReadAsync(context);
        fault ??= Check(body!);
        if (fault is not null)
        {
            await fault.WriteAsync(context);
            return;
        }

        var character = new SoraCharacter(
            "char_" + site.Services.Chance.Hex(24), body!.Text("name")!, site.Services.Time.GetUtcNow().ToUnixTimeSeconds());
        lock (_lock)
        {
            _byId.Add(character.Id, character);
            if (_byId.Count > Capacity)
            {
                _byId.RemoveAt(0);
            }
        }

        await Answer.JsonAsync(context, StatusCodes.Status200OK, character, SoraJson.Default.SoraCharacter);
    }

    public Task GetAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"]!.ToString()!;
        SoraCharacter? character;
        lock (_lock)
        {
            _byId.TryGetValue(id, out character);
        }

        return character is null
            ? new SoraFault(StatusCodes.Status404NotFound, $"Character with id '{id}' not found.").WriteAsync(context)
            : Answer.JsonAsync(context, StatusCodes.Status200OK, character, SoraJson.Default.SoraCharacter);
    }

    private static SoraFault? Check(SoraBody body) =>
        SoraChecks.OnlyKnown(body, "name", "video")
        ?? (body.Has("name") ? SoraChecks.IsText(body, "name") : SoraFault.Missing("name"))
        ?? (body.Text("name")!.Length is 0 or > LongestName
            ? SoraFault.Invalid($"Invalid 'name': expected 1 to {LongestName} characters.", "name", "invalid_value")
            : body.Files.ContainsKey("video") ? null : SoraFault.Missing("video"));
}
