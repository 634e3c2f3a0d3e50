using System.Text.Json;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>
/// A template: a text with <c>{expressions}</c>, or JSON that holds such texts, <c>{"$if": condition, "then": ..., "else": ...}</c>,
/// <c>{"$each": list, "as": ...}</c> and <c>{"$all": [...]}</c>, which lays lists end to end.
/// </summary>
/// <remarks>What has no value is left out: a member, an item, a whole object without members.</remarks>
internal abstract class Template
{
    /// <summary>The value.</summary>
    /// <returns>Null when there is none.</returns>
    public abstract object? Render(Scope scope);

    /// <summary>The variables it uses.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>The template of a member of what it makes.</summary>
    /// <returns>Null where it makes no such member.</returns>
    public virtual Template? Member(string name) => null;

    /// <summary>Whether it makes an object.</summary>
    public virtual bool MakesObjects => false;

    /// <summary>Whether nothing of the request stands in what it makes: it comes from a default alone.</summary>
    public virtual bool IsDefault(Scope scope) => false;

    /// <summary>Whether it takes something from a job that is not known of it, and has nothing to stand in for it.</summary>
    public virtual bool Lacks(Scope scope) => false;

    /// <summary>The first of several that has a value.</summary>
    public static Template FirstOf(IReadOnlyList<Template> templates) => templates is [var only] ? only : new FirstTemplate([.. templates]);

    /// <summary>Reads a text.</summary>
    public static Template? Parse(string text, IReadOnlyDictionary<string, Dictionary<string, string>> maps, Action<string> fault)
    {
        var parts = new List<object>();
        var start = 0;
        while (start < text.Length)
        {
            var open = text.IndexOf('{', start);
            if (open < 0)
            {
                parts.Add(text[start..]);
                break;
            }

            if (open > start)
            {
                parts.Add(text[start..open]);
            }

            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                fault("A '{' is not closed.");
                return null;
            }

            if (Expression.Parse(text[(open + 1)..close], maps, out var wrong) is not { } expression)
            {
                fault(wrong!);
                return null;
            }

            parts.Add(expression);
            start = close + 1;
        }

        return new TextTemplate([.. parts]);
    }

    /// <summary>Reads JSON.</summary>
    public static Template? Parse(JsonElement json, string path, IReadOnlyDictionary<string, Dictionary<string, string>> maps, Action<string, string> fault)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return Parse(json.GetString()!, maps, reason => fault(path, reason));
            case JsonValueKind.Array:
                return new ListTemplate([.. json.EnumerateArray().Select((item, i) => Parse(item, $"{path}/{i}", maps, fault)).OfType<Template>()]);
            case JsonValueKind.Object when json.TryGetProperty("$if", out var conditions):
                var read = conditions.OneOrMore().Select(c => Condition.Parse(c.Text() ?? "", out var wrong) is { } condition ? condition : Fault<Condition>($"{path}/$if", wrong!, fault)).ToList();
                var then = json.TryGetProperty("then", out var yes) ? Parse(yes, path + "/then", maps, fault) : Fault<Template>(path, "'$if' needs a 'then'.", fault);
                var otherwise = json.TryGetProperty("else", out var no) ? Parse(no, path + "/else", maps, fault) : null;
                return read.Contains(null) || then is null ? null : new ChoiceTemplate([.. read.OfType<Condition>()], then, otherwise);
            case JsonValueKind.Object when json.TryGetProperty("$each", out var list):
                var name = list.Text() ?? "";
                var item = json.TryGetProperty("as", out var shape) ? Parse(shape, path + "/as", maps, fault) : Fault<Template>(path, "'$each' needs an 'as'.", fault);
                return item is null ? null
                    : Scope.Knows(name) ? new EachTemplate(name, item)
                    : Fault<Template>($"{path}/$each", $"There is no variable '{name}'.", fault);
            case JsonValueKind.Object:
                var members = new List<KeyValuePair<string, Template>>();
                foreach (var member in json.EnumerateObject())
                {
                    if (Parse(member.Value, $"{path}/{member.Name}", maps, fault) is { } template)
                    {
                        members.Add(new(member.Name, template));
                    }
                }

                return new ObjectTemplate([.. members]);
            default:
                return new FixedTemplate(Values.Of(json.Clone()));
        }
    }

    private static T? Fault<T>(string path, string reason, Action<string, string> fault)
        where T : class
    {
        fault(path, reason);
        return null;
    }

    private sealed class FirstTemplate(Template[] templates) : Template
    {
        public override IEnumerable<string> Names => templates.SelectMany(t => t.Names);

        public override bool Lacks(Scope scope) => Array.TrueForAll(templates, t => t.Lacks(scope));

        public override object? Render(Scope scope) => templates.Select(t => t.Render(scope)).FirstOrDefault(v => v is not null);
    }

    private sealed class FixedTemplate(object? value) : Template
    {
        public override IEnumerable<string> Names => [];

        public override object? Render(Scope scope) => value;
    }

    private sealed class TextTemplate(object[] parts) : Template
    {
        public override IEnumerable<string> Names => parts.OfType<Expression>().SelectMany(e => e.Names);

        public override bool IsDefault(Scope scope) => Array.Exists(parts, p => p is Expression) && Array.TrueForAll(parts, p => p is not Expression expression || expression.IsDefault(scope));

        public override bool Lacks(Scope scope) => Array.Exists(parts, p => p is Expression expression && expression.Names.Any(Scope.IsKept) && expression.Evaluate(scope) is null);

        public override object? Render(Scope scope)
        {
            if (parts is [var only])
            {
                return only is Expression expression ? expression.Evaluate(scope) : only;
            }

            var texts = new string[parts.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                if ((parts[i] is Expression expression ? Values.Text(expression.Evaluate(scope)) : (string)parts[i]) is not { } text)
                {
                    return null;
                }

                texts[i] = text;
            }

            return string.Concat(texts);
        }
    }

    private sealed class ListTemplate(Template[] items) : Template
    {
        public override IEnumerable<string> Names => items.SelectMany(i => i.Names);

        public override bool Lacks(Scope scope) => Array.Exists(items, i => i.Lacks(scope));

        public override object? Render(Scope scope)
        {
            var list = new List<object?>(items.Length);
            foreach (var item in items)
            {
                switch (item.Render(scope))
                {
                    case null or Fields { Count: 0 }:
                        break;
                    case List<object?> several when item is EachTemplate or ChoiceTemplate:
                        list.AddRange(several);
                        break;
                    case var value:
                        list.Add(value);
                        break;
                }
            }

            return list.Count == 0 ? null : list;
        }
    }

    private sealed class ChoiceTemplate(Condition[] conditions, Template then, Template? otherwise) : Template
    {
        public override IEnumerable<string> Names => [.. conditions.SelectMany(c => c.Names), .. then.Names, .. otherwise?.Names ?? []];

        public override Template? Member(string name) => then.Member(name) ?? otherwise?.Member(name);

        public override bool MakesObjects => then.MakesObjects || otherwise?.MakesObjects == true;

        public override bool IsDefault(Scope scope) => Taken(scope)?.IsDefault(scope) == true;

        public override bool Lacks(Scope scope) => Taken(scope)?.Lacks(scope) == true;

        public override object? Render(Scope scope) => Taken(scope)?.Render(scope);

        private Template? Taken(Scope scope) => Array.TrueForAll(conditions, c => c.Holds(scope)) ? then : otherwise;
    }

    private sealed class EachTemplate(string name, Template item) : Template
    {
        public override IEnumerable<string> Names => item.Names.Append(name);

        public override object? Render(Scope scope)
        {
            IEnumerable<object?> values = scope.Find(name) switch
            {
                System.Collections.IEnumerable several and not string => several.Cast<object?>(),
                null => [],
                var one => [one],
            };
            List<object?> rendered = [.. values.Select((value, i) => item.Render(new Scope(scope).Set("item", value).Set("index", (long)(i + 1)))).Where(v => v is not null)];
            return rendered.Count == 0 ? null : rendered;
        }
    }

    private sealed class ObjectTemplate(KeyValuePair<string, Template>[] members) : Template
    {
        public override IEnumerable<string> Names => members.SelectMany(m => m.Value.Names);

        public override Template? Member(string name) => Array.Find(members, m => m.Key == name).Value;

        public override bool MakesObjects => true;

        public override bool Lacks(Scope scope) => Array.Exists(members, m => m.Value.Lacks(scope));

        public override object? Render(Scope scope)
        {
            var fields = new Fields(members.Length);
            foreach (var (name, template) in members)
            {
                if (template.Render(scope) is { } value and not Fields { Count: 0 })
                {
                    fields[name] = value;
                }
            }

            return fields;
        }
    }
}

/// <summary>The members of a rendered object, in their order.</summary>
internal sealed class Fields(int capacity = 4) : OrderedDictionary<string, object?>(capacity, StringComparer.Ordinal);
