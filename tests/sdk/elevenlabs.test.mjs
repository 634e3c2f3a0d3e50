import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ElevenLabsClient, ElevenLabsError } from '@elevenlabs/elevenlabs-js';
import { isMp3, isWav, startFramegate } from './framegate.mjs';

let framegate, client;
before(async () => {
  framegate = await startFramegate({ FRAMEGATE_CLIENT_KEY: 'the-app-s-own-key' });
  client = new ElevenLabsClient({ apiKey: 'the-app-s-own-key', baseUrl: `${framegate.url}/elevenlabs` });
});
after(() => framegate.stop());

const voice = 'JBFqnCBsd6RMkjVDRZzb';
const bytes = async stream => new Response(stream).arrayBuffer();

for (const [name, make] of Object.entries({
  'textToSpeech.convert': text => client.textToSpeech.convert(voice, { text, modelId: 'eleven_flash_v2_5' }),
  'textToSpeech.stream': text => client.textToSpeech.stream(voice, { text, modelId: 'eleven_v3' }),
  'textToSoundEffects.convert': text => client.textToSoundEffects.convert({ text, durationSeconds: 1 }),
  'music.compose': prompt => client.music.compose({ prompt, musicLengthMs: 3000, modelId: 'music_v2_5' }),
})) {
  test(name, async () => {
    const text = `sdk: ${name}`;
    assert.ok(isMp3(await bytes(await make(text))));
    assert.equal(await framegate.submits(text), 1);
  });
}

test('textToSpeech.convertWithTimestamps', async () => {
  const text = 'sdk: one letter after the other';
  const { audioBase64, alignment } = await client.textToSpeech.convertWithTimestamps(voice, { text, modelId: 'eleven_v4', outputFormat: 'wav_44100' });
  assert.ok(isWav(Buffer.from(audioBase64, 'base64')));
  assert.equal(alignment.characters.join(''), text);
  assert.equal(await framegate.submits(text), 1);
});

test('what it cost is told', async () => {
  const { rawResponse } = await client.textToSpeech.convert(voice, { text: 'sdk: 16 letters.', modelId: 'eleven_v3' }).withRawResponse();
  assert.equal(rawResponse.headers.get('character-cost'), '16');
});

test('flows: create, get, list', async () => {
  const text = 'sdk: the first move';
  const { id } = await client.flows.textToSpeech.create({ modelId: 'eleven_flash_v2_5', text, voice });
  let generation;
  do {
    await new Promise(resolve => setTimeout(resolve, 200));
    generation = await client.flows.textToSpeech.get(id);
  } while (!['completed', 'failed'].includes(generation.status));
  assert.equal(generation.status, 'completed');
  assert.ok(isMp3(await (await fetch(generation.contentUrl)).arrayBuffer()));
  assert.ok((await client.flows.textToSpeech.list({ pageSize: 10 })).generations.some(g => g.id === id));
  assert.equal(await framegate.submits(text), 1);
});

test('an error is the SDK\'s own class', async () => {
  await assert.rejects(
    client.textToSpeech.convert(voice, { text: 'sdk: x', modelId: 'no-such-model' }), error => error instanceof ElevenLabsError && error.statusCode === 400);
});

test('a submit whose answer is lost is not sent again by the SDK', async () => {
  const text = 'sdk elevenlabs lost: sandbox:drop';
  await assert.rejects(client.textToSpeech.convert(voice, { text, modelId: 'eleven_flash_v2_5' }));
  assert.equal(await framegate.submits(text), 1);
});
