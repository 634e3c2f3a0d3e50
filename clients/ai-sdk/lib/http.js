import { FramegateError } from './errors.js';

const RETRYABLE = [408, 429, 502, 503, 504];
const TRIES = 3;

/** An object without its undefined members. */
export const clean = object => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** Headers laid over others, whatever the case of their names; what is undefined covers nothing. */
export const layOver = (headers, over) => ({
  ...Object.fromEntries(Object.entries(clean(headers ?? {})).map(([name, value]) => [name.toLowerCase(), value])),
  ...clean(over),
});

/** Waits, or throws the reason of an abort. */
export const sleep = (ms, signal) => new Promise((resolve, reject) => {
  if (signal?.aborted) {
    reject(signal.reason);
    return;
  }

  const stop = () => {
    clearTimeout(timer);
    reject(signal.reason);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', stop);
    resolve();
  }, ms);
  signal?.addEventListener('abort', stop, { once: true });
});

const isAbort = (error, signal) => signal?.aborted || error?.name === 'AbortError' || error?.name === 'TimeoutError';

/** Makes a function that calls Framegate. */
export function createSend({ baseURL, apiKey, fetch }) {
  return async function send(path, { method = 'GET', body, headers, signal, bytes = false } = {}) {
    const url = baseURL.replace(/\/+$/, '') + path;
    let response;
    let text;
    try {
      response = await fetch(url, {
        method,
        signal,
        headers: layOver(headers, { authorization: apiKey ? `Bearer ${apiKey}` : undefined, 'content-type': body && 'application/json' }),
        body: body && JSON.stringify(body),
      });
      if (bytes && response.ok) {
        return new Uint8Array(await response.arrayBuffer());
      }

      text = await response.text();
    } catch (cause) {
      if (isAbort(cause, signal)) {
        throw cause;
      }

      throw new FramegateError({
        message: `Cannot reach Framegate: ${cause?.cause?.message ?? cause?.message}`, url, requestBodyValues: body, cause, isRetryable: true,
      });
    }

    const responseHeaders = Object.fromEntries(response.headers);
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      // Somebody in between answered in a language of its own.
    }

    if (!response.ok) {
      throw new FramegateError({
        message: json?.error?.message ?? json?.detail ?? json?.title ?? `HTTP ${response.status}`,
        url,
        requestBodyValues: body,
        statusCode: response.status,
        responseHeaders,
        responseBody: text,
        data: json,
        isRetryable: RETRYABLE.includes(response.status) && json?.error?.retryable !== false,
      });
    }

    return { json, responseHeaders };
  };
}

/** Repeats what no answer came to; the idempotency key makes that safe. */
export async function again(call, signal) {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (error.statusCode !== undefined || !error.isRetryable || tries === TRIES) {
        throw error;
      }

      await sleep(300 * tries, signal);
    }
  }
}
