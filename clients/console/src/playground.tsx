import { useEffect, useState } from 'preact/hooks';
import { ApiError, type Asked, get, type Generation, type Kind, type Provider } from './api';
import { catalogue, loadCatalogue, whenLoaded } from './catalogue';
import { CodeDialog } from './codeDialog';
import { chosen, Composer } from './composer';
import { bodyOf, change, type Draft, draft, type Input, referenceAt, takeAll } from './draft';
import { toast, useLoad } from './hooks';
import { Icon } from './icons';
import { Empty, Waiting } from './parts';
import { go, href, leave, usePlace } from './router';
import { open, session } from './runs';
import { Stage } from './stage';

/** Fills the form with what a generation was asked for with. */
export function fill(asked: Asked, choice: string) {
  const parameters: Record<string, string> = {}, inputs: Record<string, Input> = {};
  for (const [name, value] of Object.entries(asked.parameters ?? {})) {
    if (INPUTS.includes(name) && typeof value === 'string') inputs[name] = inputOf(value, name);
    else if (name === 'reference_images' && Array.isArray(value)) value.forEach((v, i) => { inputs[referenceAt(i)] = inputOf(String(v), name); });
    else if (typeof value !== 'object') parameters[name] = String(value);
  }
  if (parameters.width && parameters.height) parameters.size = `${parameters.width}x${parameters.height}`;
  const filled: Draft = { kind: asked.media_type, models: [choice], prompt: asked.prompt ?? '', parameters, inputs };
  change(filled);
  void nameLost(asked, filled);
}

/** What is paid for must not be another thing than it looks like: what is not kept, or has no place in the form of its model, is named. */
async function nameLost(asked: Asked, filled: Draft) {
  const notKept = new Set([...asked.cut ?? [], ...asked.inline ?? [], ...(asked.prompt === null ? ['prompt'] : []), ...(asked.parameters === null ? ['parameters'] : [])]);
  const choice = (await whenLoaded()).choices.find(c => c.id === filled.models[0]), sent: Record<string, unknown> = choice ? bodyOf(filled, choice).parameters : {};
  const unplaced = Object.entries(asked.parameters ?? {}).filter(([name, value]) => !(name === 'n' && value === 1) && (choice ? JSON.stringify(sent[name]) !== JSON.stringify(value) : typeof value === 'object' && name !== 'reference_images')).map(([name]) => name);
  const lost = [...new Set([...notKept, ...unplaced])];
  if (lost.length) toast.set(`Not in the form, or not whole: ${lost.join(', ')}. Without ${lost.length === 1 ? 'it' : 'them'} it is another request.`);
}

const INPUTS = ['image', 'last_image', 'mask', 'control_image', 'video'];
const inputOf = (value: string, name: string): Input => ({ type: name === 'video' ? 'video/mp4' : 'image/png', ...(value.startsWith('media:') ? { id: value.slice(6), name: 'as before' } : { id: '', url: value, name: value }) });

/** The address of the form as it is: its kind and models, and what is shown. The prompt stays out of it, since addresses are logged. */
function addressOf(d: Draft, run: string | undefined, query: URLSearchParams): string {
  const next = new URLSearchParams();
  if (d.kind !== 'image') next.set('kind', d.kind);
  d.models.forEach(m => next.append('model', m));
  if (run) next.set('run', run);
  for (const dialog of DIALOGS) if (query.has(dialog)) next.set(dialog, query.get(dialog)!);
  const text = next.toString();
  return `playground${text ? `?${text}` : ''}`;
}
const NONE: Provider[] = [];
const DIALOGS = ['code', 'model-picker'], KINDS = ['image', 'video', 'audio', 'text'];

/** What an address holds of the form; null when it holds nothing of it. */
function formOf(query: URLSearchParams): Partial<Draft> | null {
  const kind = query.get('kind') as Kind | null, models = query.getAll('model').slice(0, 4);
  return (kind && KINDS.includes(kind)) || models.length ? { kind: kind && KINDS.includes(kind) ? kind : 'image', models } : null;
}

export default function Playground() {
  const place = usePlace(), { value, error } = catalogue.use(), [view, set] = useState<'form' | 'stage'>('form'), [isLate, late] = useState(false), run = place.query.get('run');
  const { shown } = session.use(), providers = useLoad<{ data: Provider[] }>('providers', 30_000).data?.data ?? NONE, d = draft.use(), [missing, miss] = useState<string | null>(null);
  const coding = place.query.has('code'), picking = place.query.get('model-picker');
  useEffect(() => {
    void loadCatalogue();
    const timer = setTimeout(() => late(true), 3000);
    return () => clearTimeout(timer);
  }, []);
  // The address comes first, once; from then on it follows the form.
  useEffect(() => { const form = formOf(place.query); if (form) change(form); }, []);
  useEffect(() => {
    if (!run || shown.includes(run)) return;
    // A reload keeps the draft; a link that came from elsewhere shows what was asked for.
    const isOwn = session.value.runs.some(r => r.id === run), form = formOf(place.query);
    miss(null);
    open(run).then(async () => {
      const g = await get<Generation>(`generations/${encodeURIComponent(run)}`), { asked, alias } = g.metadata;
      if (asked && (!isOwn || !draft.value.prompt)) fill(asked, alias ? `auto/${alias}` : `${g.provider}/${g.model}`);
      if (form?.models?.length && form.kind === draft.value.kind) change({ models: form.models });
    }).catch(e => { if (e instanceof ApiError && e.status === 404) miss(run); });
  }, [run]);
  const address = addressOf(d, shown[0] ?? run ?? undefined, place.query);
  useEffect(() => {
    const now = addressOf(draft.value, session.value.shown[0] ?? run ?? undefined, place.query);
    if (href(now) !== location.pathname + location.search) go(now, true);
  }, [address, place]);
  useEffect(() => {
    const drop = (e: DragEvent) => {
      void takeAll(e.dataTransfer?.files ?? [], value && chosen(value, providers)[0]);
    };
    addEventListener('drop', drop);
    return () => removeEventListener('drop', drop);
  }, [value, providers]);
  /** Opens a dialog that has an address, beside what the address holds already. */
  const dialog = (name: string, at = '') => go(`${address}${address.includes('?') ? '&' : '?'}${name}=${at}`);

  const first = value && chosen(value, providers)[0], keyless = providers.length > 0 && !providers.some(p => p.has_key), toPrompt = () => { set('form'); requestAnimationFrame(() => document.getElementById('prompt')?.focus()); };
  return (
    <>
      <div class="swap"><h1 class="visually-hidden">Playground</h1><div class="segmented" role="group" aria-label="Show">
        <button class="segmented__item" type="button" aria-current={view === 'form'} onClick={() => set('form')}>Request</button>
        <button class="segmented__item" type="button" aria-current={view === 'stage'} onClick={() => set('stage')}>Result</button></div>
        <button class="button button--quiet button--icon" type="button" aria-label="As code" onClick={() => dialog('code')}><Icon id="i-code" /></button></div>
      <div class="playground" data-view={view}>
        {value ? <Composer catalogue={value} providers={providers} onCode={() => dialog('code')} picking={picking === null ? null : Number(picking) || 0} pick={(at, then) => at === null ? leave(addressOf(draft.value, shown[0], new URLSearchParams()), then) : dialog('model-picker', String(at))} onSent={() => set('stage')} />
          : <div class="composer" aria-busy="true"><div class="page__head"><h1>Playground</h1></div><div class="composer__scroll">{error ? <Waiting error={error} title="The models cannot be shown" /> : <>{isLate && <p class="small soft" role="status">Still asking for the models.</p>}<Skeleton /></>}</div></div>}
        {keyless && shown.length === 0 ? <section class="stage" aria-label="Result"><Empty icon="i-key" title="No provider has a key"><p>Set one of <span class="mono">{[...new Set(providers.flatMap(p => p.key_variables ?? []))].join(', ')}</span>, or start with <span class="mono">--sandbox</span>.</p></Empty></section> : <Stage onPrompt={toPrompt} missing={missing} providers={providers} />}
      </div>
      {coding && first && <CodeDialog hasAddress body={bodyOf(d, first)} onClose={() => leave(addressOf(draft.value, shown[0], new URLSearchParams()))} />}
    </>
  );
}

const Skeleton = () => <>{[36, 58, 130, 60, 76].map((h, i) => <span class="skeleton" key={i} ref={e => e?.style.setProperty('height', `${h}px`)} />)}</>;
