using System.Globalization;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.ElevenLabs;

/// <summary>The bodies of speech, sounds and music.</summary>
internal static class ElevenLabsAudio
{
    public static string[] Formats { get; } =
    [
        "mp3_22050_32", "mp3_24000_48", "mp3_44100_32", "mp3_44100_64", "mp3_44100_96", "mp3_44100_128", "mp3_44100_192", "opus_48000_32", "opus_48000_64",
        "opus_48000_96", "opus_48000_128",
        "opus_48000_192", "pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_32000", "pcm_44100", "pcm_48000", "wav_8000", "wav_16000", "wav_22050",
        "wav_24000", "wav_32000", "wav_44100",
        "wav_48000", "ulaw_8000", "alaw_8000",
    ];

    public static IReadOnlyList<string> Models { get; } =
        ["eleven_multilingual_v2", "eleven_flash_v2_5", "eleven_flash_v2", "eleven_turbo_v2_5", "eleven_turbo_v2", "eleven_v3", "eleven_v4", "eleven_v4_turbo"];

    public static Order Speech(Reading body, HttpContext context)
    {
        body.Only(
            "text", "model_id", "language_code", "seed", "voice_settings", "previous_text", "next_text", "previous_request_ids", "next_request_ids",
            "apply_text_normalization",
            "apply_language_text_normalization", "pronunciation_dictionary_locators", "use_pvc_as_ivc", "audio_effects");
        var voice = JobEndpoints.RouteValue("voice")(context)!;
        if (voice.Length != 20 || !voice.All(char.IsAsciiLetterOrDigit))
        {
            body.Fail("voice_id", voice);
        }

        var model = body.Has("model_id") ? body.Model("model_id", [.. Models]) : Models[0];
        var text = body.Text("text", model.Contains("flash", StringComparison.Ordinal) || model.Contains("turbo_v2", StringComparison.Ordinal) ? 40_000
            : model == "eleven_v3" ? 5_000 : 10_000);
        body.MaybeText("language_code");
        body.MaybeWhole("seed", 0, uint.MaxValue);
        body.MaybeOneOf("apply_text_normalization", "auto", "on", "off");
        var settings = body.Object("voice_settings");
        settings.Only("stability", "similarity_boost", "style", "use_speaker_boost", "speed");
        foreach (var name in (string[])["stability", "similarity_boost", "style"])
        {
            settings.MaybeNumber(name, 0, 1);
        }

        settings.MaybeFlag("use_speaker_boost");
        var speed = settings.MaybeNumber("speed", 0.7, 1.2) ?? 1;
        var format = Format(body, context);
        var cost = text.Length / (model.Contains("flash", StringComparison.Ordinal) || model.Contains("turbo", StringComparison.Ordinal) ? 2.0 : 1);
        return new(model, text, [Piece(format, (text.Length / 15.0 / speed) + 0.5)]) { Facts = new() { ["voice"] = voice, ["format"] = format,
            ["cost"] = (int)Math.Ceiling(cost) } };
    }

    public static Order Dialogue(Reading body, HttpContext context)
    {
        body.Only("inputs", "model_id", "language_code", "settings", "seed", "pronunciation_dictionary_locators", "apply_text_normalization");
        var model = body.Has("model_id") ? body.Model("model_id", "eleven_v3", "eleven_v4", "eleven_v4_turbo") : "eleven_v3";
        var inputs = body.List("inputs");
        if (inputs.Count == 0)
        {
            body.Fail("inputs", "is required", WrongKind.Missing);
        }

        var text = string.Join('\n', inputs.Select(i => i.Text("text", 10_000)));
        foreach (var input in inputs)
        {
            input.Text("voice_id");
        }

        var format = Format(body, context);
        return new(model, text, [Piece(format, (text.Length / 15.0) + 0.5)]) { Facts = new() { ["format"] = format, ["cost"] = text.Length } };
    }

    public static Order Sound(Reading body, HttpContext context)
    {
        body.Only("text", "duration_seconds", "prompt_influence", "loop", "model_id");
        var text = body.Text("text", 3_000);
        var seconds = body.MaybeNumber("duration_seconds", 0.5, 30) ?? 4;
        body.MaybeNumber("prompt_influence", 0, 1);
        body.MaybeFlag("loop");
        var model = body.Has("model_id") ? body.Model("model_id", "eleven_text_to_sound_v2") : "eleven_text_to_sound_v2";
        var format = Format(body, context, wav: false);
        return new(model, text, [Piece(format, seconds)]) { Facts = new() { ["format"] = format, ["cost"] = body.Has("duration_seconds")
            ? (int)Math.Ceiling(seconds * 40) : 200 } };
    }

    public static Order Music(Reading body, HttpContext context)
    {
        body.Only(
            "prompt", "composition_plan", "music_length_ms", "model_id", "force_instrumental", "seed", "finetune_id", "store_for_inpainting", "sign_with_c2pa",
            "respect_sections_durations", "music_prompt");
        var prompt = body.Has("composition_plan") ? body.MaybeText("prompt") ?? "" : body.Text("prompt", 4_100);
        if (body.Has("composition_plan") && body.Has("prompt"))
        {
            body.Fail("composition_plan", "must not be given with prompt");
        }

        if (body.MaybeWhole("seed", 0, uint.MaxValue) is not null && body.Has("prompt"))
        {
            body.Fail("seed", "must not be given with prompt");
        }

        var seconds = (body.MaybeWhole("music_length_ms", 3_000, 600_000) ?? 10_000) / 1000.0;
        body.MaybeFlag("force_instrumental");
        var model = body.Has("model_id") ? body.Model("model_id", "music_v1", "music_v2", "music_v2_5") : "music_v1";
        var format = Format(body, context, wav: false);
        return new(model, prompt, [Piece(format, seconds)]) { Facts = new() { ["format"] = format, ["cost"] = (int)Math.Ceiling(seconds * 15) } };
    }

    public static Piece Piece(string format, double seconds)
    {
        var parts = format.Split('_');
        return Media.Piece.Audio(parts[0], seconds) with { SampleRate = int.Parse(parts[1], CultureInfo.InvariantCulture) };
    }

    /// <summary>From the query; <c>auto</c> only where the model decides. Only speech comes as WAV.</summary>
    private static string Format(Reading body, HttpContext context, bool wav = true)
    {
        var format = context.Request.Query["output_format"].ToString();
        if (format.Length > 0 && format != "auto" && (!Formats.Contains(format) || (!wav && format.StartsWith("wav", StringComparison.Ordinal))))
        {
            body.Fail("output_format", "is not known");
        }

        return Formats.Contains(format) ? format : "mp3_44100_128";
    }
}
