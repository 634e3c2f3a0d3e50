// What this tab has asked for. The jobs live on the server; here are ids, and what was last received of them.
import { anotherKey, ApiError, follow, type Generation, get, type Kind, pauseToRetry, post, type Problem, send, serverNow } from './api';
import { shared, toast } from './hooks';

export interface Run {
  id: string; kind: Kind; model: string; prompt: string; startedAt: number; price: number | null; shape: string; usual: number | null;
  view: Generation | null; refusal: Problem | null; refusedAt?: number; cancelling?: boolean;
  /** What was sent, so that it can be sent again under its id; null for what was made before a reload. */
  body?: Body;
  /** Somebody wants to be notified of its end. */
  notifies?: boolean;
}
export interface Body { provider: string; model: string; media_type: Kind; prompt: string; parameters: Record<string, unknown> }

const KEY = 'framegate.session', MOST = 30;
type Session = { runs: Run[]; shown: string[] };

function stored(): Session {
  try {
    const ids = JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as [string, Kind, string][];
    return { runs: ids.map(([id, kind, model]) => ({ id, kind, model, prompt: '', startedAt: 0, price: null, shape: '', usual: null, view: null, refusal: null })), shown: [] };
  } catch { return { runs: [], shown: [] }; }
}

export const session = shared<Session>(stored());

function keep() {
  sessionStorage.setItem(KEY, JSON.stringify(session.value.runs.map(r => [r.id, r.kind, r.model])));
}

export const update = (id: string, part: Partial<Run>) => session.set(s => ({ ...s, runs: s.runs.map(r => r.id === id ? { ...r, ...part } : r) }));
export const show = (ids: string[]) => session.set(s => ({ ...s, shown: ids }));

const followed = new Map<string, AbortController>();
/** Ends what is still looked for when the session does. */
let ending = new AbortController();

export function watch(id: string) {
  if (followed.has(id)) return;
  const stop = new AbortController();
  followed.set(id, stop);
  void follow(id, view => {
    update(id, { view });
    if (view.status === 'processing') return;
    const ended = view.status === 'success' ? 'Done' : 'Failed', run = session.value.runs.find(r => r.id === id);
    if (document.hidden) document.title = `${ended} · Framegate`;
    // Some browsers know notifications, and let only a service worker make them.
    if (run?.notifies) try { new Notification(`${ended}: ${run.model}`, { body: run.prompt }); } catch { /* The title and the page show it. */ }
  }, stop.signal).finally(() => followed.delete(id));
}

const random = () => [...crypto.getRandomValues(new Uint8Array(10))].map(b => b.toString(16).padStart(2, '0')).join('');

const lost = (e: Error): Problem => ({ code: 'NETWORK_ERROR', message: e.message, retryable: true, provider: null, retry_after: null, details: null });

/** Sends a run. Its id is the key of the request: however often it is sent, it is made and paid once. */
async function submit(run: Run) {
  const headers: Record<string, string> = { Prefer: 'respond-async', 'Idempotency-Key': run.id };
  if (run.price) headers['Framegate-Max-Cost'] = (run.price * 1.2).toFixed(6);
  const refuse = (refusal: Problem) => update(run.id, { refusal, refusedAt: serverNow(), cancelling: false });
  const arrived = async (view: Generation) => {
    update(run.id, { view });
    if (view.status !== 'processing') return update(run.id, { cancelling: false });
    watch(run.id);
    // It was to be cancelled before anybody knew that it was there.
    if (session.value.runs.find(r => r.id === run.id)?.cancelling) await cancel(run.id);
  };
  try {
    await arrived(await post<Generation>('generations', { schema_version: '2.0', ...run.body, request_id: run.id }, { headers }));
  } catch (e) {
    if (e instanceof ApiError && e.problem) return refuse(e.problem);
    await lookFor(run, arrived, () => refuse(lost(e as Error)));
  }
}

/** Whether a run has arrived is not known: it is looked for before it is called lost. One that is to be cancelled is looked for until somebody knows, since it may be paid for meanwhile. */
async function lookFor(run: Run, arrived: (view: Generation) => Promise<void>, isLost: () => void) {
  for (let failures = 1; ; failures++) {
    let view: Generation;
    try {
      view = await get<Generation>(`generations/${run.id}`);
    } catch (e) {
      const isAnswered = e instanceof ApiError && !e.passes && e.status !== 401, isWanted = session.value.runs.find(r => r.id === run.id)?.cancelling;
      if (isAnswered || !isWanted) return isLost();
      await (e instanceof ApiError && e.status === 401 ? anotherKey(ending.signal) : pauseToRetry(failures, e, ending.signal));
      continue;
    }
    return arrived(view);
  }
}

const TWICE_MS = 600;
let last = { what: '', at: 0 };

/** Sends requests, each a generation of its own. A second click of a double click is none, though it has drawn another seed. */
export async function generate(bodies: { body: Body; price: number | null; usual: number | null; name: string }[]) {
  const what = JSON.stringify(bodies.map(({ body }) => ({ ...body, parameters: { ...body.parameters, seed: undefined } }))), isDouble = last.what === what && Date.now() - last.at < TWICE_MS;
  last = { what, at: Date.now() };
  if (isDouble) return;
  const started = bodies.map(({ body, price, usual, name }): Run => ({
    id: `con-${random()}`, kind: body.media_type, model: name, prompt: body.prompt, startedAt: serverNow(), price, usual, view: null, refusal: null, body,
    shape: String(body.parameters.aspect_ratio ?? (body.parameters.width ? `${body.parameters.width}:${body.parameters.height}` : body.media_type === 'video' ? '16:9' : '4:3')),
  }));
  session.set(s => ({ runs: [...started, ...s.runs].slice(0, MOST), shown: started.map(r => r.id) }));
  keep();
  await Promise.all(started.map(submit));
}

/** Sends once more what was refused or got lost, as the same request. */
export async function resend(run: Run) {
  update(run.id, { refusal: null, view: null, startedAt: serverNow() });
  await submit(run);
}

export async function cancel(id: string) {
  update(id, { cancelling: true });
  // One that is still on its way is cancelled once it has arrived.
  if (!session.value.runs.find(r => r.id === id)?.view) return;
  try {
    update(id, { view: await (await send(`generations/${encodeURIComponent(id)}`, { method: 'DELETE' })).json() as Generation });
  } catch (e) {
    toast.set(`It was not cancelled. ${(e as Error).message}`);
  } finally {
    update(id, { cancelling: false });
  }
}

/** What another client has made is nobody else's to see. */
export function forgetSession() {
  followed.forEach(f => f.abort());
  ending.abort();
  ending = new AbortController();
  sessionStorage.removeItem(KEY);
  session.set({ runs: [], shown: [] });
}

/** Asks for a generation once more. */
export async function refresh(id: string) {
  try { update(id, { view: await get<Generation>(`generations/${encodeURIComponent(id)}`) }); } catch { /* What is shown already stays. */ }
}

/** Brings a generation of before into the session, as a link or a reload wants it. */
export async function open(id: string) {
  show([id]);
  const view = await get<Generation>(`generations/${encodeURIComponent(id)}`);
  const run: Run = {
    id, kind: view.metadata.asked?.media_type ?? view.result?.media[0]?.type ?? 'image', model: view.model ?? '', prompt: view.metadata.asked?.prompt ?? '', shape: view.metadata.asked?.media_type === 'video' ? '16:9' : '4:3',
    startedAt: Date.parse(view.metadata.created_at ?? view.timestamp), price: view.cost, usual: null, view, refusal: null,
  };
  session.set(s => s.runs.some(r => r.id === id) ? { ...s, runs: s.runs.map(r => r.id === id ? { ...r, ...run } : r) } : { ...s, runs: [run, ...s.runs].slice(0, MOST) });
  keep();
  if (view.status === 'processing') watch(id);
}
