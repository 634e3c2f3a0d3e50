// The doors for agents and for the AI SDK, names that apps have in their code, and links that open: the official MCP clients, our provider from its tarball.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from '@modelcontextprotocol/client';
import { createTaskSessionFromClient, resultFromTaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as ai7 from 'ai';
import * as ai6 from 'ai-6';
import OpenAI from 'openai';
import { isMp3, isMp4, isPng, startFramegate } from './framegate.mjs';

const key = 'fg-doors-test-key-0123456789', otherKey = 'fg-doors-test-key-of-another';
const authorization = `Bearer ${key}`;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const unique = text => `${text} ${crypto.randomUUID()}`;
let framegate;
before(async () => { framegate = await startFramegate({ FRAMEGATE_CLIENT_KEY: key, Framegate__Clients__other__KeyEnv: 'DOORS_OTHER_KEY', DOORS_OTHER_KEY: otherKey, Framegate__Media__Links: 'Signed', Framegate__Limits__flux__RequestsPerMinute: '6000' }); });
after(() => framegate.stop());

describe('names that apps have in their code', () => {
  const client = () => new OpenAI({ baseURL: `${framegate.url}/v1`, apiKey: key, maxRetries: 0 });

  for (const [model, more] of [['dall-e-3', { size: '1792x1024', quality: 'hd' }], ['gpt-image-1', { quality: 'low', background: 'transparent' }], ['gpt-image-2.5-flare', {}]]) {
    test(`${model} makes a picture, and the answer says with what`, async () => {
      const { data, response } = await client().images.generate({ model, prompt: unique('sandbox:ok'), response_format: 'b64_json', ...more }).withResponse();
      assert.ok(isPng(Buffer.from(data.data[0].b64_json, 'base64')));
      assert.ok(data.usage.total_tokens >= 0 && data.quality);
      assert.match(response.headers.get('framegate-model'), /^gpt-image-/);
    });
  }

  test('sora-2 makes a clip with the size and the length that are OpenAI\'s own defaults', async () => {
    const { data, response } = await client().videos.create({ model: 'sora-2', prompt: unique('sandbox:ok') }).withResponse();
    assert.deepEqual([data.size, data.seconds, response.headers.get('framegate-provider')], ['720x1280', '4', 'veo']);
  });

  test('a size that nothing behind a name makes is refused with those that something does', async () => {
    await assert.rejects(client().videos.create({ model: 'sora-2', prompt: 'x', size: '1000x1000' }), error => error.status === 400 && error.param === 'size' && /720x1280/.test(error.message));
  });

  test('tts-1 speaks', async () => {
    assert.ok(isMp3(Buffer.from(await (await client().audio.speech.create({ model: 'tts-1', input: unique('sandbox:ok'), voice: 'alloy' })).arrayBuffer())));
  });

  test('every name of the shipped list leads to a model that lives', async () => {
    const { aliases, data } = await (await fetch(`${framegate.url}/models`, { headers: { authorization } })).json();
    const today = new Date().toISOString().slice(0, 10);
    const lives = new Set(data.filter(m => !m.retired || m.retired > today).map(m => m.id));
    const dead = aliases.filter(a => !a.candidates.some(c => lives.has(`${c.provider}/${c.model}`))).map(a => a.name ?? a.id);
    assert.ok(aliases.length > 10);
    assert.deepEqual(dead, []);
  });
});

describe('links that open', () => {
  test('a link of an answer opens without a key, and only as it was given out', async () => {
    const answer = await (await fetch(`${framegate.url}/v1/images/generations`, {
      method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ model: 'flux/flux-dev', prompt: unique('sandbox:ok'), response_format: 'url' }),
    })).json();
    const [{ url }] = answer.data;
    const picture = await fetch(url);
    assert.equal(picture.status, 200);
    assert.ok(isPng(await picture.arrayBuffer()));
    assert.equal((await fetch(url.split('?')[0])).status, 401);
    assert.equal((await fetch(`${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`)).status, 401);
  });

  test('the result of a native answer comes back through us, without any key', async () => {
    const headers = { 'x-key': key, 'content-type': 'application/json' };
    const { polling_url } = await (await fetch(`${framegate.url}/flux/v1/flux-dev`, { method: 'POST', headers, body: JSON.stringify({ prompt: unique('sandbox:ok') }) })).json();
    let job;
    do {
      await new Promise(resolve => setTimeout(resolve, 200));
      job = await (await fetch(polling_url, { headers })).json();
    } while (job.status !== 'Ready');
    assert.ok(job.result.sample.startsWith(`${framegate.url}/flux/~`), job.result.sample);
    const picture = await fetch(job.result.sample, { headers });
    assert.equal(picture.status, 200);
    assert.equal(picture.headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await fetch(job.result.sample.replace('/delivery/', '/v1/'), { headers })).status, 403);
  });
});

describe('agents', () => {
  const connect = async (C, T, options) => {
    const client = new C({ name: 'test', version: '1' }, options);
    await client.connect(new T(new URL(`${framegate.url}/mcp`), { requestInit: { headers: { authorization } } }));
    return client;
  };

  for (const [name, C, T, options] of [['sdk 1', Client, StreamableHTTPClientTransport], ['client 2', NewClient, NewTransport, { versionNegotiation: { mode: 'auto' } }]]) {
    test(`${name}: an image with a link and a preview, and its bytes as a resource`, async () => {
      const client = await connect(C, T, options);
      const prompt = unique('sandbox:ok');
      const result = await client.callTool({ name: 'generate_image', arguments: { prompt, model: 'flux/flux-dev', width: 256, height: 256 } });
      assert.equal(result.isError ?? false, false, JSON.stringify(result.content));
      assert.equal(result.structuredContent.status, 'success');
      const link = result.content.find(c => c.type === 'resource_link');
      const { contents: [bytes] } = await client.readResource({ uri: link.uri });
      assert.ok(isPng(Buffer.from(bytes.blob, 'base64')));
      assert.ok(isPng(Buffer.from(result.content.find(c => c.type === 'image').data, 'base64')));
      assert.equal((await fetch(result.structuredContent.media[0].url)).status, 200);
      assert.equal(await framegate.submits(prompt), 1);
      await client.close();
    });
  }

  test('a result is an input by every name that an agent was given for it', async () => {
    const client = await connect(Client, StreamableHTTPClientTransport);
    const made = await client.callTool({ name: 'generate_image', arguments: { prompt: unique('a boat'), model: 'flux/flux-dev' } });
    const [{ id, url, resource }] = made.structuredContent.media;
    for (const image of [id, url, resource, `media:${id}`]) {
      const changed = await client.callTool({ name: 'edit_image', arguments: { prompt: unique('at night'), image, model: 'flux/flux-kontext-pro' } });
      assert.equal(changed.structuredContent?.status, 'success', image + JSON.stringify(changed.content));
    }

    // Models write whole numbers as 7.0, which JavaScript cannot.
    const raw = await fetch(`${framegate.url}/mcp`, {
      method: 'POST', headers: { authorization, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"generate_image","arguments":{"prompt":"${unique('a boat')}","model":"flux/flux-dev","seed":7.0,"n":1e0,"waitSeconds":50.0}}}` });
    assert.match(await raw.text(), /"status":"success"|\\"status\\":\\"success\\"/);

    const nobodys = await client.callTool({ name: 'edit_image', arguments: { prompt: 'x', image: 'med_0', model: 'flux/flux-kontext-pro' } });
    assert.match(nobodys.content[0].text, /^image: /);
    await client.close();
  });

  test('a video is begun, looked up, and ended; prices, models and faults are told', async () => {
    const client = await connect(Client, StreamableHTTPClientTransport);
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(t => t.name).sort(), ['cancel_generation', 'edit_image', 'generate_audio', 'generate_image', 'generate_video', 'get_generation', 'list_models', 'quote']);
    const begun = await client.callTool({ name: 'generate_video', arguments: { prompt: unique('sandbox:slow=30'), model: 'runway/gen4.5', aspectRatio: '16:9', duration: 5 } });
    assert.equal(begun.structuredContent?.status, 'processing', JSON.stringify(begun.content));
    const { id } = begun.structuredContent;
    const ended = await client.callTool({ name: 'cancel_generation', arguments: { id } });
    assert.equal(ended.structuredContent.status, 'failed');
    assert.equal(ended.isError ?? false, false, 'it was ended as it was asked');
    assert.equal((await client.callTool({ name: 'get_generation', arguments: { id, waitSeconds: 0 } })).structuredContent.status, 'failed');
    const quote = await client.callTool({ name: 'quote', arguments: { mediaType: 'image', prompt: 'x', model: 'flux/flux-pro-1.1' } });
    assert.equal(quote.structuredContent.data[0].verdict, 'able');
    const models = await client.callTool({ name: 'list_models', arguments: { mediaType: 'audio' } });
    assert.ok(models.structuredContent.models.length > 3);
    for (const [args, reason] of [
      [{ prompt: 'x', model: 'flux/flux-dev', size: '1x1' }, /no argument 'size'/],
      [{ prompt: 'x', model: 'no-such' }, /no-such|model/],
      [{ prompt: 'x' }, /^model: It is required/],
      [{ prompt: 'x', model: 'flux/flux-dev', n: 'two' }, /^n: It must be a whole number/],
      [{ prompt: 'x', model: 'flux/flux-dev', n: 2.5 }, /^n: /],
      [{ prompt: 'x', model: 'flux/flux-dev', seed: 99999999999 }, /^seed: /],
      [{ prompt: 'x', model: 'flux/flux-dev', maxCost: 'cheap' }, /^maxCost: It must be a number/],
      [{ prompt: 'x', model: 'flux/flux-dev', maxCost: 0.0001 }, /^maxCost: It would cost/],
      [{ prompt: 'x', model: 'flux/flux-dev', referenceImages: 'https://example.com/a.png' }, /^referenceImages: It must be a list/],
      [{ prompt: 'x', model: 'flux/flux-dev', referenceImages: ['zzz'] }, /^referenceImages\[0\]: /],
      [{ prompt: 7, model: 'flux/flux-dev' }, /^prompt: It must be a text/],
      [{ prompt: 'x', model: 'flux/flux-dev', width: 7 }, /width/],
      [{ prompt: unique('x'), model: 'flux/flux-dev', maxCost: 0.0001 }, /cost/],
      [{ prompt: unique('sandbox:moderated'), model: 'flux/flux-dev' }, /CONTENT_POLICY_VIOLATION/],
    ]) {
      const fault = await client.callTool({ name: 'generate_image', arguments: args });
      assert.equal(fault.isError, true);
      assert.match(fault.content[0].text, reason);
      assert.doesNotMatch(fault.content[0].text, /System\.|dictionary|parameters\./);
    }

    for (const [name, args, reason] of [
      ['list_models', { mediaType: 'pictures' }, /^mediaType: .*image/], ['list_models', { capability: 'flying' }, /^capability: .*text-to-image/],
      ['quote', { mediaType: 'smell', prompt: 'x', model: 'flux/flux-dev' }, /^mediaType: .*audio/],
    ]) {
      const fault = await client.callTool({ name, arguments: args });
      assert.equal(fault.isError, true);
      assert.match(fault.content[0].text, reason);
    }

    assert.ok((await client.callTool({ name: 'list_models', arguments: { mediaType: 'IMAGE' } })).structuredContent.models.length > 3);
    await client.close();
  });

  test('long work is a task for clients that know tasks, and an id for the others', async () => {
    const client = await connect(NewClient, NewTransport, { versionNegotiation: { mode: 'auto' } });
    const framing = { protocolVersion: '2026-07-28', clientInfo: { name: 'test', version: '1' }, clientCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };
    const rawDispatch = async (request, as = key) => {
      const { method, params } = request, name = params.name ?? params.taskId;
      const answer = await fetch(`${framegate.url}/mcp`, {
        method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...request }),
        headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': framing.protocolVersion, 'mcp-method': method, ...(name ? { 'mcp-name': name } : {}) },
      });
      return JSON.parse(/\{.*/.exec(await answer.text())[0]);
    };
    const session = createTaskSessionFromClient(client, { endpointId: 'framegate', rawDispatch: request => rawDispatch(request), v2RequestFraming: framing });
    const clip = { model: 'runway/gen4.5', aspectRatio: '16:9', duration: 5 }, prompt = unique('sandbox:slow=3');
    const { outcome } = await (await session.callTool('generate_video', { ...clip, prompt })).settle();
    const result = resultFromTaskOutcome(outcome);
    assert.equal(result.structuredContent.status, 'success', JSON.stringify(outcome));
    assert.equal(await framegate.submits(prompt), 1);

    // What fails is told with its reason, and what is cancelled is cancelled.
    const failed = resultFromTaskOutcome((await (await session.callTool('generate_video', { ...clip, prompt: unique('sandbox:moderated') })).settle()).outcome);
    assert.ok(failed.isError);
    assert.match(failed.content[0].text, /CONTENT_POLICY_VIOLATION/);
    const meta = { 'io.modelcontextprotocol/protocolVersion': framing.protocolVersion, 'io.modelcontextprotocol/clientInfo': framing.clientInfo, 'io.modelcontextprotocol/clientCapabilities': framing.clientCapabilities };
    const call = (method, params, as) => rawDispatch({ method, params: { _meta: meta, ...params } }, as);
    const { result: task } = await call('tools/call', { name: 'generate_video', arguments: { ...clip, prompt: unique('sandbox:slow=60') } });
    assert.equal(task.status, 'working');
    assert.equal((await call('tasks/cancel', { taskId: task.taskId })).result.resultType, 'complete');
    assert.equal((await call('tasks/get', { taskId: task.taskId })).result.status, 'cancelled');
    assert.equal((await call('tasks/get', { taskId: 'gen_nobodys' })).error.code, -32602);

    // Another client's is not there for whoever has its id, and goes on.
    const own = unique('sandbox:slow=60'), { result: { taskId } } = await call('tools/call', { name: 'generate_video', arguments: { ...clip, prompt: own } });
    for (const [method, more] of [['tasks/get', {}], ['tasks/cancel', {}], ['tasks/update', { inputResponses: {} }]]) {
      const answer = await call(method, { taskId, ...more }, otherKey);
      assert.deepEqual([answer.error?.code, answer.result], [-32602, undefined], method);
      assert.doesNotMatch(JSON.stringify(answer), /sandbox:slow/);
    }
    assert.equal((await call('tasks/get', { taskId })).result.status, 'working');
    assert.equal((await call('tasks/cancel', { taskId })).result.resultType, 'complete');
    await session.close();
    await client.close();
  });

  test('a client of a later version is offered the latest that begins with a handshake', async () => {
    for (const [asked, offered] of [['2099-01-01', '2025-11-25'], ['2026-07-28', '2025-11-25'], ['2025-06-18', '2025-06-18'], ['', '2025-11-25']]) {
      const answer = await fetch(`${framegate.url}/mcp`, {
        method: 'POST', headers: { authorization, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: asked, capabilities: {}, clientInfo: { name: 'test', version: '1' } } }),
      });
      assert.equal(JSON.parse(/\{.*/.exec(await answer.text())[0]).result?.protocolVersion, offered, asked);
    }
  });

  test('no key, and a page of another site, are kept out', async () => {
    const ask = headers => fetch(`${framegate.url}/mcp`, {
      method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    });
    assert.equal((await ask({})).status, 401);
    assert.equal((await ask({ authorization, origin: 'https://evil.example.com' })).status, 403);
    assert.equal((await ask({ authorization })).status, 200);
  });
});

describe('the provider for the AI SDK, from its tarball', () => {
  const folder = mkdtempSync(join(tmpdir(), 'framegate-provider-'));
  let provider, createFramegate;
  before(async () => {
    const tarball = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, 'clients/ai-sdk'), encoding: 'utf8' }).trim().split('\n').pop();
    execFileSync('npm', ['install', '--silent', '--offline', '--no-audit', '--no-fund', '--prefix', folder, join(folder, tarball)]);
    ({ createFramegate } = await import(join(folder, 'node_modules/@framegate/ai-sdk-provider/index.js')));
    provider = createFramegate({ baseURL: framegate.url, apiKey: key, pollIntervalMs: 100 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, ai] of [['ai 7', ai7], ['ai 6', ai6]]) {
    const generateImage = ai.generateImage ?? ai.experimental_generateImage;
    const generateVideo = ai.experimental_generateVideo;
    const generateSpeech = ai.generateSpeech ?? ai.experimental_generateSpeech;

    test(`${name}: three pictures are three, one paid job each, with cost and warnings`, async () => {
      const prompt = unique('sandbox:ok');
      const { images, providerMetadata } = await generateImage({ model: provider.image('flux/flux-dev'), prompt, n: 3, size: '256x256' });
      assert.equal(new Set(images.map(i => i.base64)).size, 3);
      assert.equal(await framegate.submits(prompt), 3);
      assert.ok(providerMetadata.framegate.images.every(i => i.attempts.length === 1 && typeof i.cost === 'number'));
    });

    test(`${name}: a lost answer, a refusal and an error after payment cost one job, or none`, async () => {
      for (const [magic, most] of [['sandbox:drop', 1], ['sandbox:error', 1], ['sandbox:moderated', 1]]) {
        const prompt = unique(magic);
        await generateImage({ model: provider.image('flux/flux-dev'), prompt }).catch(error => assert.match(error.name, /AI_/));
        assert.ok(await framegate.submits(prompt) <= most, `${magic}: ${await framegate.submits(prompt)}`);
      }
    });

    test(`${name}: an abort ends the generation`, async () => {
      const prompt = unique('sandbox:slow=20');
      await assert.rejects(generateImage({ model: provider.image('flux/flux-dev'), prompt, abortSignal: AbortSignal.timeout(600) }));
      assert.ok(await framegate.submits(prompt) <= 1);
      const { data } = await (await fetch(`${framegate.url}/generations?limit=1`, { headers: { authorization } })).json();
      assert.equal(data[0].metadata.phase, 'cancelled');
    });

    test(`${name}: a clip and speech`, async () => {
      const prompt = unique('sandbox:ok');
      const [{ video }, { audio }] = await Promise.all([
        generateVideo({ model: provider.video('runway/gen4.5'), prompt, aspectRatio: '16:9', duration: 5 }),
        generateSpeech({ model: provider.speech('elevenlabs/eleven_flash_v2_5'), text: prompt, outputFormat: 'mp3' }),
      ]);
      assert.ok(isMp4(video.uint8Array));
      assert.ok(isMp3(audio.uint8Array));
    });
  }

  test('ai 7: two clips by a webhook, which calls when the first one is done', async () => {
    // Without client keys it serves this machine alone, and calls back to it.
    const local = await startFramegate();
    const prompt = unique('sandbox:ok');
    let called;
    const received = new Promise(resolve => { called = resolve; });
    const receiver = createServer((request, response) => {
      let text = '';
      request.on('data', part => { text += part; });
      request.on('end', () => { response.end(); called({ body: text, headers: request.headers }); });
    });
    await new Promise(resolve => receiver.listen(0, '127.0.0.1', resolve));
    try {
      const { videos, providerMetadata } = await ai7.experimental_generateVideo({
        model: createFramegate({ baseURL: local.url, pollIntervalMs: 100 }).video('runway/gen4.5'), prompt, n: 2, aspectRatio: '16:9', duration: 5,
        webhook: async () => ({ url: `http://127.0.0.1:${receiver.address().port}/done`, received }),
      });
      assert.equal(videos.length, 2);
      assert.ok(videos.every(v => isMp4(v.uint8Array)));
      assert.equal(providerMetadata.framegate.videos.length, 2);
      assert.equal(await local.submits(prompt), 2);
    } finally {
      receiver.close();
      await local.stop();
    }
  });

  test('ai 7: an abort between two looks at a clip ends it', async () => {
    const prompt = unique('sandbox:slow=60');
    const stop = new AbortController();
    const made = ai7.experimental_generateVideo({ model: provider.video('runway/gen4.5'), prompt, aspectRatio: '16:9', duration: 5, abortSignal: stop.signal, poll: { intervalMs: 60_000 } });
    made.catch(() => undefined);
    const find = async () => (await (await fetch(`${framegate.url}/generations?limit=1`, { headers: { authorization } })).json()).data[0].metadata.phase;
    const until = async phase => {
      for (let looks = 0; looks < 200 && await find() !== phase; looks++) await new Promise(resolve => setTimeout(resolve, 50));
      assert.equal(await find(), phase);
    };
    await until('running');
    stop.abort();
    await assert.rejects(made);
    await until('cancelled');
    assert.equal(await framegate.submits(prompt), 1);
  });
});
