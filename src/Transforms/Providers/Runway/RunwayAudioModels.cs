using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>Speech and sound effects (npm <c>@runwayml/sdk</c> 4.20.1).</summary>
internal static class RunwayAudioModels
{
    /// <summary>The preset voices.</summary>
    public static IReadOnlyList<string> Voices { get; } =
    [
        "Maya", "Arjun", "Serene", "Bernard", "Billy", "Mark", "Clint", "Mabel", "Chad", "Leslie", "Eleanor", "Elias", "Elliot", "Grungle", "Brodie",
        "Sandra", "Kirk", "Kylie", "Lara", "Lisa", "Malachi", "Marlene", "Martin", "Miriam", "Monster", "Paula", "Pip", "Rusty", "Ragnar", "Xylar",
        "Maggie", "Jack", "Katie", "Noah", "James", "Rina", "Ella", "Mariah", "Frank", "Claudia", "Niki", "Vincent", "Kendrick", "Myrna", "Tom",
        "Wanda", "Benjamin", "Kiana", "Rachel",
    ];

    public static IEnumerable<RunwayModel> All()
    {
        var share = NativeRule.Number(0, 1);
        var speech = new RunwayCall("text_to_speech") { Voice = RunwayVoice.Preset };
        yield return RunwayCatalogue.Audio("eleven_multilingual_v2", speech with { MaxPrompt = 1000 });
        yield return RunwayCatalogue.Audio(
            "eleven_v3",
            speech with
            {
                Seed = true,
                Own = RunwayRules.Of(
                    ("applyTextNormalization", NativeRule.OneOf("auto", "on", "off")), ("languageCode", NativeRule.Text), ("speed", NativeRule.Number(0.7, 1.2)),
                    ("similarityBoost", share), ("stability", share), ("style", share), ("useSpeakerBoost", NativeRule.Flag)),
            });

        var seed = new RunwayCall("text_to_speech")
        {
            Voice = RunwayVoice.Recording, Formats = ["wav", "mp3", "ogg_opus"],
            Own = RunwayRules.Of(
                ("sampleRate", NativeRule.Where("must be a sample rate.", v => v.Whole() is 8000 or 16000 or 24000 or 32000 or 44100 or 48000)),
                ("loudnessRate", s_number), ("pitchRate", s_number), ("speechRate", s_number)),
        };
        yield return RunwayCatalogue.Audio(
            "seed_audio",
            seed,
            seed with
            {
                Endpoint = "sound_effect", Voice = RunwayVoice.None,
                Own = seed.Own.Append(new("referenceAudios", NativeRule.List(0, 3))).ToDictionary(),
            });
        yield return RunwayCatalogue.Audio(
            "eleven_text_to_sound_v2",
            new RunwayCall("sound_effect") { Lengths = new(0.5, 30) { Whole = false }, Own = RunwayRules.Of(("loop", NativeRule.Flag)) });
    }

    private static readonly NativeRule s_number = NativeRule.Number(-100, 100);
}
