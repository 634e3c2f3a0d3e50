using System.Text;
using Framegate.Transforms.Secrets;

namespace Framegate.Transforms.Tests.Secrets;

public class SecretMaskTests
{
    private const string Least = "s3cr3t-8";

    private static readonly string[] Keys =
    [
        "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
        "5e1f8c1a-93bd-4f0e-8a39-2f1b6f0c7d11:0123456789abcdef0123456789abcdef",
        "3d6f0a52-7d1c-4d0c-9a53-0c7e5b1a2f99",
        "sk-proj-Zx81/kd+0aa==Tq",
        "key_5f3b2a1c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c",
        "ya29." + "a0AfH6SMBx" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_0123456789abcdefghijklmnopqrstuvwxyz",
        "pass\"word\\with/all<&>+ of it",
        "schlüssel-ümlaut",
        Least,
    ];

    private readonly SecretMask _mask = new(Keys);

    public static TheoryData<string, int> Quotations()
    {
        var data = new HashSet<(string Quoted, int Before)>();
        foreach (var key in Keys)
        {
            data.Add((key, 0));
            data.Add((Uri.EscapeDataString(key), 0));
            data.Add((System.Net.WebUtility.UrlEncode(key).Replace("+", "%20"), 0));
            data.Add((System.Text.Json.JsonEncodedText.Encode(key).ToString(), 0));
            data.Add((string.Concat(key.Select(c => c < 0x7f && c != '"' && c != '\\' ? $"\\u{(int)c:x4}" : c == '/' ? "\\/" : c is '"' or '\\' ? "\\" + c : c.ToString())), 0));
            data.Add((key.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("/", "\\/"), 0));
            data.Add((Convert.ToBase64String(Encoding.UTF8.GetBytes(key)), 0));
            data.Add((Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + key)), 7));
            data.Add((Convert.ToBase64String(Encoding.UTF8.GetBytes("{\"key\":\"" + key + "\"}")), 11));
            data.Add((Convert.ToHexStringLower(Encoding.UTF8.GetBytes(key)), 0));
            data.Add((string.Concat(Encoding.UTF8.GetBytes(key).Select(b => $"%{b:X2}")), 0));
            data.Add((string.Concat(Encoding.UTF8.GetBytes(key).Select(b => $"%{b:x2}")), 0));
            data.Add((string.Concat(key.Select(c => $"&#{(int)c};")), 0));
            data.Add((string.Concat(key.Select(c => $"&#x{(int)c:x};")), 0));
            data.Add((string.Concat(key.Select(c => $"&#x{(int)c:X};")), 0));
        }

        // Python's quote leaves the slash, Go's pages escape the plus, and others what they please.
        foreach (var (sign, escaped) in new[] { ("+", "%2B"), ("+", "%2b"), ("+", "&#43;"), ("+", "&#x2B;"), ("/", "%2F"), ("/", "&#47;"), ("/", "&#x2f;"), ("=", "%3d"), ("=", "&#61;") })
        {
            data.Add((Keys[3].Replace(sign, escaped), 0));
        }

        data.Add((Uri.EscapeDataString(Keys[3]).Replace("%2F", "/"), 0));
        data.Add((Uri.EscapeDataString(Keys[1]).Replace("%3A", ":"), 0));

        var theory = new TheoryData<string, int>();
        foreach (var (quoted, before) in data)
        {
            theory.Add(quoted, before);
        }

        return theory;
    }

    [Theory]
    [MemberData(nameof(Quotations))]
    public void Apply_AnyQuotation_LeavesNoRunOfItAndTheSameLength(string quoted, int before)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"error\":\"Invalid key {quoted}, try another\"}}");
        var masked = (byte[])body.Clone();

        Assert.True(_mask.Apply(masked));
        Assert.Equal(body.Length, masked.Length);
        AssertGone(quoted[before..], Encoding.UTF8.GetString(masked));
        Assert.StartsWith($"{{\"error\":\"Invalid key {quoted[..before]}"[..^Math.Min(before, 2)], Encoding.UTF8.GetString(masked));
        Assert.EndsWith(", try another\"}", Encoding.UTF8.GetString(masked));
    }

    [Theory]
    [MemberData(nameof(Quotations))]
    public async Task MaskedStream_EveryCut_MasksAsAWhole(string quoted, int before)
    {
        Assert.True(before < quoted.Length);
        var body = Encoding.UTF8.GetBytes($"{{\"error\":\"Invalid key {quoted}, \\u00e4try \\\\ another\"}}");
        var whole = (byte[])body.Clone();
        _mask.Apply(whole);
        for (var cut = 1; cut < body.Length; cut += 1 + (body.Length / 60))
        {
            using var target = new MemoryStream();
            await using var masked = new MaskedStream(new Pieces(body, cut), _mask);
            await masked.CopyToAsync(target);
            Assert.Equal(Encoding.UTF8.GetString(whole), Encoding.UTF8.GetString(target.ToArray()));
        }
    }

    [Fact]
    public async Task MaskedStream_OtherText_PassesAtOnce()
    {
        var body = Encoding.UTF8.GetBytes("data: {\"progress\":0.5}\n\n");
        await using var masked = new MaskedStream(new Pieces(body, body.Length), _mask);

        Assert.Equal(body.Length, await masked.ReadAsync(new byte[100]));
    }

    [Fact]
    public void Apply_PlainText_StaysTheSameObject()
    {
        const string text = "Flux answered 422: the prompt is too long; the id of the job is 3d6f0a52-7d1c-4d0c-9a53-0c7e5b1a2f98.";

        Assert.Same(text, _mask.Apply(text));
    }

    [Fact]
    public void Apply_PartsOfAKeyInOtherCase_AreFound()
    {
        Assert.Equal("id **************************************", _mask.Apply("id 5E1F8C1A-93BD-4F0E-8A39-2F1B6F0C7D11 x")[..^2] + "**");
        Assert.DoesNotContain("89abcdef", _mask.Apply("secret 0123456789abcdef0123456789abcdef"), StringComparison.Ordinal);
        Assert.DoesNotContain("0c7e5b1a", _mask.Apply("3d6f0a527d1c4d0c9a530c7e5b1a2f99"), StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_ShorterThanTheLeastLength_IsAWord()
    {
        var mask = new SecretMask(["sandbox", "generations"]);

        Assert.Equal("the sandbox", mask.Apply("the sandbox"));
        Assert.Equal("the ***********", mask.Apply("the generations"));
    }

    [Fact]
    public void Apply_ManySecretsInRandomBytes_FindsExactlyThem()
    {
        var random = new Random(7);
        var keys = Enumerable.Range(0, 40).Select(i => "k" + i + "-" + Convert.ToHexString(RandomBytes(random, 12))).ToArray();
        var mask = new SecretMask(keys);
        var noise = Convert.ToBase64String(RandomBytes(random, 60_000));
        var text = noise[..10_000] + keys[3] + noise[10_000..30_000] + keys[39] + noise[30_000..] + keys[0];

        var masked = mask.Apply(text);

        Assert.Equal(noise, masked.Replace(new string('*', keys[39].Length), "").Replace(new string('*', keys[3].Length), ""));
    }

    private static void AssertGone(string quoted, string masked)
    {
        for (var i = 0; i + Least.Length <= quoted.Length; i++)
        {
            Assert.DoesNotContain(quoted.Substring(i, Least.Length), masked, StringComparison.Ordinal);
        }
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class Pieces(byte[] body, int size) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
