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
  ['chat.completions.create', '/v1/chat/completions', 'chat/completions/completions.d.ts', 'ChatCompletionCreateParamsBase'],
  ['videos.create', '/v1/videos', 'videos.d.ts', 'VideoCreateParams'],
  ['videos.edit', '/v1/videos/edits', 'videos.d.ts', 'VideoEditParams'],
  ['videos.extend', '/v1/videos/extensions', 'videos.d.ts', 'VideoExtendParams'],
  ['videos.remix', '/v1/videos/ID/remix', 'videos.d.ts', 'VideoRemixParams'],
  ['audio.speech.create', '/v1/audio/speech', 'audio/speech.d.ts', 'SpeechCreateParams'],
];

/** Calls of the client that are not here, and what is said instead. */
const others = [
  ['images.createVariation', 'POST', '/v1/images/variations', /edits/],
  ['videos.createCharacter', 'POST', '/v1/videos/characters', /native route/],
  ['videos.getCharacter', 'GET', '/v1/videos/characters/char_1', /native route/],
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

let framegate, video;
before(async () => {
  framegate = await startFramegate();
  const made = await fetch(`${framegate.url}/v1/videos`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'sora/sora-2', prompt: 'a boat' }) });
  video = (await made.json()).id;
  for (let tries = 200; tries > 0 && (await (await fetch(`${framegate.url}/v1/videos/${video}`)).json()).status !== 'completed'; tries--) await new Promise(resolve => setTimeout(resolve, 100));
});
after(() => framegate.stop());

for (const [call, path, file, name] of calls) {
  test(`${call}: the table has the client's fields, and the gateway knows each`, async () => {
    const fields = fieldsOf(file, name);
    assert.deepEqual(table.filter(r => r.call === call).map(r => r.field).sort(), fields);
    for (const field of fields) {
      const answer = await fetch(framegate.url + path.replace('ID', video), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'no-such-model', [field]: 'x' }) });
      const { error } = await answer.json();
      assert.ok(answer.status >= 400, `${call} ${field}`);
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
    const answer = await fetch(framegate.url + path.replace('ID', video), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'no-such-model', no_such_field: 1 }) });
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.code, error.param], [400, 'unknown_parameter', 'no_such_field']);
  }
});

test('the queries of videos: each is read', async () => {
  assert.deepEqual(fieldsOf('videos.d.ts', 'VideoListParams'), ['order']);
  assert.deepEqual(fieldsOf('videos.d.ts', 'VideoDownloadContentParams'), ['variant']);
  for (const [path, param] of [['?order=up', 'order'], ['?limit=x', 'limit'], ['?after=video_nobodys', 'after'], [`/${video}/content?variant=poster`, 'variant']]) {
    const answer = await fetch(`${framegate.url}/v1/videos${path}`);
    assert.deepEqual([answer.status, (await answer.json()).error.param], [400, param]);
  }
});

test('each call of the client is here, or says what is instead', async () => {
  const page = readFileSync(join(here, '../../docs/openai.md'), 'utf8');
  for (const [resource, file, type] of [['images', 'images.d.ts', 'Images'], ['videos', 'videos.d.ts', 'Videos']]) {
    const text = types(file);
    const start = text.indexOf(`export declare class ${type} `);
    const methods = new Set([...text.slice(start, text.indexOf('\n}', start)).matchAll(/^ {4}(\w+)\(/gm)].map(m => `${resource}.${m[1]}`));
    const own = ['videos.retrieve', 'videos.list', 'videos.delete', 'videos.downloadContent', ...calls.map(c => c[0]), ...others.map(o => o[0])];
    assert.deepEqual([...methods].filter(m => !own.includes(m)), []);
  }

  for (const [name, method, path, instead] of others) {
    assert.ok(page.includes(`\`${name}\``), name);
    const answer = await fetch(framegate.url + path, { method, headers: { 'content-type': 'application/json' }, body: method === 'POST' ? '{}' : undefined });
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.code], [404, 'unknown_url']);
    assert.match(error.message, instead);
  }
});

test('a video is named by its id alone too, and an empty query says nothing', async () => {
  const changed = await fetch(`${framegate.url}/v1/videos/edits`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt: 'at night', video }) });
  assert.equal((await changed.json()).remixed_from_video_id, video);
  const nobodys = await fetch(`${framegate.url}/v1/videos/edits`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt: 'at night', video: 'video_nobodys' }) });
  assert.deepEqual([nobodys.status, (await nobodys.json()).error.code], [404, 'video_not_found']);
  for (const query of ['?limit=&order=&after=', `/${video}/content?variant=`]) assert.equal((await fetch(`${framegate.url}/v1/videos${query}`)).status, 200);
});

test('methods of a call that is here are told, whatever else begins like it', async () => {
  for (const [path, allow] of [['/v1/chat/completions', 'POST, OPTIONS'], ['/v1/images/generations', 'POST, OPTIONS'], ['/v1/audio/speech', 'POST, OPTIONS']]) {
    const got = await fetch(framegate.url + path);
    assert.deepEqual([got.status, got.headers.get('allow')], [405, allow]);
    assert.equal((await fetch(framegate.url + path, { method: 'OPTIONS' })).status, 204);
  }

  for (const [method, path] of [['POST', '/v1/responses/input_tokens'], ['POST', '/v1/responses/compact'], ['POST', '/v1/videos/generations'], ['GET', '/v1/files'], ['POST', '/v1//images/generations'], ['POST', '/v1/v1/videos']]) {
    const answer = await fetch(framegate.url + path, { method, headers: { 'content-type': 'application/json' }, body: method === 'POST' ? '{}' : undefined });
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.code], [404, 'unknown_url'], path);
    assert.match(error.message, /^Unknown request URL: \S+ \S+\. \S/);
  }
});

test('a body with a byte order mark, as PowerShell writes files, is read', async () => {
  for (const [path, body] of [['/v1/images/generations', { model: 'flux/flux-dev', prompt: 'a boat' }], ['/generations', { provider: 'flux', model: 'flux-dev', media_type: 'image', prompt: 'a boat' }]]) {
    const answer = await fetch(framegate.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(`\ufeff${JSON.stringify(body)}`) });
    assert.equal(answer.status, 200, await answer.text());
  }
});

test('no tool is used that must not be: a text is written', async () => {
  const answer = await fetch(`${framegate.url}/v1/responses`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'google/gemini-3.8-flash', input: 'a boat', tools: [{ type: 'image_generation' }], tool_choice: 'none' }) });
  assert.equal((await answer.json()).output[0].type, 'message');
});

test('what stands inside a field is not dropped either', async () => {
  for (const [path, body, param] of [
    ['/v1/responses', { input: 'x', text: { no_such: 1 } }, 'text.no_such'], ['/v1/responses', { input: 'x', text: { format: { type: 'json_schema' } } }, 'text'],
    ['/v1/responses', { input: 'x', temperature: 'hot' }, 'temperature'], ['/v1/responses', { input: 'x', temperature: 3 }, 'temperature'], ['/v1/responses', { input: 'x', max_output_tokens: 0 }, 'max_output_tokens'],
    ['/v1/responses', { model: 'replicate/meta/meta-llama-3-70b-instruct', input: 'x', text: { format: { type: 'json_object' } } }, 'text'],
    ['/v1/responses', { input: 'x', tools: [{ type: 'image_generation' }], text: { format: { type: 'json_object' } } }, 'text'],
    ['/v1/responses', { input: 'x', tool_choice: 'sometimes' }, 'tool_choice'], ['/v1/responses', { input: 'x', truncation: 'some' }, 'truncation'], ['/v1/responses', { input: 'x', include: 'all' }, 'include'],
    ['/v1/responses', { input: 'x', tools: [{ type: 'image_generation', action: 'paint' }] }, 'tools[0].action'], ['/v1/responses', { input: 'x', tools: [{ type: 'image_generation', action: 'edit' }] }, 'tools[0].action'],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], response_format: { type: 'xml' } }, 'response_format'],
    ['/v1/chat/completions', { model: 'flux/flux-dev', messages: [{ role: 'user', content: 'x' }], image_config: { no_such: 1 } }, 'image_config.no_such'],
  ]) {
    const answer = await fetch(framegate.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'google/gemini-3.8-flash', ...body }) });
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.param], [400, param], JSON.stringify(body) + error.message);
  }

  const post = async (path, body) => (await fetch(framegate.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).headers.get('x-framegate-warnings') ?? '';
  const llama = 'replicate/meta/meta-llama-3-70b-instruct';
  assert.match(await post('/v1/responses', { model: llama, input: 'x', temperature: 1, text: { verbosity: 'low' } }), /temperature: it was left out.*text\.verbosity: it was left out/);
  assert.match(await post('/v1/chat/completions', { model: llama, messages: [{ role: 'user', content: 'x' }], max_tokens: 9, logit_bias: { 5: 1 } }), /max_tokens: it was left out.*logit_bias: it was left out|logit_bias.*max_tokens/);
  assert.equal(await post('/v1/chat/completions', { model: 'google/gemini-3.8-flash', messages: [{ role: 'user', content: 'x' }], max_tokens: 9, temperature: 0, presence_penalty: 0, logit_bias: {}, store: false, stop: null, tools: [] }), '');
});
