// Why 424: none of the clients sends a request again that is answered with it, whatever it repeats otherwise.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createFalClient } from '@fal-ai/client';
import { GoogleGenAI } from '@google/genai';
import RunwayML from '@runwayml/sdk';
import { generateImage } from 'ai';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import OpenAI from 'openai';

let server, url, posts, status;
before(async () => {
  server = createServer((request, response) => {
    request.resume().once('end', () => {
      posts++;
      response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"error":{"message":"nobody knows","code":"x","status":"y"},"detail":"z"}');
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());
beforeEach(() => { posts = 0; });

const clients = {
  openai: () => new OpenAI({ apiKey: 'k', baseURL: url }).images.generate({ model: 'm', prompt: 'x' }),
  '@ai-sdk/openai': () => generateImage({ model: createOpenAI({ apiKey: 'k', baseURL: url }).image('m'), prompt: 'x' }),
  '@runwayml/sdk': () => new RunwayML({ apiKey: 'k', baseURL: url }).textToVideo.create({ model: 'gen4.5', ratio: '1280:720', duration: 5, promptText: 'x' }),
  '@google/genai': () => new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url, retryOptions: { attempts: 3 } } }).models.generateVideos({ model: 'veo', prompt: 'x' }),
  '@fal-ai/client': () => createFalClient({ credentials: 'k', proxyUrl: { url, when: 'always' } }).queue.submit('fal-ai/x', { input: { prompt: 'x' } }),
  'axios-retry': () => {
    const client = axios.create({ baseURL: url });
    axiosRetry(client, { retries: 3, retryCondition: e => axiosRetry.isNetworkError(e) || axiosRetry.isRetryableError(e) });
    return client.post('/', {});
  },
};

for (const [name, send] of Object.entries(clients)) {
  test(`${name} repeats a 503 and not a 424`, async () => {
    status = 424;
    await assert.rejects(send());
    assert.equal(posts, 1);
    [status, posts] = [503, 0];
    await assert.rejects(send());
    assert.ok(posts > 1);
  });
}
