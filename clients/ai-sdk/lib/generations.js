import { FramegateError } from './errors.js';
import { again, clean, sleep } from './http.js';
import { renew, slotOf } from './slots.js';

const MAX_BAD_POLLS = 5;

const base64 = data => (typeof data === 'string' ? data : Buffer.from(data).toString('base64'));

/** An input file as Framegate takes it. */
export const input = file => (file == null ? undefined : file.type === 'url' ? file.url : `data:${file.mediaType};base64,${base64(file.data)}`);

/** What the provider metadata of a result holds. */
export const metadataOf = generation => clean({
  requestId: generation.request_id,
  provider: generation.provider,
  model: generation.model,
  cost: generation.cost,
  cache: generation.metadata?.cache,
  attempts: generation.metadata?.attempts,
  media: generation.result?.media,
});

/** Framegate's warnings as the AI SDK has them. */
export const warningsOf = generation => (generation.metadata?.warnings ?? []).map(message => ({ type: 'other', message }));

function nameOf(id) {
  const slash = id.indexOf('/');
  return slash < 0 ? { provider: 'auto', model: id } : { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}

/** Only where no try was accepted and none billed may the same be ordered once more. */
const wasNotPaid = generation => (generation.metadata?.attempts ?? []).every(a => a.outcome !== 'accepted' && a.billed === 'no');

/** Generations: begun, followed, fetched. */
export function createGenerations(send, { baseURL, pollIntervalMs }) {
  const failed = (generation, responseHeaders) => new FramegateError({
    message: `${generation.error?.code}: ${generation.error?.message}`,
    url: `${baseURL}/generations/${generation.request_id}`,
    responseHeaders,
    responseBody: JSON.stringify(generation),
    data: generation,
    isRetryable: generation.error?.retryable === true && wasNotPaid(generation),
    ended: true,
  });

  const start = (id, mediaType, prompt, parameters, options, { key, fresh = false, callbackUrl }) => again(() => send('/generations', {
    method: 'POST',
    signal: options.abortSignal,
    headers: clean({ ...options.headers, 'idempotency-key': key, prefer: 'respond-async', 'cache-control': fresh ? 'no-store' : undefined }),
    body: clean({
      schema_version: '2.0',
      ...nameOf(id),
      media_type: mediaType,
      prompt: prompt ?? '',
      parameters: clean({ ...parameters, ...options.providerOptions?.framegate?.parameters }),
      metadata: options.providerOptions?.framegate?.metadata,
      callback_url: callbackUrl,
    }),
  }), options.abortSignal);

  const find = (id, options) => send(`/generations/${encodeURIComponent(id)}`, { signal: options.abortSignal });

  const cancel = id => send(`/generations/${encodeURIComponent(id)}`, { method: 'DELETE', signal: AbortSignal.timeout(2000) }).catch(() => undefined);

  async function finish({ json: generation, responseHeaders }, options) {
    try {
      for (let bad = 0; generation.status !== 'success';) {
        if (generation.status === 'failed') {
          throw failed(generation, responseHeaders);
        }

        await sleep(pollIntervalMs, options.abortSignal);
        try {
          ({ json: generation, responseHeaders } = await find(generation.request_id, options));
          bad = 0;
        } catch (error) {
          if (!error.isRetryable || ++bad > MAX_BAD_POLLS) {
            throw error;
          }
        }
      }

      const files = await Promise.all(generation.result.media.map(m => again(
        () => send(`/media/${encodeURIComponent(m.id)}`, { bytes: true, signal: options.abortSignal }), options.abortSignal)));
      return { generation, responseHeaders, files };
    } catch (error) {
      if (options.abortSignal?.aborted) {
        // Nobody waits for it any more.
        await cancel(generation.request_id);
      }

      throw error;
    }
  }

  /** All parts of one model call. What succeeded is answered; what did not becomes a warning. */
  async function makeAll(id, mediaType, prompt, parametersOf, options, n) {
    const slot = slotOf(options.headers, n);
    const settled = await Promise.allSettled(Array.from({ length: n }, async (_, part) => finish(
      await start(id, mediaType, prompt, parametersOf(part), options, { key: n > 1 ? `${slot.key}.${part + 1}` : slot.key, fresh: n > 1 || slot.index > 0 }),
      options)));
    const errors = settled.filter(s => s.status === 'rejected').map(s => s.reason);
    const made = settled.filter(s => s.status === 'fulfilled').map(s => s.value);
    if (made.length === 0 || options.abortSignal?.aborted) {
      const error = errors.find(e => !e.isRetryable) ?? errors[0];
      slot.state = 'failed';
      if (error.ended && error.isRetryable) {
        renew(slot);
      }

      throw error;
    }

    slot.state = 'done';
    return { made, warnings: [...made.flatMap(m => warningsOf(m.generation)), ...errors.map(e => ({ type: 'other', message: `${made.length} of ${n} were made: ${e.message}` }))] };
  }

  return { start, find, finish, cancel, makeAll };
}
