using System.Text;
using CsCheck;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas;

/// <summary>The normal form of prompts.</summary>
public class PromptTextTests
{
    [Theory]
    [InlineData("A red fox", "A red fox")]
    [InlineData("Cafe\u0301", "Caf\u00e9")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")]
    [InlineData("q\u0323\u0307 and q\u0307\u0323", "q\u0323\u0307 and q\u0323\u0307")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("か\u3099", "が")]
    [InlineData("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour")]
    [InlineData("a\0b\u0007c\u001bd\u007fe", "abcde")]
    [InlineData("red fox\vblue sky\fone\u0085two\u2028three\u2029four", "red fox\nblue sky\none\ntwo\nthree\nfour")]
    [InlineData("🙂\u200d↔\ufe0f", "🙂\u200d↔\ufe0f")]
    [InlineData("n\u200bu\u200cd\u200de\u2060\ufeff\u00ad", "nude")]
    [InlineData("\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u061c", "gnp.exe x ")]
    [InlineData("a\u034fb\u3164c\uffa0d\u2063e", "abcde")]
    [InlineData("👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈 👍🏽\u200d✈", "👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈 👍🏽\u200d✈")]
    [InlineData("#\ufe0f\u20e3 ©\ufe0f", "#\ufe0f\u20e3 ©\ufe0f")]
    [InlineData("a\ufe0f\ufe01b🙂\ufe0f\ufe0e", "ab🙂\ufe0f")]
    [InlineData("می\u200cخواهم", "می\u200cخواهم")]
    [InlineData("क्\u200dष क्\u200cष", "क्\u200dष क्\u200cष")]
    [InlineData("می\u200c\u200c\u200dخ", "می\u200cخ")]
    [InlineData("葛\U000E0100", "葛\U000E0100")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F!", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F!")]
    [InlineData("hi\U000E0068\U000E0069", "hi")]
    [InlineData("ﷺ ½ ﬁ", "ﷺ ½ ﬁ")]
    [InlineData("\u0915\u0323\u094d\u200c\u0915", "\u0915\u094d\u0323\u200c\u0915")]
    [InlineData("a\u0323\u094d\u200cb", "ạ\u094db")]
    [InlineData("\u1112\u1161\u115f", "하\u115f")]
    [InlineData("👩\u200d\ufe0f", "👩\ufe0f")]
    [InlineData("❤\ufe0f\ufe0e\u0301\ufe0f", "❤\ufe0f\u0301")]
    public void Normal_Text(string text, string expected) => Assert.Equal(expected, PromptText.Normal(text));

    [Theory]
    [InlineData("A red fox,\n\tin the snow")]
    [InlineData("Käse, œuvre, “шум”, 狐と山, 여우")]
    public void Normal_IsPlain_IsTheSameInstance(string text) => Assert.Same(text, PromptText.Normal(text));

    [Fact]
    public void Normal_HalfAPair_IsReplaced() => Assert.Equal("a\ufffdb", PromptText.Normal("a" + (char)0xd83d + "b"));

    [Fact]
    public void Normal_OfWhatIsNormal_IsTheSameInstance()
    {
        foreach (var text in new[] { "A red fox", "Ein Fuchs, größer", "Лиса\nбежит", "赤い狐がいる", "붉은 여우", "👩\u200d🚀" })
        {
            Assert.Same(text, PromptText.Normal(text));
        }
    }

    [Fact]
    public void Normal_Anything_NeverThrowsAndIsStable() =>
        Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Array[0, 24].Sample(values =>
        {
            var once = PromptText.Normal(string.Concat(values.Select(v => new Rune(v).ToString())));
            return PromptText.Normal(once) == once;
        });

    [Fact]
    public void Normal_WhatMattersMost_IsStable() =>
        Gen.OneOf(new[] { 0x200d, 0x200c, 0xfe0f, 0x1F3F4, 0xE0067, 0xE007F, 0x1F469, 0x0915, 0x094d, 0x0627, 0x0653, 'a', 0x0301, 0x0323, 0x1112, 0x1161, 0x115f, 0x1160, 0x1F680, 0x2764, '#', 0x20E3, 0x1820, 0x180b, 0x302E, '\r', '\n' }.Select(v => Gen.Const((int)v)).ToArray()).Array[0, 12].Sample(values =>
        {
            var once = PromptText.Normal(string.Concat(values.Select(v => new Rune(v).ToString())));
            return PromptText.Normal(once) == once;
        });
}
