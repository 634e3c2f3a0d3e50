// The requests that apps send, as their published sources write them, against the program with a client key: the settings of docs/apps.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ChatOpenAI } from '@langchain/openai';
import { isPng, startFramegate } from './framegate.mjs';

const key = 'fg-apps-test-key-0123456789';
const authorization = `Bearer ${key}`;
const unique = text => `${text} ${crypto.randomUUID()}`;
let framegate;
const ofText = 'Framegate__Models__gpt-5.5__Candidates__0__';
before(async () => {
  framegate = await startFramegate({ FRAMEGATE_CLIENT_KEY: key, Framegate__Limits__flux__RequestsPerMinute: '6000', [`${ofText}Provider`]: 'openai', [`${ofText}Model`]: 'gpt-5.5' });
});
after(() => framegate.stop());

async function post(path, body, headers = {}) {
  const form = body instanceof FormData;
  const response = await fetch(framegate.url + path, { method: 'POST', headers: { authorization, ...(form ? {} : { 'content-type': 'application/json' }), ...headers }, body: form ? body : JSON.stringify(body) });
  const json = await response.json();
  assert.equal(response.status, 200, JSON.stringify(json));
  return json;
}

const picture = async ({ data: [first] }) => first.b64_json ? Buffer.from(first.b64_json, 'base64') : Buffer.from(await (await fetch(first.url)).arrayBuffer());

const user = { 'X-OpenWebUI-User-Name': 'Ada', 'X-OpenWebUI-User-Id': '1', 'X-OpenWebUI-User-Email': 'ada@example.com', 'X-OpenWebUI-User-Role': 'user' };

for (const [app, path, body, headers] of [
  ['Open WebUI', '/v1/images/generations', { model: 'flux/flux-pro-1.1', n: 1, size: '1024x1024', response_format: 'b64_json' }, user],
  ['Open WebUI, gpt-image', '/v1/images/generations?api-version=2025-04-01', { model: 'gpt-image-1', n: 1, size: '1024x1024' }],
  ['LibreChat', '/v1/images/generations', { model: 'dall-e-3', n: 1, quality: 'standard', style: 'vivid', size: '1024x1024' }],
  ['LobeChat', '/v1/images/generations', { model: 'gpt-image-1', n: 1, size: 'auto' }],
  ['n8n, dall-e-2', '/v1/images/generations', { model: 'dall-e-2', response_format: 'b64_json', n: 1, size: '256x256' }],
  ['n8n, dall-e-3', '/v1/images/generations', { model: 'dall-e-3', response_format: 'url', quality: 'hd', style: 'natural', size: '1024x1792' }],
  ['n8n, gpt-image-1', '/v1/images/generations', { model: 'gpt-image-1' }],
  ['LangChain', '/v1/images/generations', { model: 'dall-e-3', n: 1, size: '1024x1024', quality: 'standard', style: 'vivid', response_format: 'url', user: 'ada' }],
]) {
  test(`${app}: its request makes a picture in the form that it reads`, async () => {
    const prompt = unique('sandbox:ok');
    const answer = await post(path, { ...body, prompt }, headers);
    const wantsUrl = body.response_format === 'url' || app === 'LibreChat';
    assert.equal('url' in answer.data[0], wantsUrl);
    assert.ok(isPng(await picture(answer)));
    assert.equal(answer.size, body.size === 'auto' || !body.size ? answer.size : body.size);
    assert.equal(await framegate.submits(prompt), 1);
  });
}

for (const model of ['gpt-image-2', 'gpt-image-2.5-flare', 'gpt-image-2.5-sunburst']) {
  test(`Dify: ${model} in a size and a quality of its own`, async () => {
    const quality = model === 'gpt-image-2' ? 'high' : 'xhigh';
    const answer = await post('/v1/images/generations', { model, prompt: unique('sandbox:ok'), size: '1536x864', quality, background: 'opaque', output_format: 'jpeg', n: 1, output_compression: 80, moderation: 'low' }, { 'OpenAI-Organization': 'org-x' });
    assert.deepEqual([answer.size, answer.quality, answer.output_format], ['1536x864', quality, 'jpeg']);
  });
}

test('edits as LobeChat, LibreChat (with Azure\'s header), n8n and Dify send them', async () => {
  const png = await picture(await post('/v1/images/generations', { model: 'flux/flux-dev', prompt: unique('sandbox:ok'), size: '512x512' }));
  for (const [fields, files, headers] of [
    [{ model: 'gpt-image-1', n: '1', input_fidelity: 'high' }, ['image']],
    [{ model: 'gpt-image-2', n: '1', size: '1024x1024' }, ['image[]', 'image[]']],
    [{ model: 'gpt-image-1', quality: 'auto', size: 'auto' }, ['image[]'], { authorization: '', 'api-key': key }],
    [{ model: 'gpt-image-1.5', n: '1', size: '1024x1024', background: 'auto', input_fidelity: 'low', output_compression: '100', quality: 'standard' }, ['image[]']],
    [{ model: 'dall-e-2', n: '1', size: '1024x1024', response_format: 'url' }, ['image']],
    [{ model: 'gpt-image-2.5-flare', n: '1', quality: 'max' }, ['image[]']],
  ]) {
    const [prompt, form] = [unique('sandbox:ok'), new FormData()];
    for (const [field, value] of Object.entries({ ...fields, prompt })) form.set(field, value);
    // Dify's files have no type of their own.
    for (const name of files) form.append(name, new Blob([png], { type: fields.quality === 'max' ? 'application/octet-stream' : 'image/png' }), 'input_image.png');
    const answer = await post(`/v1/images/edits${headers ? '?api-version=2025-04-01-preview' : ''}`, form, headers);
    assert.ok(isPng(await picture(answer)));
    assert.equal(await framegate.submits(prompt), 1);
  }
});

test('LobeChat, n8n: a clip as JSON with a picture to start from, and as a form', async () => {
  const { data: [{ b64_json }] } = await post('/v1/images/generations', { model: 'flux/flux-dev', prompt: unique('sandbox:ok'), size: '512x512' });
  const form = new FormData();
  for (const [field, value] of Object.entries({ model: 'sora-2', prompt: unique('sandbox:ok'), seconds: '4', size: '1280x720' })) form.set(field, value);
  form.append('input_reference', new Blob([Buffer.from(b64_json, 'base64')], { type: 'image/png' }), 'data.png');
  for (const body of [{ model: 'sora-2', prompt: unique('sandbox:ok'), seconds: '4', size: '1280x720', input_reference: { image_url: `data:image/png;base64,${b64_json}` } }, form]) {
    const made = await post('/v1/videos', body);
    // Both ask with a type of content, though there is none.
    const get = path => fetch(framegate.url + path, { headers: { authorization, 'content-type': 'application/json' } });
    for (let state = made; state.status !== 'completed'; state = await (await get(`/v1/videos/${made.id}`)).json()) {
      assert.ok(['queued', 'in_progress'].includes(state.status), JSON.stringify(state));
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    assert.equal((await get(`/v1/videos/${made.id}/content`)).headers.get('content-type'), 'video/mp4');
  }
});

test('LobeChat: a model whose name ends with :image draws in a chat', async () => {
  const { choices: [{ message }] } = await post('/v1/chat/completions', { model: 'flux/flux-dev', messages: [{ role: 'user', content: [{ text: unique('sandbox:ok'), type: 'text' }] }], modalities: ['image', 'text'], stream: false });
  assert.match(message.images[0].image_url.url, /^data:image\/png;base64,/);
});

test('n8n: a message in JSON of a schema, and a picture that is described', async () => {
  const says = content => [{ role: 'user', content }];
  const schema = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'], additionalProperties: false };
  const words = ({ output }) => output.find(o => o.type === 'message').content[0].text;
  for (const model of ['gpt-5.5', 'google/gemini-3.8-flash']) {
    const text = { ...(model === 'gpt-5.5' ? { verbosity: 'medium' } : {}), format: { type: 'json_schema', name: 'answer', schema } };
    const made = await post('/v1/responses', { model, input: says([{ type: 'input_text', text: unique('sandbox:ok') }]), parallel_tool_calls: true, store: true, background: false, text });
    assert.equal(typeof JSON.parse(words(made)).answer, 'string');
  }
  const { data: [{ b64_json }] } = await post('/v1/images/generations', { model: 'flux/flux-dev', prompt: unique('sandbox:ok'), size: '512x512' });
  const seen = await post('/v1/responses', { model: 'google/gemini-3.8-flash', input: says([{ type: 'input_text', text: unique('sandbox:ok') }, { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${b64_json}` }]), max_output_tokens: 300 });
  assert.ok(words(seen).length > 0);
});

test('a shape that a model does not make is refused by the name that it was sent under', async () => {
  for (const [path, body, param] of [
    ['/v1/images/generations', { model: 'google/gemini-3-pro-image', aspect_ratio: '7:4' }, 'aspect_ratio'],
    ['/v1/videos', { model: 'veo/veo-3.1-fast-generate-001', aspect_ratio: '5:4' }, 'aspect_ratio'],
    ['/v1/videos', { model: 'veo/veo-3.1-fast-generate-001', resolution: '8k' }, 'resolution'],
    ['/v1/images/generations', { model: 'google/gemini-3-pro-image', size: '7x4' }, 'size'],
  ]) {
    const response = await fetch(framegate.url + path, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ prompt: 'x', ...body }) });
    assert.deepEqual([response.status, (await response.json()).error.param], [400, param]);
  }
});

test('Dify: every answer has the usage that its tool reads', async () => {
  const answer = await post('/v1/images/generations', { model: 'gpt-image-1', prompt: unique('sandbox:ok'), size: '1536x1024', quality: 'low', background: 'transparent', output_format: 'png', moderation: 'low', n: 2 });
  assert.equal(answer.data.length, 2);
  const { total_tokens, input_tokens, output_tokens, input_tokens_details: { text_tokens, image_tokens } } = answer.usage;
  assert.ok([total_tokens, input_tokens, output_tokens, text_tokens, image_tokens].every(Number.isInteger));
  assert.deepEqual([answer.size, answer.quality, answer.background], ['1536x1024', 'low', 'transparent']);
});

test('ComfyUI: its nodes make and edit at their own paths', async () => {
  const headers = { 'x-api-key': key, authorization: '' };
  const [drawn, painted] = [unique('sandbox:ok'), unique('sandbox:ok')];
  for (const body of [
    { model: 'dall-e-2', prompt: unique('sandbox:ok'), n: 1, size: '256x256' },
    { model: 'dall-e-3', prompt: unique('sandbox:ok'), quality: 'standard', size: '1024x1792', style: 'natural' },
    { background: 'auto', model: 'gpt-image-1.5', moderation: 'low', n: 2, prompt: drawn, quality: 'low', size: 'auto' },
  ]) {
    const answer = await post('/proxy/openai/images/generations', body, headers);
    assert.equal(answer.data.length, body.n ?? 1);
    assert.ok(isPng(await picture(answer)));
    assert.ok(Number.isInteger(answer.usage.input_tokens) && Number.isInteger(answer.usage.output_tokens));
  }

  const bytes = await picture(await post('/v1/images/generations', { model: 'gpt-image-1.5', prompt: unique('sandbox:ok'), size: '1024x1024' }));
  const form = new FormData();
  for (const [field, value] of Object.entries({ background: 'auto', model: 'gpt-image-1.5', moderation: 'low', n: '1', prompt: painted, quality: 'low', size: 'auto' })) form.set(field, value);
  for (const n of [0, 1]) form.append('image[]', new Blob([bytes], { type: 'image/png' }), `image_${n}.png`);
  assert.ok(isPng(await picture(await post('/proxy/openai/images/edits', form, headers))));
  assert.equal(await framegate.submits(painted), 1);
});

test('ComfyUI: fields without a value are none, in a message too', async () => {
  const message = { content: [{ text: unique('sandbox:ok'), type: 'input_text' }], role: 'user', type: null };
  const none = { instructions: null, max_output_tokens: null, temperature: null, top_p: null, previous_response_id: null, include: null };
  const made = await post('/proxy/openai/v1/responses', { ...none, model: 'gpt-5.5', truncation: 'disabled', input: [message], parallel_tool_calls: true, store: true, stream: false }, { 'x-api-key': key, authorization: '' });
  assert.equal(made.status, 'completed');
});

test('ComfyUI: the chat node writes a text at its own path, and asks for it there', async () => {
  const headers = { 'x-api-key': key, authorization: '', 'idempotency-key': crypto.randomUUID().replaceAll('-', '') };
  const prompt = unique('sandbox:ok');
  const made = await post('/proxy/openai/v1/responses', { input: [{ content: [{ text: prompt, type: 'input_text' }], role: 'user' }], model: 'gpt-5.5', store: true, stream: false, truncation: 'auto', max_output_tokens: 4096 }, headers);
  const found = await (await fetch(`${framegate.url}/proxy/openai/v1/responses/${made.id}`, { headers: { 'x-api-key': key } })).json();
  assert.equal(found.status, 'completed');
  assert.ok(found.output.find(o => o.type === 'message').content.find(c => c.type === 'output_text').text.length > 0);
  assert.equal(await framegate.submits(prompt), 1);
});

test('go-openai: the fields of its form that have no value are empty', async () => {
  const prompt = unique('sandbox:ok');
  const bytes = await picture(await post('/v1/images/generations', { model: 'flux/flux-dev', prompt: unique('sandbox:ok'), size: '512x512' }));
  const form = new FormData();
  form.append('image', new Blob([bytes], { type: 'image/png' }), 'image.png');
  for (const [field, value] of Object.entries({ prompt, n: '1', size: '', response_format: '', model: 'flux/flux-kontext-pro' })) form.set(field, value);
  assert.ok(isPng(await picture(await post('/v1/images/edits', form))));
  assert.equal(await framegate.submits(prompt), 1);
});

test('Open WebUI: an edit is a form with image or image[]', async () => {
  const bytes = await picture(await post('/v1/images/generations', { model: 'flux/flux-dev', prompt: unique('sandbox:ok'), size: '512x512' }));
  for (const name of ['image', 'image[]']) {
    const form = new FormData();
    for (const [field, value] of Object.entries({ model: 'flux/flux-kontext-pro', prompt: unique('sandbox:ok'), n: '1', response_format: 'b64_json' })) {
      form.set(field, value);
    }

    form.append(name, new Blob([bytes], { type: 'image/png' }), 'image.png');
    assert.ok(isPng(await picture(await post('/v1/images/edits', form))));
  }
});

test('a call that does not wait is answered at once, asked for, and ended', async () => {
  const start = async body => {
    const response = await fetch(`${framegate.url}/v1/images/generations`, { method: 'POST', headers: { authorization, 'content-type': 'application/json', ...(body.background ? {} : { prefer: 'respond-async' }) }, body: JSON.stringify(body) });
    assert.equal(response.status, 202);
    const job = await response.json();
    assert.equal(response.headers.get('location'), `/v1/images/generations/${job.id}`);
    assert.match(job.status, /queued|in_progress/);
    return job;
  };
  const find = async (id, query = '') => {
    const response = await fetch(`${framegate.url}/v1/images/generations/${id}${query}`, { headers: { authorization } });
    return { status: response.status, json: await response.json() };
  };
  const end = async (id, query) => {
    for (;;) {
      const found = await find(id, query);
      if (found.status !== 202) {
        return found;
      }

      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };

  const one = await start({ model: 'flux/flux-dev', prompt: unique('sandbox:ok'), background: true });
  const three = await start({ model: 'flux/flux-dev', prompt: unique('sandbox:ok'), n: 3 });
  const bad = await start({ model: 'flux/flux-dev', prompt: unique('sandbox:moderated') });
  const slow = await start({ model: 'flux/flux-dev', prompt: unique('sandbox:slow=60') });
  assert.ok(isPng(await picture((await end(one.id)).json)));
  const { json } = await end(three.id, '?response_format=url');
  assert.equal(new Set(json.data.map(d => d.url)).size, 3);
  const failed = await end(bad.id);
  assert.deepEqual([failed.status, failed.json.status, failed.json.error.code], [200, 'failed', 'moderation_blocked']);
  const cancelled = await fetch(`${framegate.url}/v1/images/generations/${slow.id}`, { method: 'DELETE', headers: { authorization } });
  assert.equal((await cancelled.json()).status, 'failed');
  assert.equal((await find('img_nobody')).status, 404);
});

test('a held answer with signs of life is JSON all the same, and an error in it when it fails', async () => {
  const held = await startFramegate({ Framegate__OpenAi__HeldKeepAlive: '00:00:01', Framegate__OpenAi__ImageTimeout: '00:00:15' });
  try {
    const call = prompt => fetch(`${held.url}/v1/images/generations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'flux/flux-dev', prompt, response_format: 'b64_json' }) });
    const [made, failed, refused] = await Promise.all([call('sandbox:slow=3'), call('sandbox:hang'), call('')]);
    const text = await made.text();
    assert.deepEqual([made.status, text[0]], [200, ' ']);
    assert.ok(isPng(Buffer.from(JSON.parse(text).data[0].b64_json, 'base64')));
    const error = await failed.json();
    assert.equal(failed.status, 200);
    assert.ok(error.error.message, JSON.stringify(error));
    assert.equal(refused.status, 400);
  } finally {
    await held.stop();
  }
});

test('a clip is changed and prolonged by its id', async () => {
  const made = await post('/v1/videos', { model: 'sora/sora-2', prompt: unique('sandbox:ok'), seconds: '4' });
  let video;
  do {
    await new Promise(resolve => setTimeout(resolve, 100));
    video = await (await fetch(`${framegate.url}/v1/videos/${made.id}`, { headers: { authorization } })).json();
  } while (video.status !== 'completed');
  const edited = await post('/v1/videos/edits', { prompt: unique('sandbox:ok'), video: { id: made.id } });
  const form = new FormData();
  form.set('prompt', unique('sandbox:ok'));
  form.set('seconds', '8');
  form.set('video[id]', made.id);
  const extended = await post('/v1/videos/extensions', form);
  assert.deepEqual([edited.remixed_from_video_id, extended.remixed_from_video_id, extended.seconds], [made.id, made.id, '8']);
});

test('an app of dall-e-3 reads links of any model, which open in a browser; others need the key', async () => {
  for (const body of [{ model: 'flux/flux-dev', quality: 'standard', style: 'vivid' }, { model: 'flux/flux-dev', response_format: 'url' }]) {
    const { data: [{ url }] } = await post('/v1/images/generations', { ...body, prompt: unique('sandbox:ok'), n: 1, size: '1024x1024' });
    assert.ok(isPng(await (await fetch(url)).arrayBuffer()));
    assert.equal((await fetch(url.split('?')[0])).status, 401);
  }

  assert.ok('b64_json' in (await post('/v1/images/generations', { model: 'flux/flux-dev', style: 'vivid', response_format: 'b64_json', prompt: unique('sandbox:ok') })).data[0]);
  const made = await post('/generations', { provider: 'flux', model: 'flux-dev', media_type: 'image', prompt: unique('sandbox:ok') });
  assert.equal((await fetch(made.result.media[0].url)).status, 401);
});

test('Open WebUI, engine Gemini: its request at the native route', async () => {
  const prompt = unique('sandbox:ok');
  const answer = await post('/google/v1beta/models/gemini-3-pro-image:generateContent', { contents: [{ parts: [{ text: prompt }] }] }, { authorization: '', 'x-goog-api-key': key });
  // The stand-in draws for those alone who ask for it by `responseModalities`, which this app does not.
  assert.ok(answer.candidates[0].content.parts.length > 0);
  assert.equal(await framegate.submits(prompt), 1);
  const { data: [{ b64_json }] } = await post('/v1/images/generations', { model: 'flux/flux-dev', prompt: unique('sandbox:ok'), size: '512x512' });
  const edit = { contents: [{ parts: [{ text: unique('sandbox:ok') }, { inline_data: { mime_type: 'image/png', data: b64_json } }] }] };
  assert.ok((await post('/google/v1beta/models/gemini-3-pro-image:generateContent', edit, { authorization: '', 'x-goog-api-key': key })).candidates[0].content.parts.length > 0);
});

for (const [app, body, warnings = ''] of [
  ['Open WebUI, a title', { stream: false, max_completion_tokens: 1000, messages: [{ role: 'user', content: 'sandbox:ok' }] }],
  ['LibreChat', { messages: [{ role: 'system', content: 'sandbox:ok' }, { role: 'user', content: [{ type: 'text', text: 'x' }] }], user: 'ada', temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0 }],
  ['Dify', { messages: [{ role: 'system', content: '' }, { role: 'user', content: 'sandbox:ok' }], stop: [], max_tokens: 512, temperature: 0.7, stream: false, user: '' }],
  ['n8n', { messages: [{ role: 'user', content: 'sandbox:ok' }], temperature: 0.7, top_p: 1, presence_penalty: 0, frequency_penalty: 0, n: 1, stream: false }],
  ['LiteLLM', { messages: [{ role: 'user', content: 'sandbox:ok' }], extra_headers: undefined, logit_bias: {}, service_tier: 'auto', metadata: { a: 'b' } }],
  ['LobeChat', { messages: [{ role: 'user', content: 'sandbox:ok', name: 'ada' }], reasoning_effort: 'low' }, 'reasoning_effort: it was left out; models here have no such switch.'],
]) {
  test(`${app}: its chat is answered`, async () => {
    const response = await fetch(`${framegate.url}/v1/chat/completions`, {
      method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ model: 'google/gemini-3.8-flash', ...body }) });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    assert.equal(response.headers.get('x-framegate-warnings') ?? '', warnings);
    assert.ok(answer.choices[0].message.content.length > 0);
  });
}

test('LiteLLM: images, edits and videos as it sends them', async () => {
  const bytes = await picture(await post('/v1/images/generations', { model: 'flux/flux-pro-1.1', prompt: unique('sandbox:ok'), n: 1, user: 'ada' }));
  assert.ok(isPng(bytes));
  const form = new FormData();
  for (const [field, value] of Object.entries({ model: 'gpt-image-1', prompt: unique('sandbox:ok'), n: '1', response_format: 'b64_json' })) form.set(field, value);
  for (const n of [0, 1]) form.append('image[]', new Blob([bytes], { type: 'image/png' }), `/home/ada/pictures/${n}.png`);
  assert.ok(isPng(await picture(await post('/v1/images/edits', form))));

  const video = await post('/v1/videos', { model: 'sora-2', prompt: unique('sandbox:ok'), seconds: '4', size: '1280x720', user: 'ada' });
  const get = path => fetch(framegate.url + path, { headers: { authorization } });
  for (let state = video; state.status !== 'completed';) {
    assert.ok(['queued', 'in_progress'].includes(state.status), JSON.stringify(state));
    state = await (await get(`/v1/videos/${video.id}`)).json();
  }
  assert.equal((await get(`/v1/videos/${video.id}/content?video_id=${video.id}`)).headers.get('content-type'), 'video/mp4');
  assert.equal((await (await get('/v1/videos?limit=1&order=desc')).json()).data.length, 1);
  const remixed = await post(`/v1/videos/${video.id}/remix`, { prompt: unique('sandbox:ok') });
  assert.equal(remixed.remixed_from_video_id, video.id);

  // A deployment at a base URL of its own keeps the marks of other makers in a message.
  const marked = { type: 'text', text: 'sandbox:ok', cache_control: { type: 'ephemeral' } };
  await post('/v1/chat/completions', { model: 'google/gemini-3.8-flash', messages: [{ role: 'user', content: [marked] }] });
  await post('/v1/responses', { model: 'google/gemini-3.8-flash', input: [{ role: 'user', content: [{ ...marked, type: 'input_text' }] }] });
});

test('Flowise: its agent draws with the built-in tool, streamed and not', async () => {
  for (const streaming of [true, false]) {
    const prompt = unique('sandbox:ok');
    const model = new ChatOpenAI({ temperature: 0.9, modelName: 'gpt-5.5', apiKey: key, streaming, maxRetries: 0, configuration: { baseURL: `${framegate.url}/v1` } }).bindTools([{ type: 'image_generation' }]);
    let answer;
    for await (const chunk of streaming ? await model.stream([['user', prompt]]) : [await model.invoke([['user', prompt]])]) answer = answer ? answer.concat(chunk) : chunk;
    const [call] = answer.response_metadata.output.filter(o => o.type === 'image_generation_call');
    assert.ok(isPng(Buffer.from(call.result, 'base64')));
    assert.equal(await framegate.submits(prompt), 1);
  }
});

test('Cursor, n8n\'s agent: a chat with tools is refused by name, and costs nothing', async () => {
  const prompt = unique('sandbox:ok');
  const response = await fetch(`${framegate.url}/v1/chat/completions`, {
    method: 'POST', headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'google/gemini-3.8-flash', messages: [{ role: 'user', content: prompt }], tools: [{ type: 'function', function: { name: 'f', parameters: {} } }], tool_choice: 'auto', stream: true }) });
  assert.deepEqual([response.status, (await response.json()).error.param], [400, 'tools']);
  assert.equal(await framegate.submits(prompt), 0);
});
