// `POST /v1/responses` through OpenAI's own client: texts, and pictures by the image tool, each paid once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { isPng, startFramegate } from './framegate.mjs';

const unique = text => `${text} ${crypto.randomUUID()}`;
let framegate, client;
before(async () => {
  framegate = await startFramegate();
  client = new OpenAI({ apiKey: 'the-app-s-own-key', baseURL: `${framegate.url}/v1` });
});
after(() => framegate.stop());

test('a text, from a string and from messages', async () => {
  const prompt = unique('name a boat');
  const response = await client.responses.create({ model: 'google/gemini-3.8-flash', input: prompt });
  assert.deepEqual([response.object, response.status, response.model], ['response', 'completed', 'google/gemini-3.8-flash']);
  assert.ok(response.output_text.length > 0);
  assert.ok(response.usage.total_tokens > 0);
  assert.equal(await framegate.submits(prompt), 1);

  const said = unique('name a ship');
  const again = await client.responses.create({
    model: 'google/gemini-3.8-flash', instructions: 'Be short.', input: [{ role: 'user', content: [{ type: 'input_text', text: said }] }], temperature: 0.2 });
  assert.ok(again.output_text.length > 0);
  assert.equal(await framegate.submits(`Be short.\n\n${said}`), 1);
});

test('what cannot be read is refused by its name, and nothing is left out', async () => {
  const post = body => fetch(`${framegate.url}/v1/responses`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'google/gemini-3.8-flash', ...body }) });
  for (const [body, param] of [
    [{ input: 'x', text: { format: 'json' } }, 'text'],
    [{ input: 'x', tools: [{ type: 5 }] }, 'tools'],
    [{ input: [{ type: 5, role: 'user', content: 'x' }] }, 'input'],
    [{ input: [{ role: 'user', content: 'x' }, { role: 'user', content: { text: 'y' } }] }, 'input'],
    [{ input: [{ role: 'user', content: 'x' }, { role: 'user', content: null }] }, 'input'],
  ]) {
    const answer = await post(body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    const { error } = await answer.json();
    assert.equal(error.param, param, JSON.stringify(body));
    assert.doesNotMatch(error.message, /surrogate/);
  }
});

test('a picture by the image tool, whatever model is named', async () => {
  for (const [model, tool] of [['gpt-5.5', { type: 'image_generation', quality: 'low', size: '1024x1024' }], ['flux-pro-1.1', { type: 'image_generation' }], ['gpt-5.5', { type: 'image_generation', model: 'flux/flux-dev' }]]) {
    const prompt = unique('drawn');
    const { output: [call] } = await client.responses.create({ model, input: prompt, tools: [tool] });
    assert.equal(call.type, 'image_generation_call');
    assert.match(call.size, /^\d+x\d+$/);
    assert.ok(call.output_format !== 'png' || isPng(Buffer.from(call.result, 'base64')));
    assert.ok(call.result.length > 100);
    assert.equal(await framegate.submits(prompt), 1);
  }
});

test('what may have been paid is not sent again, and what cannot be done is named', async () => {
  for (const magic of ['sandbox:drop', 'sandbox:error']) {
    const prompt = unique(magic);
    await assert.rejects(client.responses.create({ model: 'flux/flux-dev', input: prompt, tools: [{ type: 'image_generation' }] }), error => error.status === 424);
    assert.equal(await framegate.submits(prompt), 1);
  }

  for (const [more, param] of [
    [{ stream: true }, 'stream'], [{ tools: [{ type: 'web_search' }] }, 'tools'], [{ previous_response_id: 'resp_1' }, 'previous_response_id'], [{ input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'x' }] }] }, 'input'],
    [{ tools: [{ type: 'image_generation', size: '7x7' }] }, 'tools[0].size'], [{ input: '' }, 'input'], [{ model: 'flux/flux-dev' }, 'model'], [{ input: 7 }, 'input'],
  ]) {
    await assert.rejects(client.responses.create({ model: 'google/gemini-3.8-flash', input: 'x', ...more }), error => [400, 404].includes(error.status) && error.param === param, JSON.stringify(more));
  }
});
