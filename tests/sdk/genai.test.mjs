import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenAI as GoogleGenAI3 } from 'google-genai-3';
import { isMp4, startFramegate } from './framegate.mjs';

let framegate, folder;
before(async () => {
  framegate = await startFramegate();
  folder = mkdtempSync(join(tmpdir(), 'framegate-genai-'));
});
after(async () => {
  await framegate.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function finished(client, operation) {
  while (!operation.done) {
    await new Promise(resolve => setTimeout(resolve, 300));
    operation = await client.operations.getVideosOperation({ operation });
  }
  return operation;
}

test('Gemini: generate, poll, download', async () => {
  const client = new GoogleGenAI({ apiKey: 'the-app-s-own-key', httpOptions: { baseUrl: `${framegate.url}/veo` } });
  const operation = await finished(client, await client.models.generateVideos({
    model: 'veo-3.1-generate-preview', prompt: 'sdk: a paper boat', config: { aspectRatio: '16:9' },
  }));
  const [generated] = operation.response.generatedVideos;
  assert.ok(generated.video.uri.startsWith(`${framegate.url}/veo/`), generated.video.uri);
  const file = join(folder, 'boat.mp4');
  await client.files.download({ file: generated.video, downloadPath: file });
  for (let i = 0; i < 50 && !isComplete(file); i++) await new Promise(resolve => setTimeout(resolve, 100));
  assert.ok(isMp4(readFileSync(file)));
  assert.equal(await framegate.submits('sdk: a paper boat'), 1);
});

test('Gemini: a filtered clip comes as Google says it', async () => {
  const client = new GoogleGenAI({ apiKey: 'the-app-s-own-key', httpOptions: { baseUrl: `${framegate.url}/veo` } });
  const operation = await finished(client, await client.models.generateVideos({ model: 'veo-3.1-generate-preview', prompt: 'sdk: sandbox:moderated' }));
  assert.ok(operation.response.raiMediaFilteredCount >= 1);
});

test('Vertex AI, express mode: generate, poll, bytes', async () => {
  const client = new GoogleGenAI({ vertexai: true, apiKey: 'the-app-s-own-key', httpOptions: { baseUrl: `${framegate.url}/veo` } });
  const operation = await finished(client, await client.models.generateVideos({ model: 'veo-3.1-generate-001', prompt: 'sdk: a paper boat on a lake' }));
  assert.ok(isMp4(Buffer.from(operation.response.generatedVideos[0].video.videoBytes, 'base64')));
  assert.equal(await framegate.submits('sdk: a paper boat on a lake'), 1);
});

function isComplete(file) {
  try {
    return readFileSync(file).length > 8;
  } catch {
    return false;
  }
}

// The third version asks at /v1, the second at /v1beta.
for (const [version, Client] of Object.entries({ 2: GoogleGenAI, 3: GoogleGenAI3 })) {
  test(`/google: an image by generateContent of version ${version}`, async () => {
    const prompt = `sdk: a paper boat, drawn by version ${version}`;
    const client = new Client({ apiKey: 'the-app-s-own-key', httpOptions: { baseUrl: `${framegate.url}/google` } });
    const { candidates, usageMetadata } = await client.models.generateContent({
      model: 'gemini-nano-banana-2.1', contents: prompt, config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '16:9', imageSize: '1K' } } });
    const picture = candidates[0].content.parts.find(part => part.inlineData && !part.thought);
    assert.match(picture.inlineData.mimeType, /^image\//);
    assert.ok(Buffer.from(picture.inlineData.data, 'base64').length > 100);
    assert.ok(usageMetadata.totalTokenCount > 0);
    assert.equal(await framegate.submits(prompt), 1);
  });
}

test('/google: a clip by interactions', async () => {
  const prompt = 'sdk: a paper boat, filmed';
  const client = new GoogleGenAI3({ apiKey: 'the-app-s-own-key', httpOptions: { baseUrl: `${framegate.url}/google` } });
  let interaction = await client.interactions.create({ model: 'gemini-omni-1.2-flash', input: prompt, background: true });
  while (interaction.status === 'in_progress') {
    await new Promise(resolve => setTimeout(resolve, 300));
    interaction = await client.interactions.get(interaction.id);
  }
  assert.equal(interaction.status, 'completed');
  assert.ok(isMp4(Buffer.from(interaction.output_video.data, 'base64')));
  assert.equal(await framegate.submits(prompt), 1);
});
