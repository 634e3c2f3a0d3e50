using System.Buffers;
using System.Security.Cryptography;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>The providers that are data files, as they were found in their folder.</summary>
/// <param name="Fingerprint">Distinguishes one state of the folder from another; empty when it holds none.</param>
/// <param name="Providers">Those that can be used.</param>
/// <param name="Errors">Everything that is wrong with the others.</param>
internal sealed record ProviderReading(string Fingerprint, IReadOnlyList<DeclaredProvider> Providers, IReadOnlyList<ConfigurationError> Errors)
{
    private const int MostFiles = 500;

    /// <summary>The metadata of a cluster by which a changed file is noticed.</summary>
    private const string FileKey = "ProviderFile";

    /// <summary>What is not wrong with those that can be used and can hardly be meant.</summary>
    public IReadOnlyList<ConfigurationError> Warnings { get; private init; } = [];

    /// <summary>No folder.</summary>
    public static ProviderReading None { get; } = new("", [], []);

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="last">What was read of it before; it is returned when nothing has changed.</param>
    /// <param name="isNamed">Whether the command line names it; it must be there then.</param>
    public static ProviderReading Of(string folder, ProviderReading last, bool isNamed = false)
    {
        if (!Directory.Exists(folder))
        {
            return isNamed ? new ProviderReading("+none", [], [new ConfigurationError(folder, "There is no such folder; --providers names it.")]) : None;
        }

        // Read each second, and nearly always unchanged.
        var texts = new List<(string File, byte[] Buffer, int Length)>();
        try
        {
            return Of(folder, last, texts);
        }
        finally
        {
            texts.ForEach(t => ArrayPool<byte>.Shared.Return(t.Buffer));
        }
    }

    private static ProviderReading Of(string folder, ProviderReading last, List<(string File, byte[] Buffer, int Length)> texts)
    {
        var providers = new List<DeclaredProvider>();
        var errors = new List<ConfigurationError>();
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            var files = Directory.GetFiles(folder, "*.json").Where(f => !f.EndsWith(".schema.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            if (files.Count > MostFiles)
            {
                errors.Add(new ConfigurationError(folder, $"There are more than {MostFiles} files."));
            }

            foreach (var file in files.Take(MostFiles))
            {
                all.AppendData(System.Text.Encoding.UTF8.GetBytes(file));
                if (Read(file, errors) is var (buffer, length))
                {
                    all.AppendData(buffer, 0, length);
                    texts.Add((file, buffer, length));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigurationError(folder, $"The folder cannot be read: {e.Message}"));
        }

        if (texts.Count + errors.Count == 0)
        {
            return None;
        }

        errors.ForEach(e => all.AppendData(System.Text.Encoding.UTF8.GetBytes(e.ToString())));
        var fingerprint = "+" + Convert.ToHexStringLower(all.GetHashAndReset())[..16];
        if (fingerprint == last.Fingerprint)
        {
            return last;
        }

        var suspect = new List<ConfigurationError>();
        foreach (var (file, buffer, length) in texts)
        {
            var text = buffer.AsSpan(0, length);
            var provider = ProviderFileReader.Read(text, out var faults, out var warnings);
            suspect.AddRange(warnings.Select(d => new ConfigurationError($"{file}:{d.Path}", d.Reason)));
            errors.AddRange(faults.Select(f => new ConfigurationError($"{file}:{f.Path}", f.Reason)));
            if (provider is var (adapter, address))
            {
                providers.Add(new DeclaredProvider(file, adapter, address, Convert.ToHexStringLower(SHA256.HashData(text))[..16]));
            }
        }

        foreach (var twice in providers.GroupBy(p => p.Adapter.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).ToList())
        {
            errors.Add(new ConfigurationError($"{twice.Last().File}:/name", $"'{twice.Key}' is the name of {Path.GetFileName(twice.First().File)} already."));
            providers.RemoveAll(p => twice.Skip(1).Contains(p));
        }

        // A second file may not lead the key of the first to a host of its own. Nobody knows which of them is right.
        foreach (var shared in providers.SelectMany(p => p.Adapter.KeyVariables.SelectMany(v => v.Split('+')).Select(v => (Variable: v, Provider: p))).GroupBy(s => s.Variable).ToList())
        {
            var first = new Uri(shared.First().Provider.Address);
            foreach (var (variable, provider) in shared.Where(s => !KeyOwners.MayShare(first, new Uri(s.Provider.Address))))
            {
                errors.Add(new ConfigurationError(
                    $"{provider.File}:/auth/keys", $"{variable} is the key of {shared.First().Provider.Adapter.Name} at {first.IdnHost} already, and does not go to another's host."));
                providers.Remove(provider);
            }
        }

        return new ProviderReading(fingerprint, providers, errors) { Warnings = suspect };
    }

    /// <summary>The adapters whose names are not those of code.</summary>
    public IReadOnlyList<ProviderAdapter> Usable(AdapterRegistry adapters) => [.. Providers.Where(p => !IsOfCode(adapters, p)).Select(p => p.Adapter)];

    /// <summary>The files whose names are those of code.</summary>
    public IEnumerable<ConfigurationError> Clashes(AdapterRegistry adapters) => Providers.Where(p => IsOfCode(adapters, p))
        .Select(p => new ConfigurationError($"{p.File}:/name", $"'{p.Adapter.Name}' is the name of an adapter that is code."));

    /// <summary>Gives each provider that no cluster uses a cluster of its own, at the address that its file names, and a native route.</summary>
    public void AddTo(IDictionary<string, string?> values)
    {
        const string Clusters = $"{ProxyParser.Section}:Clusters:";
        var clusters = values.Keys.Where(k => k.StartsWith(Clusters, StringComparison.OrdinalIgnoreCase)).Select(k => k[Clusters.Length..].Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var byAdapter = clusters.ToLookup(c => values.TryGetValue($"{Clusters}{c}:Metadata:{ProviderTable.AdapterKey}", out var adapter) ? adapter ?? c : c, StringComparer.OrdinalIgnoreCase);
        foreach (var provider in Providers)
        {
            var name = provider.Adapter.Name;
            if (!byAdapter.Contains(name))
            {
                values[$"{Clusters}{name}:Metadata:{ProviderTable.AdapterKey}"] = name;
                values[$"{Clusters}{name}:Destinations:global:Address"] = provider.Address;
                values[$"{ProxyParser.Section}:Routes:{name}:ClusterId"] = name;
                values[$"{ProxyParser.Section}:Routes:{name}:Match:Path"] = $"/{name}/{{**rest}}";
                values[$"{ProxyParser.Section}:Routes:{name}:Transforms:0:PathRemovePrefix"] = "/" + name;
            }

            foreach (var cluster in byAdapter.Contains(name) ? byAdapter[name] : [name])
            {
                values[$"{Clusters}{cluster}:Metadata:{FileKey}"] = provider.Sha256;
            }
        }
    }

    private static bool IsOfCode(AdapterRegistry adapters, DeclaredProvider provider) =>
        adapters.Find(provider.Adapter.Name) is { } other && other.GetType() != provider.Adapter.GetType();

    private static (byte[] Buffer, int Length)? Read(string file, List<ConfigurationError> errors)
    {
        byte[]? buffer = null;
        try
        {
            using var stream = PlainFile.Open(file);
            var length = (int)Math.Min(stream.Length, ProviderFileReader.Largest + 1);
            buffer = ArrayPool<byte>.Shared.Rent(length);
            length = stream.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false);
            var read = (buffer, length);
            buffer = null;
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigurationError(file, $"The file cannot be read: {e.Message}"));
            return null;
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}

/// <summary>A provider that is a data file.</summary>
/// <param name="File">The file.</param>
/// <param name="Adapter">Its adapter.</param>
/// <param name="Address">The address of its API.</param>
/// <param name="Sha256">The beginning of the SHA-256 of the file.</param>
internal sealed record DeclaredProvider(string File, ProviderAdapter Adapter, string Address, string Sha256);
