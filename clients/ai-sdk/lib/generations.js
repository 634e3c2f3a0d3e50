import { FramegateError, worstOf } from './errors.js';
import { again, clean, layOver, sleep } from './http.js';
import { renewEnded, slotOf } from './slots.js';

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

/** The provider and the model of an id; an alias may have a slash in its name too. */
function namesOf(id) {
  const slash = id.indexOf('/');
  const whole = { provider: 'auto', model: id };
  return slash < 0 ? [whole] : [{ provider: id.slice(0, slash), model: id.slice(slash + 1) }, whole];
}

/** Whether the names were refused, so that nothing was ordered by them. */
function isUnknownName({ ended, data }) {
  const fields = data?.error?.details?.fields ?? [];
  return !ended && (data?.error?.code === 'INVALID_MODEL' || (data?.error?.code === 'INVALID_REQUEST' && fields.length > 0 && fields.every(f => f.field === 'provider')));
}

/** The id of the order that a key names: the same for each try, so that the order can be ended before its answer is there. */
async function idOf(key) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)));
  return `ai-${Array.from(hash.subarray(0, 16), b => b.toString(16).padStart(2, '0')).join('')}`;
}

/** The caller's own headers, for calls that order nothing. */
const looking = ({ headers }) => Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => !['idempotency-key', 'prefer', 'cache-control', 'content-type'].includes(name.toLowerCase())));

/** Only where no try was accepted and none billed may the same be ordered once more. */
const wasNotPaid = generation => (generation.metadata?.attempts ?? []).every(a => a.outcome !== 'accepted' && a.billed === 'no');

/** Generations: begun, followed, fetched. */
export function createGenerations(send, { baseURL, pollIntervalMs }) {
  const failed = (generation, responseHeaders, statusCode) => new FramegateError({
    message: `${generation.error?.code}: ${generation.error?.message}`,
    url: `${baseURL}/generations/${generation.request_id}`,
    statusCode,
    responseHeaders,
    responseBody: JSON.stringify(generation),
    data: generation,
    isRetryable: generation.error?.retryable === true && wasNotPaid(generation),
    ended: true,
  });

  const find = (id, options) => send(`/generations/${encodeURIComponent(id)}`, { signal: options.abortSignal, headers: looking(options) });

  const cancel = (id, options) => send(`/generations/${encodeURIComponent(id)}`, { method: 'DELETE', signal: AbortSignal.timeout(2000), headers: looking(options) }).catch(() => undefined);

  /** Ends an order whose answer nobody waits for. It may still be on its way, and unknown; then once more a second later. */
  async function withdraw(id, options) {
    if (!await cancel(id, options)) {
      setTimeout(cancel, 1000, id, options);
    }
  }

  async function order(names, mediaType, prompt, parameters, options, { key, fresh = false, callbackUrl }) {
    const id = await idOf(key);
    options.abortSignal?.throwIfAborted();
    try {
      return await again(() => send('/generations', {
        method: 'POST',
        signal: options.abortSignal,
        headers: layOver(options.headers, { 'idempotency-key': key, prefer: 'respond-async', 'cache-control': fresh ? 'no-store' : undefined }),
        body: clean({
          schema_version: '2.0',
          request_id: id,
          ...names,
          media_type: mediaType,
          prompt: prompt ?? '',
          parameters: clean({ ...parameters, ...options.providerOptions?.framegate?.parameters }),
          metadata: options.providerOptions?.framegate?.metadata,
          timeout: options.providerOptions?.framegate?.timeout ?? (mediaType === 'video' ? 3600 : 600),
          callback_url: callbackUrl,
        }),
      }), options.abortSignal);
    } catch (error) {
      if (options.abortSignal?.aborted) {
        await withdraw(id, options);
      }

      // A refusal is no end: the limits of a client are asked before its keys, so an order of this key may run.
      const isReplay = error.data?.status === 'failed' && error.data.request_id && error.responseHeaders?.['idempotent-replayed'] === 'true';
      throw isReplay ? failed(error.data, error.responseHeaders, error.statusCode) : error;
    }
  }

  async function start(id, mediaType, prompt, parameters, options, { key, ...more }) {
    const [names, whole] = namesOf(id);
    try {
      return await order(names, mediaType, prompt, parameters, options, { key, ...more });
    } catch (error) {
      if (!whole || !isUnknownName(error)) {
        throw error;
      }

      // Another body, so another key: made of the first, so that the next try finds this order again.
      try {
        return await order(whole, mediaType, prompt, parameters, options, { key: `${key}.auto`, ...more });
      } catch (other) {
        throw isUnknownName(other) ? error : other;
      }
    }
  }

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
        () => send(`/media/${encodeURIComponent(m.id)}`, { bytes: true, signal: options.abortSignal, headers: looking(options) }), options.abortSignal)));
      return { generation, responseHeaders, files };
    } catch (error) {
      if (options.abortSignal?.aborted) {
        // Nobody waits for it any more.
        await cancel(generation.request_id, options);
      }

      if (error instanceof FramegateError) {
        error.begun = true;
      }

      throw error;
    }
  }

  /** All parts of one model call. What succeeded is answered; what did not becomes a warning. */
  async function makeAll(id, mediaType, prompt, parametersOf, options, n) {
    const slot = slotOf(options.headers, n);
    const settled = await Promise.allSettled(Array.from({ length: n }, async (_, part) => finish(
      await start(id, mediaType, prompt, parametersOf(part), options, { key: slot.keys[part], fresh: n > 1 || slot.index > 0 }),
      options)));
    const errors = settled.filter(s => s.status === 'rejected').map(s => s.reason);
    const made = settled.filter(s => s.status === 'fulfilled').map(s => s.value);
    if (made.length === 0 || options.abortSignal?.aborted) {
      slot.state = 'failed';
      renewEnded(slot, settled);
      throw options.abortSignal?.aborted ? options.abortSignal.reason : worstOf(errors);
    }

    slot.state = 'done';
    return { made, warnings: [...made.flatMap(m => warningsOf(m.generation)), ...errors.map(e => ({ type: 'other', message: `${made.length} of ${n} were made: ${e.message}` }))] };
  }

  return { start, find, finish, cancel, makeAll };
}
