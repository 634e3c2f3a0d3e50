// Each field that OpenAI's client has is in the table of docs/openai.md, and the gateway knows it; the table names no field that the client does not have.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startFramegate } from './framegate.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const types = name => readFileSync(join(here, 'node_modules/openai/resources', name), 'utf8');

/** Call in the table, path, file of the client's types, interface. */
const calls = [
  ['images.generate', '/v1/images/generations', 'images.d.ts', 'ImageGenerateParamsBase'],
  ['images.edit', '/v1/images/edits', 'images.d.ts', 'ImageEditParamsBase'],
  ['videos.create', '/v1/videos', 'videos.d.ts', 'VideoCreateParams'],
  ['videos.edit', '/v1/videos/edits', 'videos.d.ts', 'VideoEditParams'],
  ['videos.extend', '/v1/videos/extensions', 'videos.d.ts', 'VideoExtendParams'],
  ['audio.speech.create', '/v1/audio/speech', 'audio/speech.d.ts', 'SpeechCreateParams'],
];

/** The fields of an interface: those at its own level, four spaces deep. */
function fieldsOf(file, name) {
  const text = types(file);
  const start = text.indexOf(`export interface ${name} `);
  assert.ok(start >= 0, `${file} has ${name}`);
  const body = text.slice(start, text.indexOf('\n}', start));
  return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(m => m[1]).sort();
}

const table = [...readFileSync(join(here, '../../docs/openai.md'), 'utf8').matchAll(/^\| ([a-z., ]+) \| `(\w+)` \|/gm)]
  .flatMap(([, names, field]) => names.split(', ').map(call => ({ call, field })));

let framegate;
before(async () => { framegate = await startFramegate(); });
after(() => framegate.stop());

for (const [call, path, file, name] of calls) {
  test(`${call}: the table has the client's fields, and the gateway knows each`, async () => {
    const fields = fieldsOf(file, name);
    assert.deepEqual(table.filter(r => r.call === call).map(r => r.field).sort(), fields);
    for (const field of fields) {
      const answer = await fetch(framegate.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'no-such-model', [field]: 'x' }) });
      const { error } = await answer.json();
      assert.ok(answer.status >= 400);
      assert.notEqual(error.code, 'unknown_parameter', `${call} ${field}: ${error.message}`);
    }
  });
}

test('responses.create: the page names the client\'s fields and those of its image tool, and the gateway knows each', async () => {
  const page = readFileSync(join(here, '../../docs/openai.md'), 'utf8');
  const section = page.slice(page.indexOf('### Responses'), page.indexOf('## Calls that need not wait'));
  const tool = types('responses/responses.d.ts').match(/interface ImageGeneration \{[\s\S]*?\n {4}\}/)[0];
  const ofTool = [...tool.matchAll(/^ {8}(\w+)\??:/gm)].map(m => m[1]);
  assert.ok(ofTool.includes('partial_images'));
  for (const [field, body] of [
    ...fieldsOf('responses/responses.d.ts', 'ResponseCreateParamsBase').map(f => [f, { [f]: 'x' }]), ...ofTool.map(f => [f, { tools: [{ type: 'image_generation', [f]: 'x' }] }]),
  ]) {
    assert.ok(field === 'type' || section.includes(`\`${field}\``), `docs/openai.md says nothing of ${field}`);
    const answer = await fetch(`${framegate.url}/v1/responses`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'no-such-model', ...body }) });
    const { error } = await answer.json();
    assert.ok(answer.status >= 400);
    assert.notEqual(error.code, 'unknown_parameter', `${field}: ${error.message}`);
  }
});

test('a field that no client has is refused by its name', async () => {
  for (const [, path] of calls) {
    const answer = await fetch(framegate.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'no-such-model', no_such_field: 1 }) });
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.code, error.param], [400, 'unknown_parameter', 'no_such_field']);
  }
});
