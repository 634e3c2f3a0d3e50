// Each client that is named to users, with its own defaults for repeating: as it is, with an answer that is lost, with an error after payment, with a time-out, and with an abort.
// Whatever it does by itself, one call is one paid job, and the ledger of the stand-ins says so.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createBlackForestLabs } from '@ai-sdk/black-forest-labs';
import { createFal } from '@ai-sdk/fal';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { DallEAPIWrapper } from '@langchain/openai';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import * as ai7 from 'ai';
import * as ai6 from 'ai-6';
import OpenAI from 'openai';
import { startFramegate } from './framegate.mjs';

const key = 'fg-matrix-test-key-0123456789';
const authorization = `Bearer ${key}`;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'framegate-matrix-'));
const unique = text => `${text} ${crypto.randomUUID()}`;
const model = 'flux/flux-pro-1.1';
let framegate, provider;
before(async () => {
  framegate = await startFramegate({
    FRAMEGATE_CLIENT_KEY: key, Framegate__Media__Links: 'Signed', Framegate__Limits__flux__RequestsPerMinute: '6000', Framegate__Limits__google__RequestsPerMinute: '6000',
    // Half of these calls fail, which is for the breaker's own tests.
    Framegate__Breaker__MinimumThroughput: '1000' });
  const tarball = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, 'clients/ai-sdk'), encoding: 'utf8' }).trim().split('\n').pop();
  execFileSync('npm', ['install', '--silent', '--offline', '--no-audit', '--no-fund', '--prefix', folder, join(folder, tarball)]);
  const { createFramegate } = await import(join(folder, 'node_modules/@framegate/ai-sdk-provider/index.js'));
  provider = createFramegate({ baseURL: framegate.url, apiKey: key, pollIntervalMs: 100 });
});
after(async () => {
  await framegate.stop();
  rmSync(folder, { recursive: true, force: true });
});

const v1 = () => `${framegate.url}/v1`;
const openai = () => new OpenAI({ apiKey: key, baseURL: v1() });

/** fal's own proxy convention, for a package that knows fal's address alone. Links get names, because the package loads nothing from this machine. */
const named = /^http:\/\/local-(\d+)\.example\.com/;
async function throughFal(url, init) {
  if (!/^https:\/\/([a-z]+\.)?fal\.(run|ai)\//.test(url)) return fetch(String(url).replace(named, 'http://127.0.0.1:$1'), init);
  const answer = await fetch(`${framegate.url}/fal`, { ...init, headers: { ...init.headers, 'x-fal-target-url': url } });
  return new Response((await answer.text()).replace(/http:\/\/127\.0\.0\.1:(\d+)/g, 'http://local-$1.example.com'), answer);
}

/** Reads a stream to its end. OpenAI's client ends one that is aborted without a word. */
async function read(stream, signal) {
  for await (const _ of await stream);
  signal?.throwIfAborted();
}

async function agent(name, args, signal) {
  const client = new Client({ name: 'matrix', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(`${framegate.url}/mcp`), { requestInit: { headers: { authorization } } }));
    const result = await client.callTool({ name, arguments: args }, { signal });
    if (result.isError) throw new Error(result.content[0].text);
    return result;
  } finally {
    await client.close();
  }
}

const image = (ai, of) => (prompt, abortSignal) => (ai.generateImage ?? ai.experimental_generateImage)({ model: of(), prompt, abortSignal });
const video = (ai, of, more) => (prompt, abortSignal) => ai.experimental_generateVideo({ model: of(), prompt, abortSignal, ...more });
const speech = (ai, of) => (text, abortSignal) => (ai.generateSpeech ?? ai.experimental_generateSpeech)({ model: of(), text, abortSignal });
const drawing = { tools: [{ type: 'image_generation' }] };

/**
 * Name of a client and of its call; the call, of a prompt and a signal. `polls`: its submit is answered at once, so that only a late answer to it can be lost. `again: false`: the same
 * call after a time-out is another order, since the first one was ended, or goes on.
 */
const clients = {
  'openai: images.generate': { call: (prompt, signal) => openai().images.generate({ model, prompt }, { signal }) },
  'openai: images.generate as a stream': { call: (prompt, signal) => read(openai().images.generate({ model, prompt, stream: true }, { signal }), signal) },
  'openai: images.generate as a stream with previews': {
    call: (prompt, signal) => read(openai().images.generate({ model: 'openai/gpt-image-2', prompt, stream: true, partial_images: 1 }, { signal }), signal),
  },
  'openai: audio.speech.create': { call: async (input, signal) => (await openai().audio.speech.create({ model: 'openai/gpt-4o-mini-tts', input, voice: 'alloy' }, { signal })).arrayBuffer() },
  'openai: responses.create': { call: (input, signal) => openai().responses.create({ model: 'google/gemini-3.8-flash', input }, { signal }) },
  'openai: responses.create with a picture': { call: (input, signal) => openai().responses.create({ model, input, ...drawing }, { signal }) },
  'openai: responses.stream with a picture': {
    async call(input, signal) {
      const response = await openai().responses.stream({ model, input, ...drawing }, { signal }).finalResponse();
      if (response.status !== 'completed') throw new Error(response.error.message);
    },
  },
  '@ai-sdk/openai: generateImage': { call: image(ai7, () => createOpenAI({ apiKey: key, baseURL: v1() }).image(model)) },
  '@ai-sdk/openai: generateText': { call: (prompt, abortSignal) => ai7.generateText({ model: createOpenAI({ apiKey: key, baseURL: v1() })('google/gemini-3.8-flash'), prompt, abortSignal }) },
  '@ai-sdk/openai: streamText': {
    async call(prompt, abortSignal) {
      let failure;
      const stream = ai7.streamText({ model: createOpenAI({ apiKey: key, baseURL: v1() })('google/gemini-3.8-flash'), prompt, abortSignal, onError: ({ error }) => { failure = error; } });
      for await (const part of stream.fullStream) if (part.type === 'abort') failure = new Error('aborted');
      if (failure) throw failure;
    },
  },
  '@ai-sdk/openai: generateSpeech': { call: speech(ai7, () => createOpenAI({ apiKey: key, baseURL: v1() }).speech('gpt-4o-mini-tts')) },
  'openai: chat.completions.create': { call: (prompt, signal) => openai().chat.completions.create({ model: 'google/gemini-3.8-flash', messages: [{ role: 'user', content: prompt }] }, { signal }) },
  'openai: chat.completions.create, a picture as a stream': {
    call: (prompt, signal) => read(openai().chat.completions.create({ model, messages: [{ role: 'user', content: prompt }], modalities: ['image', 'text'], stream: true }, { signal }), signal),
  },
  '@ai-sdk/openai-compatible: generateText': {
    call: (prompt, abortSignal) => ai7.generateText({ model: createOpenAICompatible({ name: 'framegate', apiKey: key, baseURL: v1() }).chatModel('google/gemini-3.8-flash'), prompt, abortSignal }),
  },
  '@ai-sdk/openai-compatible: generateImage': { call: image(ai7, () => createOpenAICompatible({ name: 'framegate', apiKey: key, baseURL: v1() }).imageModel(model)) },
  '@ai-sdk/black-forest-labs: generateImage': {
    polls: true, call: image(ai7, () => createBlackForestLabs({ apiKey: key, baseURL: `${framegate.url}/flux/v1`, pollIntervalMillis: 100 }).image('flux-pro-1.1')),
  },
  '@ai-sdk/fal: generateImage': { call: image(ai7, () => createFal({ apiKey: key, fetch: throughFal }).image('fal-ai/flux/dev')) },
  '@ai-sdk/google: generateImage': { call: image(ai7, () => createGoogle({ apiKey: key, baseURL: `${framegate.url}/google/v1beta` }).image('gemini-3-pro-image')) },
  '@ai-sdk/google: generateText': { call: (prompt, abortSignal) => ai7.generateText({ model: createGoogle({ apiKey: key, baseURL: `${framegate.url}/google/v1beta` })('gemini-3.8-flash'), prompt, abortSignal }) },
  '@langchain/openai: DallEAPIWrapper': {
    // It hands no signal on: the call that nobody waits for any more is still there, and the next one beside it is another order.
    again: false,
    call: (prompt, signal) => {
      const tool = new DallEAPIWrapper({ apiKey: key, model, baseUrl: v1() });
      const invoked = tool.invoke(prompt);
      return signal ? Promise.race([invoked, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))]) : invoked;
    },
  },
  'MCP: generate_image': { again: false, call: (prompt, signal) => agent('generate_image', { prompt, model }, signal) },
};
for (const [name, ai] of [['ai 7', ai7], ['ai 6', ai6]]) {
  clients[`our provider, ${name}: generateImage`] = { again: false, call: image(ai, () => provider.image(model)) };
  clients[`our provider, ${name}: generateVideo`] = { again: false, call: video(ai, () => provider.video('runway/gen4.5'), { aspectRatio: '16:9', duration: 5 }) };
  clients[`our provider, ${name}: generateSpeech`] = { again: false, call: speech(ai, () => provider.speech('elevenlabs/eleven_flash_v2_5')) };
}

const until = async (done, tries = 100) => {
  while (!await done() && tries-- > 0) await new Promise(resolve => setTimeout(resolve, 50));
};

// One client after the other: so many failures at once would open the breaker of a provider.
describe('one paid job per call', () => {
  for (const [name, { call, polls, again = true }] of Object.entries(clients)) {
    describe(name, { concurrency: true }, () => {
      const patient = polls ? 'sandbox:late=3' : 'sandbox:slow=3';

      test('as it is', async () => {
        const prompt = unique('sandbox:ok');
        await call(prompt);
        assert.equal(await framegate.submits(prompt), 1);
      });

      for (const magic of ['sandbox:drop', 'sandbox:error']) {
        test(magic, async () => {
          const prompt = unique(magic);

          // A provider that can be asked finds the job whose answer was lost.
          await call(prompt).then(() => assert.equal(magic, 'sandbox:drop'), error => assert.ok(error));
          assert.equal(await framegate.submits(prompt), 1);
        });
      }

      test('a time-out, and the same call again', async () => {
        const prompt = unique(patient);
        await assert.rejects(call(prompt, AbortSignal.timeout(1200)));
        await until(async () => await framegate.submits(prompt) > 0);
        assert.ok(await framegate.submits(prompt) <= 1);
        if (again) {
          await call(prompt);
          assert.equal(await framegate.submits(prompt), 1);
        }
      });

      test('an abort', async () => {
        const prompt = unique(patient);
        const stop = new AbortController();
        const made = call(prompt, stop.signal);
        made.catch(() => undefined);
        await until(async () => await framegate.submits(prompt) > 0);
        stop.abort();
        await made.then(() => undefined, () => undefined);
        assert.equal(await framegate.submits(prompt), 1);
      });
    });
  }
});
