using System.Security.Cryptography;
using System.Text.Json;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>The configuration file, and the folder of providers beside it.</summary>
/// <param name="path">The file.</param>
/// <param name="providers">The folder of providers; null for the folder <c>providers</c> beside the file.</param>
internal sealed class ConfigurationFile(string path, string? providers = null)
{
    /// <summary>Bytes; a thousand clusters take about a quarter of a megabyte.</summary>
    private const int Largest = 32 * 1024 * 1024;

    // EMFILE and ENFILE: no descriptor is left.
    private const int OfProcess = 24;
    private const int OfSystem = 23;

    /// <summary>What may stand beside Framegate's and YARP's sections: the framework reads it.</summary>
    private static readonly string[] TopLevel = ["Framegate", ProxyParser.Section, "Logging", "AllowedHosts", "$schema"];

    private readonly bool _isNamed = providers is not null;
    private volatile ProviderReading _providers = ProviderReading.None;
    private volatile FileReading? _last;

    /// <summary>Its full path, as it was named; links are followed each time it is read.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The folder whose files are providers; it need not exist where nobody has named it.</summary>
    public string ProvidersFolder { get; } = System.IO.Path.GetFullPath(providers ?? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, "providers"));

    /// <summary>Reads it.</summary>
    public FileReading Read()
    {
        byte[] bytes;
        try
        {
            using var file = PlainFile.Open(Path);
            if (file.Length > Largest)
            {
                return Unreadable("too large", $"The file is larger than {Largest} bytes.");
            }

            bytes = new byte[file.Length];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            bytes = length == bytes.Length ? bytes : bytes[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unreadable("missing", "There is no such file.");
        }
        catch (IOException e) when (e.HResult is OfProcess or OfSystem)
        {
            return Unreadable(FileReading.NoDescriptor, $"The file cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable("unreadable", $"The file cannot be read: {e.Message}");
        }

        return Parse(bytes);
    }

    /// <summary>Reads the text of a configuration.</summary>
    /// <returns>What was read the last time when nothing has changed: it is looked at each second.</returns>
    public FileReading Parse(byte[] text)
    {
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(text));
        var last = _last?.Sha256 == fingerprint ? _last : null;
        var beside = last is null ? null : LookBeside();
        if (last is not null && ReferenceEquals(last.Providers, beside))
        {
            return last;
        }

        try
        {
            using var stream = new MemoryStream(text, writable: false);
            var values = new Parser().Read(stream);
            var found = beside ?? LookBeside();
            found.AddTo(values);
            return _last = new FileReading(fingerprint + found.Fingerprint, values, null) { Sha256 = fingerprint, Providers = found, Text = text };
        }
        catch (JsonException e)
        {
            return new FileReading(fingerprint, null, new ConfigurationError(Path, $"Line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: {Cause(e)}"));
        }
        catch (InvalidOperationException)
        {
            return new FileReading(fingerprint, null, new ConfigurationError(Path, "A text in it is not Unicode: it has half a surrogate pair."));
        }
        catch (FormatException e)
        {
            // A key that stands twice, or a text that is no object.
            return new FileReading(fingerprint, null, new ConfigurationError(Path, e.Message));
        }
    }

    private ProviderReading LookBeside() => _providers = ProviderReading.Of(ProvidersFolder, _providers, _isNamed);

    /// <summary>The sections of the file that nothing reads.</summary>
    public static IEnumerable<ConfigurationError> UnknownSections(IDictionary<string, string?> values) => values.Keys
        .Select(k => k.Split(ConfigurationPath.KeyDelimiter)[0])
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Where(k => !TopLevel.Contains(k, StringComparer.OrdinalIgnoreCase))
        .Select(k => new ConfigurationError(k, $"There is no such section; there are {string.Join(", ", TopLevel)}."));

    /// <summary>The message without the position, which counts from 0.</summary>
    private static string Cause(JsonException e) => e.Message.Split(" LineNumber:")[0];

    private FileReading Unreadable(string fingerprint, string reason) => new(fingerprint, null, new ConfigurationError(Path, reason));

    private sealed class Parser() : JsonStreamConfigurationProvider(new JsonStreamConfigurationSource())
    {
        public IDictionary<string, string?> Read(Stream stream)
        {
            Load(stream);
            return Data;
        }
    }
}
