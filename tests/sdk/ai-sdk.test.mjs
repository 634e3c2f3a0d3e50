// The AI SDK's own packages for single providers, against the native routes. Their video models download by themselves only from public addresses.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAlibaba } from '@ai-sdk/alibaba';
import { createByteDance } from '@ai-sdk/bytedance';
import { createElevenLabs } from '@ai-sdk/elevenlabs';
import { createFal } from '@ai-sdk/fal';
import { createReplicate } from '@ai-sdk/replicate';
import { createXai } from '@ai-sdk/xai';
import { experimental_generateVideo as generateVideo, generateImage, generateSpeech } from 'ai';
import { isMp3, isMp4, startFramegate } from './framegate.mjs';

const apiKey = 'the-app-s-own-key';
let framegate;
before(async () => { framegate = await startFramegate({ FRAMEGATE_CLIENT_KEY: apiKey }); });
after(() => framegate.stop());

const named = /^http:\/\/local-(\d+)\.example\.com/;
// A link opens without a key, and leads to the gateway.
const download = async ({ url }) => {
  const link = String(url).replace('https://queue.fal.run', `${framegate.url}/fal`).replace(named, 'http://127.0.0.1:$1');
  assert.ok(link.startsWith(framegate.url), link);
  return { data: new Uint8Array(await (await fetch(link)).arrayBuffer()), mediaType: 'video/mp4' };
};
const poll = { pollIntervalMs: 200 };

/**
 * The vendor's own address, at the gateway: for packages that let nobody set it. Addresses of this machine get names, because such packages load nothing from it.
 */
const instead = (origin, route) => async (url, init) => {
  const answer = await fetch(String(url).replace(origin, `${framegate.url}/${route}`).replace(named, 'http://127.0.0.1:$1'), init);
  if (!answer.headers.get('content-type')?.startsWith('application/json')) return answer;
  const text = (await answer.text()).replaceAll(`${framegate.url}/${route}`, origin).replace(/http:\/\/127\.0\.0\.1:(\d+)/g, 'http://local-$1.example.com');
  return new Response(text, answer);
};

for (const [name, model] of Object.entries({
  replicate: () => createReplicate({ apiToken: apiKey, fetch: instead('https://api.replicate.com', 'replicate') }).image('black-forest-labs/flux-schnell'),
  xai: () => createXai({ apiKey, baseURL: `${framegate.url}/xai/v1` }).image('grok-imagine-image'),
  bytedance: () => createByteDance({ apiKey, baseURL: `${framegate.url}/byteplus/api/v3` }).image('seedream-4-5-251128'),
})) {
  test(`@ai-sdk/${name}: an image`, async () => {
    const prompt = `ai-sdk: an image by ${name}`;
    const { image } = await generateImage({ model: model(), prompt, providerOptions: { replicate: { output_format: 'png' } } });
    assert.match(image.mediaType, /^image\//);
    assert.ok(image.uint8Array.length > 100);
    assert.equal(await framegate.submits(prompt), 1);
  });
}

describe('videos', { concurrency: true }, () => {
  for (const [name, model, more] of [
    ['replicate', () => createReplicate({ apiToken: apiKey, baseURL: `${framegate.url}/replicate/v1` }).video('bytedance/seedance-1-pro')],
    ['xai', () => createXai({ apiKey, baseURL: `${framegate.url}/xai/v1` }).video('grok-imagine-video-1.5'), { duration: 2 }],
    ['bytedance', () => createByteDance({ apiKey, baseURL: `${framegate.url}/byteplus/api/v3` }).video('dreamina-seedance-2-0-260128')],
    ['alibaba', () => createAlibaba({ apiKey, videoBaseURL: `${framegate.url}/alibaba` }).video('wan2.7-t2v-2026-06-12'), { duration: 2 }],
    ['fal', () => createFal({ apiKey, fetch: instead('https://queue.fal.run', 'fal') }).video('veo3.1')],
  ]) {
    test(`@ai-sdk/${name}: a video`, async () => {
      const prompt = `ai-sdk: a video by ${name}`;
      const { video } = await generateVideo({
        model: model(), prompt, download, poll: { intervalMs: 200 },
        providerOptions: { replicate: poll, xai: poll, bytedance: poll, alibaba: poll, fal: poll }, ...more,
      });
      assert.ok(isMp4(video.uint8Array));
      assert.equal(await framegate.submits(prompt), 1);
    });
  }
});

test('@ai-sdk/elevenlabs: speech', async () => {
  const text = 'ai-sdk: spoken by elevenlabs';
  const { audio } = await generateSpeech({
    model: createElevenLabs({ apiKey, fetch: instead('https://api.elevenlabs.io', 'elevenlabs') }).speech('eleven_flash_v2_5'), text });
  assert.ok(isMp3(audio.uint8Array));
  assert.equal(await framegate.submits(text), 1);
});

test('a submit whose answer is lost is not sent again', async () => {
  const model = createXai({ apiKey, baseURL: `${framegate.url}/xai/v1` });
  for (const [prompt, make] of [
    ['ai-sdk image lost: sandbox:drop', prompt => generateImage({ model: model.image('grok-imagine-image'), prompt })],
    ['ai-sdk video lost: sandbox:drop', prompt => generateVideo({ model: model.video('grok-imagine-video-1.5'), prompt })]]) {
    await assert.rejects(make(prompt));
    assert.equal(await framegate.submits(prompt), 1);
  }
});
