const REPEATED = [408, 429, 502, 503, 504];
const RECONNECTS = 5;

/** How long a wait goes on while no look at the generation succeeds, milliseconds. */
const PATIENCE = 120_000;

/** Whether the same call may succeed a little later. */
const isForNow = error => !(error instanceof FramegateError) || (REPEATED.includes(error.status) && error.body?.error?.retryable !== false);

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
    Object.assign(this, { status, body, headers, code: body?.error?.code, requestId: body?.request_id ?? undefined, retryable: body?.error?.retryable === true });
  }
}

/** The events of one connection, until it ends or breaks. */
async function* eventsOf(body, signal) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let text = ''; ;) {
      const { done, value } = await reader.read().catch(() => ({ done: true }));
      signal?.throwIfAborted();
      if (done) {
        return;
      }

      text += value.replaceAll('\r', '');
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const lines = text.slice(0, end).split('\n');
        const field = name => lines.filter(l => l.startsWith(`${name}:`)).map(l => l.slice(name.length + 1).replace(/^ /, '')).join('\n');
        if (field('data')) {
          yield { event: field('event') || 'message', id: field('id') || undefined, data: JSON.parse(field('data')) };
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
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
  async start(request, { signal, idempotencyKey = crypto.randomUUID(), maxCost } = {}) {
    try {
      return await this.#json('/generations', {
        method: 'POST',
        body: request,
        signal,
        headers: { 'idempotency-key': idempotencyKey, prefer: 'respond-async', ...(maxCost === undefined ? {} : { 'framegate-max-cost': String(maxCost) }) },
      });
    } catch (error) {
      // The order may run although its answer was lost; the same key leads to it.
      signal?.throwIfAborted();
      throw Object.assign(error, { idempotencyKey });
    }
  }

  /** Waits for the end of a generation, by its id or as it was answered. */
  async wait(generation, { signal, pollMs = 1000 } = {}) {
    let found = typeof generation === 'string' ? await this.#look(generation, { signal, pollMs }) : generation;
    while (found.status === 'processing') {
      await sleep(pollMs, signal);
      found = await this.#look(found.request_id, { signal, pollMs });
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

  /** What happens to a generation, as it happens; the last event is `completed` or `failed`. A connection that breaks is taken up where it was. */
  async* events(id, { signal } = {}) {
    let seen;
    for (let broken = 0; ; broken++) {
      const response = await this.#send(`/generations/${encodeURIComponent(id)}/events`, {
        signal, headers: { accept: 'text/event-stream', ...(seen === undefined ? {} : { 'last-event-id': seen }) },
      });
      if (response.status === 204) {
        return;
      }

      for await (const event of eventsOf(response.body, signal)) {
        [seen, broken] = [event.id ?? seen, 0];
        yield event;
        if (event.data.status !== 'processing') {
          return;
        }
      }

      if (broken === RECONNECTS) {
        throw Object.assign(new Error(`The events of ${id} broke off ${RECONNECTS} times.`), { requestId: id });
      }

      await sleep(500, signal);
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
    return new Uint8Array(await this.#send(`/media/${encodeURIComponent(id)}`, { signal }, response => response.arrayBuffer()));
  }

  /** A generation as it stands. The job goes on while Framegate cannot be asked, so this asks for two minutes. */
  async #look(id, { signal, pollMs }) {
    for (const began = Date.now(); ;) {
      try {
        return await this.get(id, { signal });
      } catch (error) {
        signal?.throwIfAborted();
        if (!isForNow(error) || Date.now() - began >= PATIENCE) {
          throw Object.assign(error, { requestId: id });
        }
      }

      await sleep(pollMs, signal);
    }
  }

  #json(path, options) {
    return this.#send(path, options, response => response.json());
  }

  /** An answer that breaks off while `read` reads it is asked for again, like one that did not come. */
  async #send(path, { method = 'GET', body, headers = {}, signal } = {}, read = response => response) {
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
          return await read(response);
        }

        failure = new FramegateError(response.status, await response.json().catch(() => undefined), response.headers);
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
      }

      if (tries >= this.#tries || !isForNow(failure)) {
        throw failure;
      }

      await sleep(Math.min(Number(failure.headers?.get('retry-after')) * 1000 || 300 * tries, 30_000), signal);
    }
  }
}
