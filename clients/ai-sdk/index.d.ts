import type { Experimental_VideoModelV3, ImageModelV3, ProviderV3, SpeechModelV3 } from '@ai-sdk/provider';

export interface FramegateSettings {
  /** Where Framegate is. Default: FRAMEGATE_BASE_URL, else http://127.0.0.1:8080. */
  baseURL?: string;
  /** A client key. Default: FRAMEGATE_API_KEY. */
  apiKey?: string;
  /** Calls Framegate. Default: the global one. */
  fetch?: typeof globalThis.fetch;
  /** Pause between two looks at a generation, milliseconds. Default 500. */
  pollIntervalMs?: number;
}

export interface FramegateProvider extends Pick<ProviderV3, 'specificationVersion' | 'imageModel' | 'languageModel' | 'embeddingModel'> {
  /** A model by `provider/model`, or an alias of the gateway. `providerOptions.framegate`: `parameters`, `metadata`, `timeout` (seconds, 1 to 3600). */
  image(id: string): ImageModelV3;
  video(id: string): Experimental_VideoModelV3;
  videoModel(id: string): Experimental_VideoModelV3;
  speech(id: string): SpeechModelV3;
  speechModel(id: string): SpeechModelV3;
}

export function createFramegate(settings?: FramegateSettings): FramegateProvider;

export const framegate: FramegateProvider;

/** A failure; `data` is Framegate's answer. */
export class FramegateError extends Error {
  readonly url: string;
  readonly statusCode?: number;
  readonly isRetryable: boolean;
  readonly data?: unknown;
}
