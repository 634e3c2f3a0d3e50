using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// A record, beside the database, of which commits have been acknowledged and what they changed: a line for each, with its checksum. It holds no data. A
/// database that has fewer commits than its record has lost some, whatever became of its log, and the lines have their names. A line is written after its
/// commit and not flushed: <c>kill -9</c> keeps it, and the loss of power can only make the record know less.
/// </summary>
internal sealed class CommitRecord(string path) : IDisposable
{
    private const int LargestLength = 2 * 1024 * 1024;
    private const int KeptLength = 1024 * 1024;
    private const int SumLength = 8;
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private FileStream? _file;
    private long _length;
    private byte[] _line = new byte[4096];
    private int _lineLength;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>True when there is one with something in it that can be read.</summary>
    public bool Exists => Last > 0 || Database is not null;

    /// <summary>The id of the database that it belongs to; null when the record is missing or cannot be read.</summary>
    public string? Database { get; private set; }

    /// <summary>The last commit that was acknowledged.</summary>
    public long Last { get; private set; }

    /// <summary>The hash of the database as an orderly stop has left it; null when its last process was killed, or has not stopped.</summary>
    public string? Seal { get; private set; }

    /// <summary>How many of its lines cannot be read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Reads what the file holds. Lines that are damaged are passed over.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public IReadOnlyList<(long Commit, string[] Subjects)> Read()
    {
        var lines = new List<(long, string[])>();
        (Database, Last, Unreadable, Seal) = (null, 0, 0, null);
        if (!File.Exists(path))
        {
            return lines;
        }

        foreach (var line in Encoding.Latin1.GetString(File.ReadAllBytes(path)).Split('\n'))
        {
            if (line.Length == 0)
            {
                continue;
            }

            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || line[..space] != SumOf(line[(space + 1)..]) || line[(space + 1)..].Split(' ') is not [var first, .. var rest])
            {
                Unreadable++;
                Seal = null;
            }
            else if (long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var commit))
            {
                lines.Add((commit, rest));
                Last = Math.Max(Last, commit);
                Seal = null;
            }
            else if (first == "database" && rest is [var id])
            {
                Database = id;
            }
            else if (first == "sealed" && rest is [var hash])
            {
                Seal = hash;
            }
        }

        return lines;
    }

    /// <summary>Begins the file anew, or goes on with it.</summary>
    /// <param name="database">The id of the database.</param>
    /// <param name="anew">True for a file that holds nothing of what was.</param>
    public void Open(string database, bool anew)
    {
        _file = new FileStream(path, anew ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1);
        _file.Seek(0, SeekOrigin.End);
        Database = database;
        _length = _file.Length;
        if (_length == 0)
        {
            Write($"database {database}");
        }
        else
        {
            // What a kill has cut off ends here.
            _file.WriteByte((byte)'\n');
            _length++;
        }
    }

    /// <summary>The hash of a file.</summary>
    public static string HashOf(string file)
    {
        using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        var hash = new XxHash128();
        var buffer = new byte[1024 * 1024];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            hash.Append(buffer.AsSpan(0, read));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Writes down what an orderly stop leaves, so that the next start need not look at each row.</summary>
    /// <param name="database">The file, with nothing left in its log.</param>
    public void SealWith(string database)
    {
        try
        {
            if (_file is not null)
            {
                Write("sealed " + HashOf(database));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the next start looks at each row.
        }
    }

    /// <summary>Writes a line. A record that cannot be written knows less; no commit fails for it.</summary>
    /// <param name="commit">The commit's number.</param>
    /// <param name="subjects">What was changed; null for what has no name.</param>
    public void Append(long commit, IEnumerable<string?> subjects)
    {
        try
        {
            if (_file is not null && _length > LargestLength)
            {
                Shorten();
            }

            if (_file is null)
            {
                return;
            }

            Span<char> number = stackalloc char[20];
            _ = commit.TryFormat(number, out var digits, provider: CultureInfo.InvariantCulture);
            Begin();
            Add(number[..digits]);
            foreach (var subject in subjects)
            {
                if (subject is not null && _named.Add(subject))
                {
                    Add(" ");
                    AddWord(subject);
                }
            }

            _named.Clear();
            End();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk is full or fails; the database reports that by itself.
        }
    }

    /// <summary>How a state of a generation is named in a line.</summary>
    public static string Subject(string id, int revision) => string.Create(CultureInfo.InvariantCulture, $"{id}={revision}");

    /// <summary>The id in a subject, and the revision when it has one.</summary>
    public static (string Id, int? Revision) Parse(string subject) =>
        subject.LastIndexOf('=') is > 0 and var at && int.TryParse(subject[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? (subject[..at], revision)
            : (subject, null);

    public void Dispose() => _file?.Dispose();

    private static string SumOf(string text) => Crc32.HashToUInt32(Encoding.Latin1.GetBytes(text)).ToString("x8", CultureInfo.InvariantCulture);

    private void Write(string text)
    {
        Begin();
        Add(text);
        End();
    }

    /// <summary>Begins a line, with room for its checksum. One is written with each commit, so that it is put together where the last one was.</summary>
    private void Begin() => _lineLength = SumLength + 1;

    private void Add(ReadOnlySpan<char> text) => _lineLength += Encoding.Latin1.GetBytes(text, Room(text.Length));

    private void AddWord(string word)
    {
        var room = Room(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            room[i] = word[i] is > ' ' and < (char)0x7f ? (byte)word[i] : (byte)'?';
        }

        _lineLength += word.Length;
    }

    private void End()
    {
        Room(1)[0] = (byte)'\n';
        var text = _line.AsSpan(SumLength + 1, _lineLength - SumLength - 1);
        _ = Crc32.HashToUInt32(text).TryFormat(_line, out _, "x8", CultureInfo.InvariantCulture);
        _line[SumLength] = (byte)' ';
        _file!.Write(_line.AsSpan(0, _lineLength + 1));
        _length += _lineLength + 1;
    }

    /// <summary>The rest of the line, with room for so many bytes and an end.</summary>
    private Span<byte> Room(int bytes)
    {
        if (_line.Length < _lineLength + bytes + 1)
        {
            Array.Resize(ref _line, Math.Max(_line.Length * 2, _lineLength + bytes + 1));
        }

        return _line.AsSpan(_lineLength);
    }

    /// <summary>Keeps the newer half.</summary>
    private void Shorten()
    {
        var kept = new byte[KeptLength];
        _file!.Seek(-KeptLength, SeekOrigin.End);
        _file.ReadExactly(kept);
        _file.Dispose();
        _file = null;
        var temporary = path + ".new";
        using (var shorter = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            var text = $"database {Database}";
            shorter.Write(Encoding.Latin1.GetBytes($"{SumOf(text)} {text}\n"));
            shorter.Write(kept.AsSpan(kept.AsSpan().IndexOf((byte)'\n') + 1));
        }

        File.Move(temporary, path, overwrite: true);
        _file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1);
        _length = _file.Seek(0, SeekOrigin.End);
    }
}
