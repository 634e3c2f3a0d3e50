import { useEffect, useState } from 'preact/hooks';
import { type Asked, get, type Generation } from './api';
import { catalogue, loadCatalogue } from './catalogue';
import { CodeDialog } from './codeDialog';
import { chosen, Composer, upload } from './composer';
import { bodyOf, change, draft, slots } from './draft';
import { Icon } from './icons';
import { Empty } from './parts';
import { go, usePlace } from './router';
import { open, session } from './runs';
import { Stage } from './stage';

/** Fills the form with what a generation was asked for with. */
export function fill(asked: Asked, choice: string) {
  const parameters: Record<string, string> = {}, inputs: ReturnType<typeof draft.use>['inputs'] = {};
  for (const [name, value] of Object.entries(asked.parameters ?? {})) {
    if (typeof value === 'string' && value.startsWith('media:')) inputs[name] = { id: value.slice(6), name: 'as before', type: name === 'video' ? 'video/mp4' : 'image/png' };
    else if (typeof value !== 'object') parameters[name] = String(value);
  }
  if (parameters.width && parameters.height) parameters.size = `${parameters.width}x${parameters.height}`;
  change({ kind: asked.media_type, models: [choice], prompt: asked.prompt ?? '', parameters, inputs });
}

export default function Playground() {
  const place = usePlace(), { value, error } = catalogue.use(), [view, set] = useState<'form' | 'stage'>('form'), [coding, code] = useState(false), run = place.query.get('run');
  const { shown } = session.use();
  draft.use();
  useEffect(() => { void loadCatalogue(); }, []);
  useEffect(() => {
    if (!run || shown.includes(run)) return;
    // A reload keeps the draft; a link that came from elsewhere shows what was asked for.
    const isOwn = session.value.runs.some(r => r.id === run);
    open(run).then(async () => {
      const g = await get<Generation>(`generations/${encodeURIComponent(run)}`), { asked, alias } = g.metadata;
      if (asked && (!isOwn || !draft.value.prompt)) fill(asked, alias ? `auto/${alias}` : `${g.provider}/${g.model}`);
    }).catch(() => {});
  }, [run]);
  // The address names what is shown, so that a reload and a link show it again; the prompt stays out of it.
  useEffect(() => { if (shown[0] && shown[0] !== run) go(`playground?run=${encodeURIComponent(shown[0])}`, true); }, [shown[0]]);
  useEffect(() => {
    // A file that misses its slot must not replace the page.
    const over = (e: DragEvent) => { if (e.dataTransfer?.types.includes('Files')) e.preventDefault(); };
    const drop = (e: DragEvent) => {
      const file = e.dataTransfer?.files[0];
      if (!file) return;
      e.preventDefault();
      const first = value && chosen(value)[0], list = first ? slots(first) : [], slot = list.find(s => !draft.value.inputs[s.name]) ?? list[0];
      if (slot) void upload(file, file.name, slot.name);
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => { removeEventListener('dragover', over); removeEventListener('drop', drop); };
  }, [value]);

  const first = value && chosen(value)[0], toPrompt = () => { set('form'); requestAnimationFrame(() => document.getElementById('prompt')?.focus()); };
  return (
    <>
      <div class="swap"><div class="segmented" role="group" aria-label="Show">
        <button class="segmented__item" type="button" aria-current={view === 'form'} onClick={() => set('form')}>Request</button>
        <button class="segmented__item" type="button" aria-current={view === 'stage'} onClick={() => set('stage')}>Result</button></div>
        <button class="button button--quiet button--icon" type="button" aria-label="As code" onClick={() => code(true)}><Icon id="i-code" /></button></div>
      <div class="playground" data-view={view}>
        {value ? <Composer catalogue={value} onCode={() => code(true)} onSent={() => set('stage')} />
          : <div class="composer" aria-busy="true"><div class="page__head"><h1>Playground</h1></div><div class="composer__scroll">{error ? <p class="field__error">{error.message}</p> : <Skeleton />}</div></div>}
        {value && value.choices.length === 0 ? <section class="stage" aria-label="Result"><Empty title="No provider has a key"><p>Set one, as in <span class="mono">BFL_API_KEY</span>, or start with <span class="mono">--sandbox</span>.</p></Empty></section> : <Stage onPrompt={toPrompt} />}
      </div>
      {coding && first && <CodeDialog body={bodyOf(draft.value, first)} onClose={() => code(false)} />}
    </>
  );
}

const Skeleton = () => <>{[36, 58, 130, 60, 76].map((h, i) => <span class="skeleton" key={i} ref={e => e?.style.setProperty('height', `${h}px`)} />)}</>;
