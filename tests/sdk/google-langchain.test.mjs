// Clients that are set up by a base URL and nothing else: the AI SDK's package for Google on the native route, LangChain's for OpenAI on /v1. Each call is one paid job.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createGoogle } from '@ai-sdk/google';
import { DallEAPIWrapper } from '@langchain/openai';
import { experimental_generateVideo as generateVideo, generateImage, generateText } from 'ai';
import { isMp4, isPng, startFramegate } from './framegate.mjs';

const apiKey = 'the-app-s-own-key';
const unique = text => `${text} ${crypto.randomUUID()}`;
let framegate;
before(async () => { framegate = await startFramegate({ FRAMEGATE_CLIENT_KEY: apiKey, Framegate__Media__Links: 'Signed', Framegate__Limits__google__RequestsPerMinute: '6000' }); });
after(() => framegate.stop());

/** What comes of a call, and how many jobs were paid for it. */
async function outcome(prompt, call) {
  const error = await call.then(() => undefined, e => e ?? new Error('nothing'));
  return { error, paid: await framegate.submits(prompt) };
}

const until = async (done, tries = 100) => {
  while (!await done() && tries-- > 0) await new Promise(resolve => setTimeout(resolve, 100));
};

describe('@ai-sdk/google', { concurrency: true }, () => {
  const google = () => createGoogle({ apiKey, baseURL: `${framegate.url}/google/v1beta` });
  const image = () => google().image('gemini-3-pro-image');

  test('an image, a text, a clip', async () => {
    const [drawn, told, filmed] = [unique('drawn'), unique('told'), unique('filmed')];
    const { image: picture } = await generateImage({ model: image(), prompt: drawn });
    assert.match(picture.mediaType, /^image\//);
    assert.ok((await generateText({ model: google()('gemini-3.8-flash'), prompt: told })).text.length > 0);
    const { video } = await generateVideo({
      model: createGoogle({ apiKey, baseURL: `${framegate.url}/veo/v1beta` }).video('veo-3.1-generate-preview'), prompt: filmed, poll: { intervalMs: 200 }, providerOptions: { google: { pollIntervalMs: 200 } },
      download: async ({ url }) => ({ data: new Uint8Array(await (await fetch(url, { headers: { 'x-goog-api-key': apiKey } })).arrayBuffer()), mediaType: 'video/mp4' }),
    });
    assert.ok(isMp4(video.uint8Array));
    for (const prompt of [drawn, told, filmed]) assert.equal(await framegate.submits(prompt), 1);
  });

  for (const magic of ['sandbox:drop', 'sandbox:error']) {
    test(`${magic} is not sent again`, async () => {
      const prompt = unique(magic);
      const { error, paid } = await outcome(prompt, generateImage({ model: image(), prompt }));
      assert.ok(error);
      assert.equal(paid, 1);
    });
  }

  test('a time-out, and then the same call: one job', async () => {
    const prompt = unique('sandbox:slow=3');
    await assert.rejects(generateImage({ model: image(), prompt, abortSignal: AbortSignal.timeout(1000) }));
    await generateImage({ model: image(), prompt });
    assert.equal(await framegate.submits(prompt), 1);
  });

  test('an abort is one job, which is not sent again', async () => {
    const prompt = unique('sandbox:slow=3');
    const stop = new AbortController();
    const call = generateImage({ model: image(), prompt, abortSignal: stop.signal });
    call.catch(() => undefined);
    await until(async () => await framegate.submits(prompt) > 0);
    stop.abort();
    await assert.rejects(call);
    assert.equal(await framegate.submits(prompt), 1);
  });
});

describe('@langchain/openai', { concurrency: true }, () => {
  const tool = (more = {}) => new DallEAPIWrapper({ apiKey, model: 'flux-pro-1.1', baseUrl: `${framegate.url}/v1`, ...more });

  test('defaults: a link that opens without a key', async () => {
    const prompt = unique('drawn');
    const link = await tool().invoke(prompt);
    assert.ok(isPng(await (await fetch(link)).arrayBuffer()), link);
    assert.equal(await framegate.submits(prompt), 1);
  });

  test('n is as many pictures', async () => {
    const prompt = unique('several');
    const parts = await tool({ n: 2, responseFormat: 'b64_json' }).invoke(prompt);
    assert.equal(new Set(parts.map(p => p.image_url.url)).size, 2);
    assert.equal(await framegate.submits(prompt), 2);
  });

  for (const magic of ['sandbox:drop', 'sandbox:error']) {
    test(`${magic} is not sent again`, async () => {
      const prompt = unique(magic);
      const { error, paid } = await outcome(prompt, tool().invoke(prompt));
      assert.equal(error?.status, 424);
      assert.equal(paid, 1);
    });
  }

  test('a time-out, which its client follows by sending again: one job', async () => {
    const prompt = unique('sandbox:slow=3');
    const impatient = tool();
    impatient.client.timeout = 2000;
    assert.ok(await impatient.invoke(prompt));
    assert.equal(await framegate.submits(prompt), 1);
  });

  test('an abort, which the tool does not pass on: one job', async () => {
    const prompt = unique('sandbox:slow=3');
    const stop = new AbortController();
    const call = tool().invoke(prompt, { signal: stop.signal });
    await until(async () => await framegate.submits(prompt) > 0);
    stop.abort();
    await Promise.allSettled([call]);
    assert.equal(await framegate.submits(prompt), 1);
  });
});
