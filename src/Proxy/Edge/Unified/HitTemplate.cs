using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>
/// A finished answer in which only the id and the time are put in. It is written once by the ordinary writer, with marks in those places,
/// so the two cannot drift apart.
/// </summary>
internal sealed class HitTemplate
{
    /// <summary>The id in the place of which the real one goes.</summary>
    public const string MarkId = "hit_0123456789abcdef0123456789abcdef0123456789abcdef01234567";

    /// <summary>The time in the place of which the real one goes: one that is written with all its digits.</summary>
    public static readonly DateTimeOffset MarkTime = new(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);

    private static readonly byte[] s_markId = Encoding.ASCII.GetBytes(MarkId);
    private static readonly byte[] s_markTime = Encoding.ASCII.GetBytes(Mark.ToString("O", CultureInfo.InvariantCulture));
    private readonly byte[] _bytes;
    private readonly int _id;
    private readonly int _time;
    private volatile Seconds? _seconds;

    private HitTemplate(CacheEntry entry, string baseUrl, byte[] bytes, int id, int time) =>
        (Entry, BaseUrl, _bytes, _id, _time) = (entry, baseUrl, bytes, id, time);

    /// <summary>The mark with a fraction of a second.</summary>
    public static DateTimeOffset Mark => MarkTime.AddTicks(1_234_567);

    /// <summary>The entry that it answers from.</summary>
    public CacheEntry Entry { get; }

    /// <summary>The address in its URLs.</summary>
    public string BaseUrl { get; }

    /// <summary>How long an answer is, bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The provider's header values.</summary>
    public string Attempts { get; private init; } = "";

    /// <summary>Reads where the marks are.</summary>
    /// <returns>Null when they are not there exactly once, so that the ordinary writer has to do it.</returns>
    public static HitTemplate? Of(CacheEntry entry, string baseUrl, byte[] answer)
    {
        var id = Only(answer, s_markId);
        var time = Only(answer, s_markTime);
        return id < 0 || time < 0
            ? null
            : new HitTemplate(entry, baseUrl, answer, id, time) { Attempts = entry.Attempts.Count.ToString(CultureInfo.InvariantCulture) };
    }

    /// <summary>Writes an answer.</summary>
    public void Write(Span<byte> output, DateTimeOffset now)
    {
        _bytes.CopyTo(output);
        HitId.Write(output.Slice(_id, HitId.Length), now, Entry.Local.Origin!);
        _ = Utf8Formatter.TryFormat(now, output.Slice(_time, s_markTime.Length), out _, 'O');
    }

    /// <summary>The header values that change with the seconds only.</summary>
    public (string Status, string Age) HeadersAt(DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        if (_seconds is not { } known || known.Second != second)
        {
            _seconds = known = new Seconds(second, CacheStatus.Hit(Entry.ExpiresAt, now), CacheStatus.Age(Entry.StoredAt, now));
        }

        return (known.Status, known.Age);
    }

    private static int Only(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark)
    {
        var first = text.IndexOf(mark);
        return first >= 0 && text[(first + 1)..].IndexOf(mark) < 0 ? first : -1;
    }

    private sealed record Seconds(long Second, string Status, string Age);
}
