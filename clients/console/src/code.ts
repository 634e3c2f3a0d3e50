// The same call in four languages. The key is never in the text.
import { ROOT } from './api';

export type Language = 'curl' | 'JavaScript' | 'Python' | 'C#';
export const LANGUAGES: Language[] = ['curl', 'JavaScript', 'Python', 'C#'];

const json = (body: unknown, indent: number) => JSON.stringify(body, null, 2).replace(/\n/g, `\n${' '.repeat(indent)}`);

function python(value: unknown, indent: number): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const pad = ' '.repeat(indent), entries = Object.entries(value as object);
  if (Array.isArray(value)) return `[${value.map(v => python(v, indent)).join(', ')}]`;
  return entries.length === 0 ? '{}' : `{\n${entries.map(([k, v]) => `${pad}    ${JSON.stringify(k)}: ${python(v, indent + 4)},`).join('\n')}\n${pad}}`;
}

export function code(language: Language, body: object, keyRequired: boolean): string {
  const url = location.origin + ROOT + 'generations';
  switch (language) {
    case 'curl':
      return `curl ${url} \\\n${keyRequired ? '  -H "Authorization: Bearer $FRAMEGATE_KEY" \\\n' : ''}  -H "Content-Type: application/json" \\\n  -d @- <<'JSON'\n${json(body, 0)}\nJSON`;
    case 'JavaScript':
      return `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { ${keyRequired ? 'Authorization: `Bearer ${process.env.FRAMEGATE_KEY}`, ' : ''}'Content-Type': 'application/json' },
  body: JSON.stringify(${json(body, 2)}),
});
const generation = await answer.json();
if (generation.error) throw new Error(\`\${generation.error.code}: \${generation.error.message}\`);
console.log(generation.result.media[0]?.url ?? generation.result.text, generation.cost);`;
    case 'Python':
      return `import os, requests

generation = requests.post(
    "${url}",${keyRequired ? `\n    headers={"Authorization": f"Bearer {os.environ['FRAMEGATE_KEY']}"},` : ''}
    json=${python(body, 4)},
    timeout=310,
).json()
if generation["error"]:
    raise RuntimeError(f"{generation['error']['code']}: {generation['error']['message']}")
print(generation["result"]["media"][0]["url"], generation["cost"])`;
    case 'C#':
      return `using System.Net.Http.Headers;
using System.Text;

using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(310) };
${keyRequired ? 'client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("FRAMEGATE_KEY"));\n' : ''}using var body = new StringContent(
    """
    ${json(body, 4)}
    """,
    Encoding.UTF8, "application/json");
using var answer = await client.PostAsync("${url}", body);
Console.WriteLine(await answer.Content.ReadAsStringAsync());`;
  }
}
