// `POST /v1/responses` through OpenAI's own client: texts, and pictures by the image tool, each paid once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
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

test('the whole output of an earlier answer is sent back, thoughts included', async () => {
  const asked = unique('name a raft');
  const output = [{ id: 'rs_1', type: 'reasoning', summary: [] }, { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'Otter', annotations: [] }] }];
  const response = await client.responses.create({ model: 'openai/gpt-5.5', input: [{ role: 'user', content: asked }, ...output, { role: 'user', content: 'Another.' }] });
  assert.ok(response.output_text.length > 0);
  assert.equal(await framegate.submits(`user: ${asked}\n\nassistant: Otter\n\nuser: Another.`), 1);
  assert.ok(response.usage.input_tokens > 0 && response.usage.output_tokens > 0);
  await assert.rejects(client.responses.create({ model: 'openai/gpt-5.5', input: [output[0]] }), e => e.status === 400);
});

test('a field is refused under the name that it was sent by', async () => {
  const tools = more => [{ type: 'image_generation', ...more }], ask = more => client.responses.create({ model: 'gpt-image-1', input: 'x', tools: tools({}), ...more });
  for (const [more, param] of [
    [{ tools: tools({ input_image_mask: { image_url: 'data:image/png;base64,AAAA' } }) }, 'tools[0].input_image_mask'],
    [{ tools: tools({ quality: 'ultra' }) }, 'tools[0].quality'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] }] }, 'input'],
  ]) {
    await assert.rejects(ask(more), error => error.status === 400 && error.param === param && error.message.includes(`${param}: `), param);
  }
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
    [{ tools: [{ type: 'web_search' }] }, 'tools'], [{ previous_response_id: 'resp_1' }, 'previous_response_id'], [{ conversation: 'conv_1' }, 'conversation'], [{ prompt: { id: 'p' } }, 'prompt'],
    [{ metadata: { a: 1 } }, 'metadata'], [{ stream: 'yes' }, 'stream'], [{ background: true, store: false }, 'store'], [{ background: 1 }, 'background'], [{ input: [{ type: 'image_generation_call', id: 'ig_0' }] }, 'input'], [{ input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'x' }] }] }, 'input'],
    [{ tools: [{ type: 'image_generation', size: '7x7' }] }, 'tools[0].size'], [{ input: '' }, 'input'], [{ model: 'flux/flux-dev' }, 'model'], [{ input: 7 }, 'input'],
    [{ include: ['everything'] }, 'include'], [{ include: 'reasoning.encrypted_content' }, 'include'], [{ max_tool_calls: 'x' }, 'max_tool_calls'], [{ user: 7 }, 'user'], [{ prompt_cache_options: ['x'] }, 'prompt_cache_options'], [{ stream_options: 'x' }, 'stream_options'],
  ]) {
    await assert.rejects(client.responses.create({ model: 'google/gemini-3.8-flash', input: 'x', ...more }), error => [400, 404].includes(error.status) && error.param === param, JSON.stringify(more));
  }
});

// PHP writes an empty object as a list, and some clients send each field that they know.
test('a field that says nothing is no mistake', async () => {
  const response = await client.responses.create({
    model: 'google/gemini-3.8-flash', input: unique('name a boat'), stream_options: [], include: {}, prompt_cache_options: [], moderation: [], context_management: {}, user: '', max_tool_calls: 0, top_logprobs: 0,
  });
  assert.equal(response.status, 'completed');
});

const picture = { tools: [{ type: 'image_generation' }] };
const ended = async response => {
  while (['queued', 'in_progress'].includes(response.status)) {
    await new Promise(resolve => setTimeout(resolve, 100));
    response = await client.responses.retrieve(response.id);
  }

  return response;
};

test('a stream has the events that the client knows, numbered without a gap, and ends with the whole response', async () => {
  for (const [more, between] of [
    [{ model: 'google/gemini-3.8-flash' }, ['content_part.added', 'output_text.delta', 'output_text.done', 'content_part.done']],
    [{ model: 'flux/flux-dev', ...picture }, ['image_generation_call.in_progress', 'image_generation_call.generating', 'image_generation_call.completed']],
  ]) {
    const prompt = unique('streamed');
    const events = [];
    for await (const event of await client.responses.create({ ...more, input: prompt, stream: true })) events.push(event);
    assert.deepEqual(events.map(e => e.type), ['created', 'in_progress', 'output_item.added', ...between, 'output_item.done', 'completed'].map(t => `response.${t}`));
    assert.deepEqual(events.map(e => e.sequence_number), events.map((_, i) => i));
    const { response } = events.at(-1);
    assert.deepEqual([response.status, response.output, events[0].response.status], ['completed', [events.at(-2).item], 'in_progress']);
    assert.ok(events.every(e => !('item_id' in e) || e.item_id === response.output[0].id));
    assert.equal(await framegate.submits(prompt), 1);

    // What was cut is taken up where it ended, and the response is there to be looked up.
    const rest = [];
    for await (const event of await client.responses.retrieve(response.id, { stream: true, starting_after: 4 })) rest.push(event);
    assert.deepEqual(rest, events.slice(5));
    assert.deepEqual((await client.responses.retrieve(response.id)).output, response.output);
  }
});

test('the client\'s own helper puts a stream together', async () => {
  const prompt = unique('helped');
  const stream = client.responses.stream({ model: 'google/gemini-3.8-flash', input: prompt });
  let text = '';
  stream.on('response.output_text.delta', event => { text += event.delta; });
  const response = await stream.finalResponse();
  assert.ok(text.length > 0);
  assert.equal(response.output_text, text);
  assert.equal(await framegate.submits(prompt), 1);
});

test('a stream that fails says why, and nobody sends the request again', async () => {
  for (const [magic, code] of [['sandbox:drop', 'server_error'], ['sandbox:error', 'server_error'], ['sandbox:moderated', 'image_content_policy_violation']]) {
    const prompt = unique(magic);
    const events = [];
    for await (const event of await client.responses.create({ model: 'flux/flux-dev', input: prompt, stream: true, ...picture })) events.push(event);
    const { type, response } = events.at(-1);
    assert.deepEqual([type, response.status, response.error.code], ['response.failed', 'failed', code]);
    assert.equal(await framegate.submits(prompt), 1);
  }

  await assert.rejects(client.responses.create({ model: 'no-such-model', input: 'x', stream: true }), error => error.status === 404);
});

test('a client that goes away in the middle of a stream leaves a job that ends and is kept', async () => {
  const prompt = unique('sandbox:slow=2');
  const stream = await client.responses.create({ model: 'flux/flux-dev', input: prompt, stream: true, ...picture });
  let id;
  for await (const event of stream) {
    id = event.response.id;
    break;
  }

  const response = await ended(await client.responses.retrieve(id));
  assert.ok(isPng(Buffer.from(response.output[0].result, 'base64')));
  assert.equal(await framegate.submits(prompt), 1);
});

test('a response in the background is looked up, ended and deleted', async () => {
  const [slow, never] = [unique('sandbox:slow=1'), unique('sandbox:slow=60')];
  const begun = await client.responses.create({ model: 'flux/flux-dev', input: slow, background: true, metadata: { order: '7' }, ...picture });
  assert.deepEqual([begun.background, begun.metadata.order, begun.output], [true, '7', []]);
  assert.match(begun.status, /^(queued|in_progress)$/);
  const made = await ended(begun);
  assert.deepEqual([made.id, made.status, made.metadata.order, made.output[0].type], [begun.id, 'completed', '7', 'image_generation_call']);
  assert.equal((await client.responses.cancel(made.id)).status, 'completed');

  const running = await client.responses.create({ model: 'flux/flux-dev', input: never, background: true, ...picture });
  assert.equal((await client.responses.cancel(running.id)).status, 'cancelled');
  const failed = await ended(await client.responses.create({ model: 'flux/flux-dev', input: unique('sandbox:moderated'), background: true, ...picture }));
  assert.deepEqual([failed.status, failed.error.code], ['failed', 'image_content_policy_violation']);

  await client.responses.delete(made.id);
  for (const call of [() => client.responses.retrieve(made.id), () => client.responses.cancel(made.id), () => client.responses.delete(made.id), () => client.responses.retrieve('resp_nobody')]) {
    await assert.rejects(call(), error => error.status === 404);
  }

  const hidden = await client.responses.create({ model: 'google/gemini-3.8-flash', input: unique('not kept'), store: false });
  await assert.rejects(client.responses.retrieve(hidden.id), error => error.status === 404);
  assert.deepEqual([await framegate.submits(slow), await framegate.submits(never)], [1, 1]);
});

test('what an earlier response holds is named by its id', async () => {
  const { output: [drawn] } = await client.responses.create({ model: 'flux/flux-dev', input: unique('a boat'), ...picture });
  for (const item of [{ type: 'image_generation_call', id: drawn.id }, { type: 'item_reference', id: drawn.id }]) {
    const prompt = unique('at night');
    const { output: [changed] } = await client.responses.create({ model: 'flux/flux-kontext-pro', input: [{ role: 'user', content: prompt }, item], ...picture });
    assert.ok(changed.result.length > 100);
    assert.equal(await framegate.submits(prompt), 1);
  }
});

test('@ai-sdk/openai: its default model writes, streams and draws, each paid once', async () => {
  const openai = createOpenAI({ apiKey: 'k', baseURL: `${framegate.url}/v1` });
  const tools = { image_generation: openai.tools.imageGeneration({ outputFormat: 'png' }) };
  const [written, streamed, drawn] = [unique('written'), unique('streamed'), unique('drawn')];
  assert.ok((await generateText({ model: openai('google/gemini-3.8-flash'), prompt: written })).text.length > 0);
  const stream = streamText({ model: openai('google/gemini-3.8-flash'), prompt: streamed });
  assert.ok((await stream.text).length > 0);
  assert.equal(await stream.finishReason, 'stop');
  const { toolResults: [{ output }] } = await generateText({ model: openai('gpt-5.5'), prompt: drawn, tools });
  assert.ok(isPng(Buffer.from(output.result, 'base64')));
  const shown = streamText({ model: openai('gpt-5.5'), prompt: unique('shown'), tools });
  assert.ok((await shown.toolResults)[0].output.result.length > 100);
  for (const prompt of [written, streamed, drawn]) assert.equal(await framegate.submits(prompt), 1);
  for (const magic of ['sandbox:drop', 'sandbox:error']) {
    const [whole, flowing] = [unique(magic), unique(magic)];
    await assert.rejects(generateText({ model: openai('gpt-5.5'), prompt: whole, tools }), error => error.statusCode === 424);
    const errors = [];
    const failing = streamText({ model: openai('gpt-5.5'), prompt: flowing, tools, onError: ({ error }) => errors.push(error) });
    for await (const _ of failing.fullStream);
    assert.equal(errors.length, 1);
    assert.deepEqual([await framegate.submits(whole), await framegate.submits(flowing)], [1, 1]);
  }
});
