import type { components, operations } from './schema.js';

export type GenerationRequest = components['schemas']['GenerationRequest'];
export type GenerationResponse = operations['getGeneration']['responses'][200]['content']['application/json'];
export type Quote = operations['quote']['responses'][200]['content']['application/json'];
export type Models = operations['listModels']['responses'][200]['content']['application/json'];

export interface Settings {
  /** Where Framegate is. Default: FRAMEGATE_BASE_URL, else http://127.0.0.1:8080. */
  baseURL?: string;
  /** A client key. Default: FRAMEGATE_API_KEY. */
  apiKey?: string;
  fetch?: typeof globalThis.fetch;
  /** How often a call is tried. Default 3. */
  tries?: number;
}

interface Call { signal?: AbortSignal }
interface Order extends Call { idempotencyKey?: string; /** USD. */ maxCost?: number }
interface Wait extends Call { /** Pause between two looks, milliseconds. Default 1000. */ pollMs?: number }

export interface GenerationEvent { event: string; id?: string; data: GenerationResponse }

export class Framegate {
  constructor(settings?: Settings);
  generate(request: GenerationRequest, options?: Order & Wait): Promise<GenerationResponse>;
  start(request: GenerationRequest, options?: Order): Promise<GenerationResponse>;
  wait(generation: string | GenerationResponse, options?: Wait): Promise<GenerationResponse>;
  get(id: string, options?: Call): Promise<GenerationResponse>;
  cancel(id: string, options?: Call): Promise<GenerationResponse>;
  events(id: string, options?: Call): AsyncGenerator<GenerationEvent>;
  quote(request: GenerationRequest, options?: Call): Promise<Quote>;
  models(options?: Call): Promise<Models>;
  media(id: string, options?: Call): Promise<Uint8Array>;
}

export class FramegateError extends Error {
  readonly status: number;
  readonly body?: unknown;
  readonly code?: string;
  /** The generation, where it is known. Other errors of `generate` and `wait` have it too: what was begun can be waited for again. */
  readonly requestId?: string;
  /** On errors of `start` and `generate`: an order whose answer was lost is found again by it. */
  readonly idempotencyKey?: string;
  readonly retryable: boolean;
}
