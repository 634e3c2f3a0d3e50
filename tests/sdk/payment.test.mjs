// Clients that repeat by themselves, each in its own way, and pay once: with the cache on, off, and left out of it by the caller.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateImage } from 'ai';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import { isPng, startFramegate } from './framegate.mjs';

const model = 'flux-pro-1.1';
const isRepeated = status => [408, 409, 429].includes(status) || status >= 500;

/** What both kinds of API take, so that each client is tried on each. */
const calls = {
  '/v1/images/generations': prompt => ({ model, prompt }),
  '/generations': prompt => ({ provider: 'flux', model, media_type: 'image', prompt }),
};

for (const [cache, { variables, headers }] of Object.entries({
  'the cache is on': {},
  'the cache is off': { variables: { Framegate__Cache__Enabled: 'false' } },
  'no-store': { headers: { 'Cache-Control': 'no-store' } },
})) {
  describe(cache, () => {
    let framegate;
    const unique = text => `${text} (${cache}, ${crypto.randomUUID()})`;
    before(async () => { framegate = await startFramegate({ Framegate__Limits__flux__RequestsPerMinute: '6000', ...variables }); });
    after(() => framegate.stop());

    for (const [name, create] of Object.entries({
      '@ai-sdk/openai': (maker = model) => createOpenAI({ apiKey: 'k', baseURL: `${framegate.url}/v1`, headers }).image(maker),
      '@ai-sdk/openai-compatible': (maker = model) => createOpenAICompatible({ name: 'framegate', apiKey: 'k', baseURL: `${framegate.url}/v1`, headers }).imageModel(maker),
    })) {
      // A call that comes after another one's answer was lost asks for that one again: four calls must be there before the first is lost.
      for (const [magic, maker, n] of [['sandbox:drop', model, 1], ['sandbox:error', model, 1], ['sandbox:late=2 sandbox:drop', model, 4], ['sandbox:error', 'runway/gen4_image', 1]]) {
        test(`${name}: generateImage by ${maker} on ${magic}, n=${n}`, async () => {
          const prompt = unique(magic);
          await assert.rejects(generateImage({ model: create(maker), prompt, n }), error => error.statusCode === 424);
          // The client gives up with its first call that fails; the others may be on their way.
          for (let looks = 0; looks < 100 && await framegate.submits(prompt) < n; looks++) {
            await new Promise(resolve => setTimeout(resolve, 100));
          }
          assert.equal(await framegate.submits(prompt), n);
        });
      }

      test(`${name}: n=4 is four pictures, and as many again when they are asked for again`, async () => {
        const prompt = unique(`${name} n=4`);
        const pictures = [...(await generateImage({ model: create(), prompt, n: 4 })).images, ...(await generateImage({ model: create(), prompt, n: 4 })).images];
        assert.ok(pictures.every(p => isPng(p.uint8Array)));
        assert.equal(new Set(pictures.map(p => p.base64)).size, 8);
        assert.equal(await framegate.submits(prompt), 8);
      });
    }

    for (const [path, body] of Object.entries(calls)) {
      test(`${path}: axios-retry that loses patience`, async () => {
        const prompt = unique('sandbox:slow=3');
        const client = axios.create({ baseURL: framegate.url, timeout: 1200, headers });
        let tries = 0;
        // As it is set up for POST: whatever it calls a network error, a time-out, and what is commonly repeated. No pause and no header.
        axiosRetry(client, {
          retries: 8, shouldResetTimeout: true,
          // The last one waits: a client that gives up in the very moment of its answer has got it, for all that anyone can know.
          onRetry: (retry, _, config) => { tries = retry; if (retry === 2) config.timeout = 60_000; },
          retryCondition: e => axiosRetry.isNetworkError(e) || e.code === 'ECONNABORTED' || isRepeated(e.response?.status),
        });
        const { status } = await client.post(path, body(prompt));
        assert.equal(status, 200);
        assert.ok(tries > 0);
        assert.equal(await framegate.submits(prompt), 1);
      });

      for (const magic of ['sandbox:drop', 'sandbox:error']) {
        test(`${path}: whoever repeats after 408, 409, 429 and 5xx, on ${magic}`, async () => {
          const prompt = unique(magic);
          let response, tries = 0;
          do {
            response = await fetch(framegate.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body(prompt)) });
          } while (isRepeated(response.status) && ++tries < 3);
          assert.deepEqual([response.status, tries, await framegate.submits(prompt)], [424, 0, 1]);
        });
      }

      test(`${path}: whoever repeats after a read time-out without a word, over new connections`, async () => {
        const prompt = unique('sandbox:slow=3');
        for (let tries = 0; ; tries++) {
          try {
            const response = await fetch(framegate.url + path, {
              method: 'POST', signal: AbortSignal.timeout(tries < 3 ? 700 : 60_000), body: JSON.stringify(body(prompt)),
              headers: { 'Content-Type': 'application/json', Connection: 'close', ...headers },
            });
            assert.equal(response.status, 200);
            await response.arrayBuffer();
            assert.ok(tries > 0);
            break;
          } catch (error) {
            if (error.name !== 'TimeoutError' || tries === 3) throw error;
          }
        }
        assert.equal(await framegate.submits(prompt), 1);
      });
    }
  });
}
