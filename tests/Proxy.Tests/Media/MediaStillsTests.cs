using Framegate.Proxy.Common;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Tests.Media;

/// <summary>Stills that cannot be drawn: whoever asks hears why. Those that can are asked for in <c>DialectTests</c>.</summary>
public sealed class MediaStillsTests : IDisposable
{
    private const string Id = "med_1_ab";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("no-such-program", "Media:Ffmpeg names the program")]
    [InlineData("", "Media:Ffmpeg names no program")]
    [InlineData("false", "could not read the file (exit code 1)")]
    public async Task Draw_ProgramDoesNot_SaysWhyAndLeavesNothing(string program, string reason)
    {
        var clip = Path.Combine(_folder.Path, Id);
        await File.WriteAllTextAsync(clip, "no clip");
        using var stills = new MediaStills(new DataFolder(_folder.Path), new ChangingOptions<MediaOptions>(new MediaOptions { Ffmpeg = program }), TimeProvider.System);

        var (path, whyNot) = await stills.DrawAsync(clip, Id, StillKind.Thumbnail, 4, CancellationToken.None);

        Assert.Null(path);
        Assert.Contains(reason, whyNot, StringComparison.Ordinal);
        Assert.Equal([clip], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Delete_WhatWasDrawn_GoesWithTheClip()
    {
        // A program that writes its last argument, as ffmpeg does.
        var program = Path.Combine(_folder.Path, "draw");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nfor last; do :; done\n[ -z \"$FRAMEGATE_LEAK\" ] && echo drawn > \"$last\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Environment.SetEnvironmentVariable("FRAMEGATE_LEAK", "a provider's key");
        using var stills = new MediaStills(new DataFolder(_folder.Path), new ChangingOptions<MediaOptions>(new MediaOptions { Ffmpeg = program }), TimeProvider.System);

        var (path, _) = await stills.DrawAsync("clip", Id, StillKind.Spritesheet, 4, CancellationToken.None);
        Assert.True(File.Exists(path));
        MediaStills.Delete(Path.Combine(_folder.Path, "media"), Id);

        Assert.False(File.Exists(path));
    }
}
