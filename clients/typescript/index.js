const REPEATED = [408, 429, 502, 503, 504];

const sleep = (ms, signal) => new Promise((resolve, reject) => {
  signal?.throwIfAborted();
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

/** A refusal, or a generation that failed; `body` is Framegate's answer. */
export class FramegateError extends Error {
  constructor(status, body, headers) {
    super(body?.error?.message ?? body?.detail ?? body?.title ?? `HTTP ${status}`);
    this.name = 'FramegateError';
    Object.assign(this, { status, body, headers, code: body?.error?.code, retryable: body?.error?.retryable === true });
  }
}

/** A client of Framegate's unified API. */
export class Framegate {
  #baseURL;
  #apiKey;
  #fetch;
  #tries;

  constructor({ baseURL = process.env.FRAMEGATE_BASE_URL ?? 'http://127.0.0.1:8080', apiKey = process.env.FRAMEGATE_API_KEY, fetch = globalThis.fetch, tries = 3 } = {}) {
    this.#baseURL = baseURL.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#fetch = fetch;
    this.#tries = tries;
  }

  /** Makes something and waits for it. The idempotency key makes a repetition after a lost answer safe: it is paid for once. */
  async generate(request, { signal, idempotencyKey = crypto.randomUUID(), maxCost, pollMs = 1000 } = {}) {
    return this.wait(await this.start(request, { signal, idempotencyKey, maxCost }), { signal, pollMs });
  }

  /** Begins something and answers at once. */
  start(request, { signal, idempotencyKey = crypto.randomUUID(), maxCost } = {}) {
    return this.#json('/generations', {
      method: 'POST',
      body: request,
      signal,
      headers: { 'idempotency-key': idempotencyKey, prefer: 'respond-async', ...(maxCost === undefined ? {} : { 'framegate-max-cost': String(maxCost) }) },
    });
  }

  /** Waits for the end of a generation, by its id or as it was answered. */
  async wait(generation, { signal, pollMs = 1000 } = {}) {
    let found = typeof generation === 'string' ? await this.get(generation, { signal }) : generation;
    while (found.status === 'processing') {
      await sleep(pollMs, signal);
      found = await this.get(found.request_id, { signal });
    }

    if (found.status !== 'success') {
      throw new FramegateError(200, found);
    }

    return found;
  }

  /** A generation as it stands. */
  get(id, { signal } = {}) {
    return this.#json(`/generations/${encodeURIComponent(id)}`, { signal });
  }

  /** Ends a generation. */
  cancel(id, { signal } = {}) {
    return this.#json(`/generations/${encodeURIComponent(id)}`, { method: 'DELETE', signal });
  }

  /** What happens to a generation, as it happens; the last event is `completed` or `failed`. */
  async* events(id, { signal } = {}) {
    const response = await this.#send(`/generations/${encodeURIComponent(id)}/events`, { signal, headers: { accept: 'text/event-stream' } });
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk.replaceAll('\r', '');
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const lines = text.slice(0, end).split('\n');
        const field = name => lines.filter(l => l.startsWith(`${name}:`)).map(l => l.slice(name.length + 1).replace(/^ /, '')).join('\n');
        if (field('data')) {
          yield { event: field('event') || 'message', id: field('id') || undefined, data: JSON.parse(field('data')) };
        }
      }
    }
  }

  /** Where a request would go and what it would cost; nothing is made. */
  quote(request, { signal } = {}) {
    return this.#json('/quotes', { method: 'POST', body: request, signal });
  }

  /** Models and aliases. */
  models({ signal } = {}) {
    return this.#json('/models', { signal });
  }

  /** The bytes of a result. */
  async media(id, { signal } = {}) {
    return new Uint8Array(await (await this.#send(`/media/${encodeURIComponent(id)}`, { signal })).arrayBuffer());
  }

  async #json(path, options) {
    return (await this.#send(path, options)).json();
  }

  async #send(path, { method = 'GET', body, headers = {}, signal } = {}) {
    for (let tries = 1; ; tries++) {
      let failure;
      try {
        const response = await this.#fetch(this.#baseURL + path, {
          method,
          signal,
          headers: { ...headers, ...(this.#apiKey ? { authorization: `Bearer ${this.#apiKey}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
          body: body && JSON.stringify(body),
        });
        if (response.ok) {
          return response;
        }

        failure = new FramegateError(response.status, await response.json().catch(() => undefined), response.headers);
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
      }

      if (tries >= this.#tries || (failure instanceof FramegateError && (!REPEATED.includes(failure.status) || failure.body?.error?.retryable === false))) {
        throw failure;
      }

      await sleep(Math.min(Number(failure.headers?.get('retry-after')) * 1000 || 300 * tries, 30_000), signal);
    }
  }
}
