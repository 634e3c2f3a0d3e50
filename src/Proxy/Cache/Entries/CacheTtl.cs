using System.ComponentModel;
using System.Globalization;
using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>A length of time that a configuration may give in seconds. The framework would read a plain 3600 as days.</summary>
/// <param name="Value">The time.</param>
[TypeConverter(typeof(Converter))]
[Description("seconds, or a duration like 1.00:00:00")]
internal readonly record struct CacheTtl(TimeSpan Value)
{
    /// <summary>Reads the text of a configuration.</summary>
    internal sealed class Converter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value)
        {
            var text = ((string)value).Trim();
            return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < TimeSpan.MaxValue.TotalSeconds
                ? new CacheTtl(TimeSpan.FromSeconds(seconds))
                : Duration.IsOne(text)
                    ? new CacheTtl(TimeSpan.Parse(text, CultureInfo.InvariantCulture))
                    : throw new FormatException($"'{text}' is no time; it must be seconds, or [d.]hh:mm:ss.");
        }
    }
}
