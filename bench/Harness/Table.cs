using System.Globalization;
using System.Text;

namespace Framegate.Bench.Harness;

/// <summary>A Markdown table.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; numbers are printed with as many digits as mean something.</summary>
    public Table Row(params object?[] cells)
    {
        _rows.Add([.. cells.Select(Text)]);
        return this;
    }

    /// <summary>Prints it under a heading.</summary>
    public void Print(string heading)
    {
        Console.WriteLine($"### {heading}\n");
        Console.WriteLine(this);
    }

    /// <summary>The Markdown.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line(columns);
        Line([.. columns.Select(_ => "---")]);
        _rows.ForEach(Line);
        return text.ToString();

        void Line(string[] cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
    }

    private static string Text(object? cell) => cell switch
    {
        double d when double.IsNaN(d) => "n/a",
        double d => d.ToString(Math.Abs(d) >= 100 ? "F0" : Math.Abs(d) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture),
        null => "",
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };
}
