import { createGenerations } from './lib/generations.js';
import { createSend } from './lib/http.js';
import { createImageModel, createSpeechModel, createVideoModel } from './lib/models.js';

export { FramegateError } from './lib/errors.js';

const SPECIFICATION = 'v3'; // of ai 6; ai 7 takes it too

const none = kind => id => {
  throw new Error(`Framegate has no ${kind} '${id}'; it makes images, videos and speech.`);
};

/**
 * A provider for the AI SDK.
 * @param {import('./index.d.ts').FramegateSettings} settings
 */
export function createFramegate({
  baseURL = process.env.FRAMEGATE_BASE_URL ?? 'http://127.0.0.1:8080', apiKey = process.env.FRAMEGATE_API_KEY, fetch = globalThis.fetch, pollIntervalMs = 500,
} = {}) {
  const generations = createGenerations(createSend({ baseURL, apiKey, fetch }), { baseURL, pollIntervalMs });
  const imageModel = id => createImageModel(id, generations, SPECIFICATION);
  const videoModel = id => createVideoModel(id, generations, SPECIFICATION);
  const speechModel = id => createSpeechModel(id, generations, SPECIFICATION);
  return {
    specificationVersion: SPECIFICATION,
    imageModel,
    image: imageModel,
    videoModel,
    video: videoModel,
    speechModel,
    speech: speechModel,
    languageModel: none('language model'),
    embeddingModel: none('embedding model'),
  };
}

/** The provider of the environment: FRAMEGATE_BASE_URL and FRAMEGATE_API_KEY. */
export const framegate = createFramegate();
