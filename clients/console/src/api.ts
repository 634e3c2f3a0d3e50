// The public and the admin API, and nothing else. The keys live in this tab only.

/** Where the API is: above the console, below whatever path the program runs under. */
export const ROOT = new URL('../', document.baseURI).pathname;
export const CONSOLE = new URL('.', document.baseURI).pathname;

export type Kind = 'image' | 'video' | 'audio' | 'text';

export interface Media {
  provenance?: { c2pa: boolean; digital_source_type: string | null } | null;
  id: string; type: Kind; url: string; content_type: string; bytes: number; width: number | null; height: number | null; duration: number | null; expires_at: string | null;
}
export interface Problem {
  code: string; message: string; retryable: boolean; provider: string | null; retry_after: number | null;
  details: { reason?: string; fields?: { field: string; message: string; allowed?: string[] }[] } | null;
}
export interface Attempt {
  provider: string; destination: string; outcome: string; code: string | null; billed: 'yes' | 'no' | 'unknown'; duration_ms: number; at_ms?: number; http_status?: number;
}
export interface Asked {
  media_type: Kind; prompt: string | null; parameters: Record<string, unknown> | null; callback_url: string | null; inline?: string[]; cut?: string[];
}
export interface Generation {
  request_id: string; provider: string | null; model: string | null; status: 'processing' | 'success' | 'failed';
  result: { media: Media[]; text: string | null; seed: number | null } | null;
  error: Problem | null;
  metadata: {
    phase: string; progress: number | null; warnings: string[]; attempts: Attempt[]; alias?: string; cache: string | null; saved?: number; cost_estimated?: boolean; sandbox?: boolean;
    queue?: { position: number | null; waited_ms: number; estimated_ms?: number | null }; skipped?: { provider: string; model: string; code?: string; message?: string; reason?: string }[];
    created_at?: string; finished_at?: string; asked?: Asked; client?: string; trace_id?: string;
  };
  timestamp: string; processing_time_ms: number; cost: number | null;
}
export interface Price {
  per_result: number | null; per_second: number | null; per_second_by_size: Record<string, number> | null;
  per_result_by_size?: Record<string, number> | null; per_megapixel?: number | null; per_thousand_characters?: number | null;
}
export interface Model {
  id: string; provider: string; model: string; media_type: Kind; capabilities: string[]; price: Price | null; retired: string | null;
  limits: {
    max_width: number | null; max_height: number | null; sizes: string[] | null; aspect_ratios: string[] | null; resolutions: string[] | null; durations: number[] | null;
    min_duration: number | null; max_duration: number | null; max_prompt_length: number | null; max_results: number | null; max_input_images: number | null; size_is_fixed: boolean | null;
  };
}
export interface Alias { id: string; strategy: string; candidates: { provider: string; model: string }[] }
export interface Models { data: Model[]; aliases: Alias[] }
export interface Quote {
  alias: string | null; strategy: string | null;
  data: { provider: string; model: string; verdict: string; ready: boolean; cost: number | null; warnings: string[]; refusal: Problem | null; usual_ms: number | null }[];
}
export interface Destination {
  id: string; available: boolean; state: string; score: number; breaker: string; suspended: string | null; open_jobs?: number; latency_ms: number | null; drained?: boolean;
  last_hour?: { done?: number; p50_ms: number; p90_ms: number };
}
export interface Provider {
  name: string; has_key: boolean; key_variables?: string[]; media_types: Kind[]; models: number; open_jobs?: number;
  limits: { requests_per_minute: number | null; jobs_at_once: number | null; waiting?: number } | null; destinations: Destination[];
}
export interface Whoami { client: string | null; admin: boolean; keys_required: boolean; sandbox: boolean; version: string; max_input_bytes: number }

export class ApiError extends Error {
  constructor(readonly status: number, readonly problem: Problem | null, message: string, readonly retryAfter: number | null = null) { super(message); }
  /** Whether the same call may be answered otherwise a little later. */
  get passes() { return this.status === 408 || this.status === 429 || this.status >= 500; }
}

// ---------- Keys ----------
const CLIENT = 'framegate.key', ADMIN = 'framegate.admin-key';
export const keys = {
  get client() { return sessionStorage.getItem(CLIENT); },
  get admin() { return sessionStorage.getItem(ADMIN); },
  set(kind: 'client' | 'admin', key: string) { sessionStorage.setItem(kind === 'admin' ? ADMIN : CLIENT, key); },
  forget() { sessionStorage.removeItem(CLIENT); sessionStorage.removeItem(ADMIN); },
};

function keyFor(path: string): string | null {
  return path.startsWith('admin/') || path === 'whoami' ? keys.admin ?? keys.client : keys.client ?? keys.admin;
}

// ---------- What everybody wants to know: a key is missing, or nobody answers ----------
type Trouble = {
  /** A dialog is to ask for a key. */
  key: 'client' | null;
  /** The key was refused, and there is no other yet: nothing is asked again by itself. */
  refused: boolean;
  /** Counts the keys that were given or forgotten: whatever was refused asks again. */
  keyTurn: number;
  lostAt: number | null;
};
export const trouble: Trouble = { key: null, refused: false, keyTurn: 0, lostAt: null };
const listeners = new Set<() => void>();
export function onTrouble(listener: () => void) { listeners.add(listener); return () => { listeners.delete(listener); }; }
export function setTrouble(change: Partial<Trouble>) {
  if (Object.entries(change).every(([k, v]) => trouble[k as keyof Trouble] === v)) return;
  Object.assign(trouble, change);
  listeners.forEach(l => l());
}

// Elapsed time is the server's; this is how far the browser's clock is off.
let skew = 0;
export const serverNow = () => Date.now() + skew;

export interface Call { method?: string; body?: unknown; raw?: Blob; headers?: Record<string, string>; signal?: AbortSignal; key?: string; quiet?: boolean }

export async function send(path: string, call: Call = {}): Promise<Response> {
  const key = call.key ?? keyFor(path);
  const headers: Record<string, string> = { ...call.headers };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (call.body !== undefined) headers['Content-Type'] = 'application/json';
  if (call.raw) headers['Content-Type'] = call.raw.type || 'application/octet-stream';
  let answer: Response;
  try {
    answer = await fetch(ROOT + path, { method: call.method ?? 'GET', headers, body: call.raw ?? (call.body === undefined ? undefined : JSON.stringify(call.body)), signal: call.signal });
  } catch (e) {
    if ((e as Error).name === 'AbortError') throw e;
    setTrouble({ lostAt: trouble.lostAt ?? Date.now() });
    // The browser's own message is another sentence in each browser.
    throw new Error('The gateway does not answer.');
  }
  const wasLost = trouble.lostAt !== null, isClients = path !== 'whoami' && !path.startsWith('admin/');
  // A proxy in front answers for a gateway that is away, with a page of its own.
  const isAway = [502, 503, 504].includes(answer.status) && !/json/.test(answer.headers.get('Content-Type') ?? '');
  setTrouble({ lostAt: isAway ? trouble.lostAt ?? Date.now() : null });
  const date = answer.headers.get('Date');
  if (date) skew = Math.abs(Date.parse(date) - Date.now()) > 2000 ? Date.parse(date) - Date.now() : 0;
  if (answer.ok || answer.status === 304) {
    retries.forEach(r => r.wake?.(wasLost));
    if (isClients) setTrouble({ refused: false });
    return answer;
  }
  let problem: Problem | null = null, message = isAway ? 'The gateway is away.' : `The answer was ${answer.status}.`;
  try {
    const json = await answer.json();
    problem = json.error ?? null;
    message = json.error?.message ?? json.detail ?? json.title ?? message;
  } catch { /* Not JSON: a page of somebody in between, which is of no use to its reader. */ }
  const isOurKey = answer.status === 401 || (answer.status === 403 && problem?.code === 'AUTHENTICATION_FAILED');
  // The admin's pages show it themselves, in their frame; for the rest one dialog.
  if (isOurKey && !call.quiet && problem?.provider == null && !path.startsWith('admin/')) setTrouble({ key: 'client', refused: true });
  throw new ApiError(answer.status, problem, message, problem?.retry_after ?? (Number(answer.headers.get('Retry-After')) || null));
}

export async function get<T>(path: string, signal?: AbortSignal, quiet = false): Promise<T> {
  return await (await send(path, { signal, quiet })).json() as T;
}

export async function post<T>(path: string, body: unknown, call: Call = {}): Promise<T> {
  return await (await send(path, { ...call, method: 'POST', body })).json() as T;
}

export const query = (values: Record<string, string | number | null | undefined>) => {
  const list = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined && value !== '') list.set(name, String(value));
  const text = list.toString();
  return text ? `?${text}` : '';
};

/** Server-sent events, read with fetch: an EventSource cannot send a key. */
export async function* events(answer: Response): AsyncGenerator<{ id?: string; name?: string; data?: string }> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      yield { id: /^id: (.*)$/m.exec(block)?.[1], name: /^event: (.*)$/m.exec(block)?.[1], data: /^data: (.*)$/m.exec(block)?.[1] };
    }
  }
}

/** Follows a generation until its end: events, and after three broken streams a look every 2 s. */
export async function follow(id: string, show: (view: Generation) => void, signal: AbortSignal): Promise<void> {
  let last = '', failures = 0;
  const path = `generations/${encodeURIComponent(id)}`;
  while (!signal.aborted) {
    try {
      if (failures >= 3) {
        const view = await get<Generation>(path, signal);
        show(view);
        if (view.status !== 'processing') return;
        await pause(2000, signal);
        continue;
      }
      const answer = await send(`${path}/events`, { signal, headers: last ? { 'Last-Event-ID': last } : {} });
      if (answer.status === 204) return;
      for await (const event of events(answer)) {
        last = event.id ?? last;
        if (!event.data) continue;
        const view = JSON.parse(event.data) as Generation;
        show(view);
        failures = 0;
        if (view.status !== 'processing') return;
      }
      failures++;
    } catch (e) {
      if (signal.aborted) return;
      if (e instanceof ApiError && !e.passes) {
        if (e.status !== 401) return;
        await anotherKey(signal);
        continue;
      }
      failures++;
      await pauseToRetry(failures, e, signal);
      continue;
    }
    await pause(Math.min(1000 * 2 ** failures, 10_000), signal);
  }
}

/** Ends once a key was given. */
export function anotherKey(signal: AbortSignal): Promise<void> {
  const before = trouble.keyTurn;
  return new Promise(resolve => {
    const done = () => { off(); signal.removeEventListener('abort', done); resolve(); };
    const off = onTrouble(() => { if (trouble.keyTurn !== before) done(); });
    signal.addEventListener('abort', done);
  });
}

type Retry = { at: number; wake?(isBack: boolean): void };
const retries = new Set<Retry>(), LONGEST_WAIT_MS = 60_000;
/** When the next of all tries is; Infinity when none is. */
export const nextRetry = () => Math.min(Infinity, ...[...retries].map(r => r.at));

/** Waits before something is tried again: 1, 2, 4 ... 30 s, or as long as the answer asks for; less once another call succeeds. */
export async function pauseToRetry(failures: number, error: unknown, signal: AbortSignal) {
  const began = Date.now(), usual = Math.min(1000 * 2 ** (failures - 1), 30_000), ms = Math.min(Math.max(usual, ((error instanceof ApiError && error.retryAfter) || 0) * 1000), LONGEST_WAIT_MS);
  const retry: Retry = { at: began + ms }, stop = new AbortController(), end = () => stop.abort();
  // What the gateway itself has put off stays put off. Of somebody in between only the usual wait is kept, and nothing once the gateway is back.
  if (!(error instanceof ApiError && error.problem)) retry.wake = isBack => {
    const at = Math.max(Date.now(), began + (isBack ? 1000 : usual));
    if (at >= retry.at) return;
    retry.at = at;
    void pause(retry.at - Date.now(), stop.signal).then(end);
  };
  retries.add(retry);
  signal.addEventListener('abort', end);
  if (!signal.aborted) await pause(ms, stop.signal);
  signal.removeEventListener('abort', end);
  end();
  retries.delete(retry);
}

export const pause = (ms: number, signal?: AbortSignal) => new Promise<void>(resolve => {
  if (signal?.aborted) return resolve();
  const done = () => { clearTimeout(timer); signal?.removeEventListener('abort', done); resolve(); }, timer = setTimeout(done, ms);
  signal?.addEventListener('abort', done);
});

// ---------- Media: fetched with the key, shown as blobs, the latest 60 kept ----------
const blobs = new Map<string, Promise<string>>();
const MOST_BLOBS = 60;
export function mediaUrl(id: string, admin = false, preview = false): Promise<string> {
  // The page may load from its own origin alone: no redirect to a bucket is of use to it, and over plain HTTP no header shows that a page asks.
  const name = preview ? `${id}?variant=preview` : `${id}?redirect=false`, known = blobs.get(name);
  if (known) { blobs.delete(name); blobs.set(name, known); return known; }
  const loading = (async () => URL.createObjectURL(await (await send(`${admin ? 'admin/' : ''}media/${encodeURIComponent(id)}?${preview ? 'variant=preview' : 'redirect=false'}`)).blob()))();
  blobs.set(name, loading);
  // Where nothing is drawn nothing will be: that is asked once. Whatever else went wrong may pass.
  loading.catch(e => { if (!preview || !(e instanceof ApiError) || e.status !== 404) blobs.delete(name); });
  if (blobs.size > MOST_BLOBS) {
    const [oldest, url] = blobs.entries().next().value!;
    blobs.delete(oldest);
    url.then(u => URL.revokeObjectURL(u), () => {});
  }
  return loading;
}
/** Where a large result is read from as it is played, by a link that opens without a key; null where there is no such link. */
export async function mediaLink(id: string, admin = false): Promise<string | null> {
  try {
    const { url } = await get<{ url: string }>(`${admin ? 'admin/' : ''}media/${encodeURIComponent(id)}?variant=link`);
    // The page may load from its own origin alone, and is under it however the gateway calls itself.
    const search = new URLSearchParams(new URL(url).search);
    search.set('redirect', 'false');
    return `${ROOT}media/${encodeURIComponent(id)}?${search}`;
  } catch (e) {
    if (e instanceof ApiError && e.status === 404) return null;
    throw e;
  }
}
/** What is larger is played from its link, and not kept in memory. */
const MOST_IN_MEMORY = 50_000_000;
/** The address of a result, to be shown or saved. */
export const resultUrl = async (media: Media, admin = false) => (media.bytes > MOST_IN_MEMORY ? await mediaLink(media.id, admin) : null) ?? await mediaUrl(media.id, admin);

export function forgetMedia() {
  blobs.forEach(url => url.then(u => URL.revokeObjectURL(u), () => {}));
  blobs.clear();
}
