// What this tab has asked for. The jobs live on the server; here are ids, and what was last heard of them.
import { ApiError, follow, type Generation, get, type Kind, post, type Problem, send, serverNow } from './api';
import { shared } from './hooks';

export interface Run {
  id: string; kind: Kind; model: string; prompt: string; startedAt: number; price: number | null; shape: string; usual: number | null;
  view: Generation | null; refusal: Problem | null; cancelling?: boolean;
}

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

export function watch(id: string) {
  if (followed.has(id)) return;
  const stop = new AbortController();
  followed.set(id, stop);
  void follow(id, view => {
    update(id, { view });
    if (view.status !== 'processing' && document.hidden) document.title = `${view.status === 'success' ? 'Done' : 'Failed'} · Framegate`;
  }, stop.signal).finally(() => followed.delete(id));
}

const random = () => [...crypto.getRandomValues(new Uint8Array(10))].map(b => b.toString(16).padStart(2, '0')).join('');

/** Sends requests, each a generation of its own. A repeated click or a retried call cannot pay twice: the id is the key. */
export async function generate(bodies: { body: { provider: string; model: string; media_type: Kind; prompt: string; parameters: Record<string, unknown> }; price: number | null; usual: number | null; name: string }[]) {
  const started = bodies.map(({ body, price, usual, name }): Run => ({
    id: `con-${random()}`, kind: body.media_type, model: name, prompt: body.prompt, startedAt: serverNow(), price, usual, view: null, refusal: null,
    shape: String(body.parameters.aspect_ratio ?? (body.parameters.width ? `${body.parameters.width}:${body.parameters.height}` : body.media_type === 'video' ? '16:9' : '4:3')),
  }));
  session.set(s => ({ runs: [...started, ...s.runs].slice(0, MOST), shown: started.map(r => r.id) }));
  keep();
  await Promise.all(started.map(async (run, i) => {
    const { body, price } = bodies[i]!;
    const headers: Record<string, string> = { Prefer: 'respond-async', 'Idempotency-Key': run.id };
    if (price) headers['Framegate-Max-Cost'] = (price * 1.2).toFixed(6);
    try {
      const view = await post<Generation>('generations', { ...body, request_id: run.id }, { headers });
      update(run.id, { view });
      if (view.status === 'processing') watch(run.id);
    } catch (e) {
      if (e instanceof ApiError && e.problem) return update(run.id, { refusal: e.problem });
      // Whether it has arrived is not known: look for it before it is called lost.
      try {
        update(run.id, { view: await get<Generation>(`generations/${run.id}`) });
        watch(run.id);
      } catch {
        update(run.id, { refusal: { code: 'NETWORK_ERROR', message: (e as Error).message, retryable: true, provider: null, retry_after: null, details: null } });
      }
    }
  }));
  return started.map(r => r.id);
}

export async function cancel(id: string) {
  update(id, { cancelling: true });
  try {
    update(id, { view: await (await send(`generations/${encodeURIComponent(id)}`, { method: 'DELETE' })).json() as Generation });
  } finally {
    update(id, { cancelling: false });
  }
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
  session.set(s => s.runs.some(r => r.id === id) ? { ...s, runs: s.runs.map(r => r.id === id ? run : r) } : { ...s, runs: [run, ...s.runs].slice(0, MOST) });
  keep();
  if (view.status === 'processing') watch(id);
}
