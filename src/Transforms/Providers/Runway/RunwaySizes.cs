using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>The literal values of <c>ratio</c> (npm <c>@runwayml/sdk</c> 4.20.1), by size class. Of several that fit a request the first is
/// taken, so cheap classes come first and within a class the commonest shape.</summary>
internal static class RunwaySizes
{
    public static PixelSize[] Two { get; } = PixelSize.List("720p", "1280:720 720:1280");

    public static PixelSize[] Four { get; } = [.. Two, .. PixelSize.List("1080p", "1920:1080 1080:1920")];

    public static PixelSize[] Gen4 { get; } = PixelSize.List("720p", "1280:720 720:1280 1104:832 960:960 832:1104 1584:672");

    public static PixelSize[] Gen3 { get; } = PixelSize.List("768p", "1280:768 768:1280");

    public static PixelSize[] Happyhorse { get; } =
    [
        .. PixelSize.List("720p", "1280:720 720:1280 960:960 1108:832 832:1108"),
        .. PixelSize.List("1080p", "1920:1080 1080:1920 1440:1440 1662:1248 1248:1662"),
    ];

    public static PixelSize[] SeedanceFast { get; } =
    [
        .. PixelSize.List("720p", "1280:720 720:1280 1470:630 1112:834 960:960 834:1112"),
        .. PixelSize.List("480p", "864:496 496:864 992:432 752:560 640:640 560:752"),
    ];

    private static readonly PixelSize[] s_seedance1080 = PixelSize.List("1080p", "1920:1080 1080:1920 2206:946 1664:1248 1440:1440 1248:1664");

    public static PixelSize[] Seedance { get; } =
    [
        .. SeedanceFast, .. s_seedance1080, .. PixelSize.List("4k", "3840:2160 2160:3840 3840:1646 3840:2880 3840:3840 2880:3840"),
    ];

    public static PixelSize[] Seedance25 { get; } =
    [
        .. PixelSize.List("720p", "1280:720 720:1280 1470:630 1112:834 960:960 834:1112"),
        .. PixelSize.List("480p", "854:480 480:854 992:432 752:560 640:640 560:752"),
        .. s_seedance1080,
    ];

    public static PixelSize[] Wan { get; } =
    [
        .. PixelSize.List("720p", "1280:720 720:1280 1104:832 960:960 832:1104"),
        .. PixelSize.List("480p", "832:480 480:832 720:544 624:624 544:720"),
        .. PixelSize.List("1080p", "1920:1080 1080:1920 1648:1248 1440:1440 1248:1648"),
    ];

    public static PixelSize[] Omni { get; } =
    [
        .. Two, .. PixelSize.List("360p", "640:360 360:640"), .. PixelSize.List("1080p", "1920:1080 1080:1920"),
        .. PixelSize.List("4k", "3840:2160 2160:3840"),
    ];

    /// <summary>5 credits for the first class, 8 for the others.</summary>
    public static PixelSize[] Gen4Image { get; } =
    [
        .. PixelSize.List("720p", "1280:720 720:1280 720:720 960:720 720:960 1680:720"),
        .. PixelSize.List("1k", "1024:1024 1168:880 1360:768 1808:768"),
        .. PixelSize.List("1080p", "1920:1080 1080:1920 1080:1080 1440:1080 1080:1440 2112:912"),
    ];

    public static PixelSize[] Gemini1K { get; } = PixelSize.List(
        "1k", "1024:1024 1344:768 768:1344 1184:864 864:1184 1536:672 832:1248 1248:832 896:1152 1152:896");

    private const string Gemini2K = "2048:2048 1696:2528 2528:1696 1792:2400 2400:1792 1856:2304 2304:1856 1536:2752 2752:1536 3168:1344";

    private const string Gemini4K = "4096:4096 3392:5056 5056:3392 3584:4800 4800:3584 3712:4608 4608:3712 3072:5504 5504:3072 6336:2688";

    public static PixelSize[] GeminiPro { get; } = [.. Gemini1K, .. PixelSize.List("2k", Gemini2K), .. PixelSize.List("4k", Gemini4K)];

    public static PixelSize[] GeminiFlash { get; } =
    [
        .. Gemini1K,
        .. PixelSize.List("1k", "512:2048 2048:512 352:2816 2816:352"),
        .. PixelSize.List(
            "512p",
            "512:512 416:624 624:416 432:592 592:432 448:576 576:448 384:672 672:384 768:336 256:1024 1024:256 176:1408 1408:176"),
        .. PixelSize.List("2k", Gemini2K + " 1024:4096 4096:1024 704:5632 5632:704"),
        .. PixelSize.List("4k", Gemini4K + " 2048:8192 8192:2048 1408:11264 11264:1408"),
    ];

    public static PixelSize[] Gpt { get; } =
    [
        .. PixelSize.List("1080p", "1920:1920 1920:1088 1088:1920 2048:880 1920:1280 1920:1440 1920:1536 1536:1920 1440:1920 1280:1920"),
        .. PixelSize.List("2k", "2560:2560 2560:1440 1440:2560 2912:1248 2560:1712 2560:1920 2560:2048 2048:2560 1920:2560 1712:2560"),
        .. PixelSize.List("4k", "2880:2880 3840:2160 2160:3840 3840:1648 3504:2336 3264:2448 3200:2560 2560:3200 2448:3264 2336:3504"),
    ];

    public static PixelSize[] Muse { get; } =
        PixelSize.List("", "1600:1600 2016:1152 1152:2016 2352:1008 1920:1280 1792:1344 1344:1792 1280:1920");

    public static PixelSize[] SeedreamPro { get; } =
    [
        .. PixelSize.List("1k", "1024:1024 1376:768 768:1376 1184:896 896:1184 1296:864 864:1296"),
        .. PixelSize.List("2k", "2048:2048 2720:1530 1530:2720 2304:1728 1728:2304 2496:1664 1664:2496"),
    ];

    public static PixelSize[] SeedreamLite { get; } =
    [
        .. PixelSize.List("2k", "2048:2048 2848:1600 1600:2848 2304:1728 1728:2304 2496:1664 1664:2496 3136:1344"),
        .. PixelSize.List("3k", "3072:3072 4096:2304 2304:4096 3456:2592 2592:3456 3744:2496 2496:3744 4704:2016"),
    ];

    /// <summary>A size of the second class costs 2 credits more.</summary>
    public static PixelSize[] GrokImage { get; } =
    [
        .. PixelSize.List("1k", "1024:1024 1280:720 720:1280 1152:864 864:1152 1248:832 832:1248 1248:576 576:1248 1280:576 576:1280 1408:704 704:1408"),
        .. PixelSize.List("2k", "2048:2048 2816:1584 1584:2816 2368:1776 1776:2368 2496:1664 1664:2496 2912:1344 1344:2912 3200:1440 1440:3200 2912:1456 1456:2912"),
    ];
}
