// `POST /v1/chat/completions` through the clients of apps that know no other call: texts, pictures as gateways of chat have them, each paid once.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { isPng, startFramegate, startSandbox } from './framegate.mjs';

const unique = text => `${text} ${crypto.randomUUID()}`;
const text = 'google/gemini-3.8-flash';
const says = (content, role = 'user') => ({ role, content });
let framegate, client;
before(async () => {
  framegate = await startFramegate({ Framegate__Limits__flux__RequestsPerMinute: '6000', Framegate__Limits__google__RequestsPerMinute: '6000' });
  client = new OpenAI({ apiKey: 'the-app-s-own-key', baseURL: `${framegate.url}/v1` });
});
after(() => framegate.stop());

const pictureOf = message => Buffer.from(/^data:image\/\w+;base64,(.+)$/.exec(message.images[0].image_url.url)[1], 'base64');

test('a text, waited for and as chunks', async () => {
  const prompt = unique('name a boat');
  const made = await client.chat.completions.create({ model: text, messages: [says('Be short.', 'system'), says([{ type: 'text', text: prompt }])], temperature: 0.2, max_tokens: 50, n: 1, user: 'u' });
  assert.deepEqual([made.object, made.model, made.choices.length, made.choices[0].finish_reason, made.choices[0].message.role], ['chat.completion', text, 1, 'stop', 'assistant']);
  assert.ok(made.choices[0].message.content.length > 0);
  assert.ok(made.usage.prompt_tokens > 0 && made.usage.completion_tokens > 0 && made.usage.total_tokens === made.usage.prompt_tokens + made.usage.completion_tokens);
  assert.equal(await framegate.submits(`Be short.\n\n${prompt}`), 1);

  const said = unique('name a ship');
  const { data: stream, response } = await client.chat.completions.create({ model: text, messages: [says(said)], stream: true, stream_options: { include_usage: true } }).withResponse();
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  let content = '', usage, ended;
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    content += chunk.choices[0]?.delta.content ?? '';
    ended = chunk.choices[0]?.finish_reason ?? ended;
    usage = chunk.usage ?? usage;
  }
  assert.ok(content.length > 0 && usage.total_tokens > 0);
  assert.equal(ended, 'stop');
  assert.equal(await framegate.submits(said), 1);
});

test('the SDK\'s own helper puts a stream together', async () => {
  const runner = client.chat.completions.stream({ model: text, messages: [says(unique('helper'))] });
  assert.ok((await runner.finalContent()).length > 0);
});

test('a picture: by modalities, and of a model that makes nothing else', async () => {
  const prompt = unique('drawn');
  const { choices: [{ message }] } = await client.chat.completions.create({ model: 'google/gemini-3-pro-image', messages: [says(prompt)], modalities: ['image', 'text'], image_config: { aspect_ratio: '16:9', image_size: '2K' } });
  assert.equal(message.content, '');
  assert.equal(message.images[0].type, 'image_url');
  assert.ok(pictureOf(message).length > 100);
  assert.equal(await framegate.submits(prompt), 1);

  // Whoever has not asked for a picture may look at the text alone: the link in it opens without a key.
  const plain = await client.chat.completions.create({ model: 'flux/flux-dev', messages: [says(unique('drawn'))], output_format: 'png' });
  assert.ok(isPng(pictureOf(plain.choices[0].message)));
  const [, link] = /^!\[image\]\((.+)\)$/.exec(plain.choices[0].message.content);
  assert.ok(isPng(await (await fetch(link)).arrayBuffer()));

  let shown;
  for await (const chunk of await client.chat.completions.create({ model: 'flux/flux-dev', messages: [says(unique('drawn'))], modalities: ['image'], stream: true })) shown = chunk.choices[0]?.delta.images ?? shown;
  assert.ok(pictureOf({ images: shown }).length > 100);
});

test('a picture is changed: one of the user, and one that the assistant has shown', async () => {
  const { choices: [{ message }] } = await client.chat.completions.create({ model: 'flux/flux-kontext-pro', messages: [says(unique('first'))], modalities: ['image'] });
  const url = message.images[0].image_url.url;
  for (const messages of [[says([{ type: 'text', text: unique('then') }, { type: 'image_url', image_url: { url, detail: 'high' } }])], [says('a boat'), { role: 'assistant', content: '', images: message.images }, says(unique('at night'))]]) {
    const made = await client.chat.completions.create({ model: 'flux/flux-kontext-pro', messages, modalities: ['image'] });
    assert.ok(pictureOf(made.choices[0].message).length > 100);
  }

  // A model of text looks at it.
  const seen = await client.chat.completions.create({ model: text, messages: [says([{ type: 'text', text: unique('what is it') }, { type: 'image_url', image_url: { url } }])] });
  assert.ok(seen.choices[0].message.content.length > 0);
});

test('what was said without a word of content is said too, and what is not heeded is told', async () => {
  const prompt = unique('why not');
  const talk = [says('one'), { role: 'assistant', content: null, refusal: 'No.' }, says('two'), { role: 'assistant', content: [{ type: 'refusal', refusal: 'Never.' }] }, says(prompt)];
  await client.chat.completions.create({ model: text, messages: talk });
  assert.equal(await framegate.submits(`user: one\n\nassistant: No.\n\nuser: two\n\nassistant: Never.\n\nuser: ${prompt}`), 1);

  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', detail: 'high' } };
  const { response } = await client.chat.completions.create({ model: text, messages: [says([{ type: 'text', text: unique('look') }, image])] }).withResponse();
  assert.match(response.headers.get('x-framegate-warnings'), /^messages: detail was left out/);
  image.image_url.detail = 'auto';
  const plain = await client.chat.completions.create({ model: text, messages: [says([{ type: 'text', text: unique('look') }, image])] }).withResponse();
  assert.equal(plain.response.headers.get('x-framegate-warnings'), null);
});

test('the few tokens of an app that tries a connection, and a search without options, are told', async () => {
  for (const [model, more, warning] of [
    ['openai/gpt-5.5', { max_tokens: 5 }, /max_tokens: OpenAI's models take 16 at least/], [text, { max_tokens: 1 }, /^(?!.*max_tokens)/], [text, { web_search_options: {} }, /web_search_options: it was left out/],
  ]) {
    const { data, response } = await client.chat.completions.create({ model, messages: [says(unique('ping'))], ...more }).withResponse();
    // A single token may be none that is said: an answer all the same, and no failure.
    assert.deepEqual([data.choices[0].message.content.length > 0, data.choices[0].finish_reason], more.max_tokens === 1 ? [false, 'length'] : [true, 'stop']);
    assert.match(response.headers.get('x-framegate-warnings') ?? '', warning);
  }
});

test('a text that the limit of tokens has cut is told as such', async () => {
  for (const model of [text, 'openai/gpt-5.5']) {
    const messages = [says(unique('a long way to go, '.repeat(20)))];
    const { data, response } = await client.chat.completions.create({ model, messages, max_tokens: 20 }).withResponse();
    assert.equal(data.choices[0].finish_reason, 'length');
    assert.match(response.headers.get('x-framegate-warnings'), /limit of tokens/);
    let ended;
    for await (const chunk of await client.chat.completions.create({ model, messages, max_completion_tokens: 20, stream: true })) ended = chunk.choices[0]?.finish_reason ?? ended;
    assert.equal(ended, 'length');
    // What the caller's own word has ended is whole.
    assert.equal((await client.chat.completions.create({ model, messages, max_tokens: 20, stop: 'sandbox' })).choices[0].finish_reason, 'stop');

    const made = await client.responses.create({ model, input: messages[0].content, max_output_tokens: 20 });
    assert.deepEqual([made.status, made.incomplete_details.reason, made.output[0].status], ['incomplete', 'max_output_tokens', 'incomplete']);
    assert.ok(made.output_text.length > 0);
    assert.equal((await client.responses.retrieve(made.id)).status, 'incomplete');
    const events = [];
    for await (const event of await client.responses.create({ model, input: messages[0].content, max_output_tokens: 20, stream: true })) events.push(event);
    assert.deepEqual([events.at(-1).type, events.at(-1).response.status], ['response.incomplete', 'incomplete']);
  }
});

test('a text ends before what it is to stop at', async () => {
  const whole = (await client.chat.completions.create({ model: text, messages: [says(unique('stop'))] })).choices[0].message.content;
  const stop = whole.slice(3, 5);
  const cut = (await client.chat.completions.create({ model: text, messages: [says(unique('stop'))], stop: [stop, 'zzz'] })).choices[0].message.content;
  assert.equal(cut.includes(stop), false);
});

test('what may have been paid is not sent again, waited for or as chunks', async () => {
  for (const stream of [false, true]) {
    for (const magic of ['sandbox:drop', 'sandbox:error']) {
      const prompt = unique(magic);
      await assert.rejects(async () => {
        const answer = await client.chat.completions.create({ model: 'flux/flux-dev', messages: [says(prompt)], stream });
        if (stream) for await (const _ of answer);
      }, error => stream ? error instanceof OpenAI.APIError : error.status === 424);
      assert.equal(await framegate.submits(prompt), 1);
    }
  }
});

test('what cannot be done is named', async () => {
  for (const [more, param, status = 400] of [
    [{ messages: undefined }, 'messages'], [{ messages: [] }, 'messages'], [{ messages: 'x' }, 'messages'], [{ messages: [{}] }, 'messages[0].role'], [{ messages: [says('x', 'tool')] }, 'messages[0].role'],
    [{ messages: [says([{ type: 'input_audio', input_audio: {} }])] }, 'messages[0].content'], [{ messages: [says([{ type: 'image_url' }])] }, 'messages[0].content'], [{ messages: [says(5)] }, 'messages[0].content'],
    [{ messages: [says('')] }, 'messages'], [{ messages: [{ role: 'assistant', tool_calls: [{ id: 'c' }] }] }, 'messages[0].tool_calls'],
    [{ messages: [{ role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } }] }, 'messages[0].function_call'], [{ messages: [{ role: 'assistant', audio: { id: 'a' } }] }, 'messages[0].audio'],
    [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'], [{ response_format: { schema: {} } }, 'response_format'], [{ tool_choice: 7 }, 'tool_choice'], [{ user: 7 }, 'user'], [{ logit_bias: 'x' }, 'logit_bias'], [{ functions: [{ name: 'f' }] }, 'functions'], [{ audio: { voice: 'alloy', format: 'mp3' } }, 'audio'], [{ modalities: ['audio'] }, 'modalities'],
    [{ n: 2 }, 'n'], [{ stream: 'yes' }, 'stream'], [{ temperature: 9 }, 'temperature'], [{ stop: 5 }, 'stop'], [{ max_tokens: 0 }, 'max_tokens'], [{ no_such: 1 }, 'no_such'],
    [{ model: 'no-such-model' }, 'model', 404], [{ model: 'flux/flux-dev', size: '7x7' }, 'size'], [{ model: 'sora/sora-2' }, 'model'], [{ model: 'flux/flux-dev', modalities: ['text'] }, 'model'],
    [{ model: text, modalities: ['image'] }, 'model'], [{ messages: [says([{ type: 'image_url', image_url: { url: 'ftp://x' } }])] }, 'messages'],
  ]) {
    await assert.rejects(client.chat.completions.create({ model: text, messages: [says('x')], ...more }), error => {
      assert.deepEqual([error.status, error.param], [status, param], `${JSON.stringify(more)} ${error.message}`);
      return true;
    });
  }
});

test('what a text is to be like reaches the provider in its own words', async () => {
  // Stands between the program and the stand-ins, and notes what is sent.
  const sandbox = await startSandbox();
  const sent = [];
  const between = createServer(async (request, answer) => {
    const body = Buffer.concat(await request.toArray());
    if (request.method === 'POST') sent.push(JSON.parse(body));
    const got = await fetch(sandbox.url + request.url, { method: request.method, headers: { 'content-type': 'application/json', authorization: 'Bearer k', 'x-goog-api-key': 'k' }, body: request.method === 'POST' ? body : undefined });
    answer.writeHead(got.status, { 'content-type': got.headers.get('content-type') ?? 'application/json' }).end(Buffer.from(await got.arrayBuffer()));
  });
  await new Promise(resolve => between.listen(0, '127.0.0.1', resolve));
  const other = await startFramegate({}, { sandbox: `http://127.0.0.1:${between.address().port}` });
  try {
    const its = new OpenAI({ apiKey: 'k', baseURL: `${other.url}/v1`, maxRetries: 0 });
    const schema = { type: 'object', properties: { name: { type: 'string' } } };
    const messages = [says('name a boat')];
    await its.chat.completions.create({ model: text, messages, temperature: 0.2, top_p: 0.9, max_tokens: 50, seed: 7, frequency_penalty: 1, response_format: { type: 'json_schema', json_schema: { name: 'boat', strict: true, schema } } });
    assert.deepEqual(sent.at(-1).generationConfig, { seed: 7, temperature: 0.2, topP: 0.9, maxOutputTokens: 50, frequencyPenalty: 1, responseMimeType: 'application/json', responseJsonSchema: schema });
    await its.chat.completions.create({ model: 'openai/gpt-5.5', messages, max_completion_tokens: 50, reasoning_effort: 'low', verbosity: 'low', response_format: { type: 'json_object' } });
    const { max_output_tokens, reasoning, text: form } = sent.at(-1);
    assert.deepEqual([max_output_tokens, reasoning, form], [50, { effort: 'low' }, { verbosity: 'low', format: { type: 'json_object' } }]);
    await its.responses.create({ model: 'openai/gpt-5.5', input: 'name a boat', temperature: 0, max_output_tokens: 60, reasoning: { effort: 'high' }, text: { verbosity: 'high', format: { type: 'json_schema', name: 'boat', schema } } });
    const sentOn = sent.at(-1);
    assert.deepEqual([sentOn.temperature, sentOn.max_output_tokens, sentOn.reasoning.effort, sentOn.text.verbosity, sentOn.text.format.schema], [0, 60, 'high', 'high', schema]);
  } finally {
    await other.stop();
    between.close();
    await sandbox.stop();
  }
});

test('other clients: the AI SDK, LangChain', async () => {
  const compatible = createOpenAICompatible({ name: 'framegate', baseURL: `${framegate.url}/v1`, apiKey: 'k', includeUsage: true });
  const made = await generateText({ model: compatible.chatModel(text), system: 'Be short.', prompt: unique('name a boat'), temperature: 0, maxOutputTokens: 40, stopSequences: ['zzz'] });
  assert.ok(made.text.length > 0);
  const stream = streamText({ model: compatible.chatModel(text), prompt: unique('name a boat') });
  assert.ok((await stream.text).length > 0);
  assert.ok((await stream.usage).totalTokens > 0);
  const lang = new ChatOpenAI({ model: text, apiKey: 'k', configuration: { baseURL: `${framegate.url}/v1` }, temperature: 0 });
  assert.ok((await lang.invoke(unique('name a boat'))).content.length > 0);
});
