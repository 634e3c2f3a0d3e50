import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, pauseToRetry, post, type Problem, type Provider, type Quote, trouble } from './api';
import { blocked, type Catalogue, type Choice, isRetired, pace, usual } from './catalogue';
import { arrivals, bodyOf, change, draft, drawSeed, type Field, fields, referenceAt, removeInput, setParameter, type Slot, slots, takeAll, takeIn, takeLink } from './draft';
import { money } from './format';
import { Icon } from './icons';
import { arrows, Chip, KIND_ICON, Segmented } from './parts';
import { ModelPicker } from './picker';
import { generate } from './runs';

const MOST_MODELS = 4;
const KIND_NAME = { image: 'Image', video: 'Video', audio: 'Audio', text: 'Text' } as const;

export interface Offer { choice: Choice; quote: Quote | null; refusal: Problem | null }

/** What the request would cost where, asked 300 ms after the last change; an answer that comes too late is dropped. */
function useQuotes(choices: Choice[], hasPrompt: boolean): { offers: Offer[]; isFresh: boolean } {
  // A quote reads the inputs that are links, which somebody has to serve: it is not asked for at each pause of who writes a text.
  const d = draft.use(), isFetched = Object.values(d.inputs).some(i => i.url), has = (text: string | undefined) => !!text?.trim();
  const key = JSON.stringify([isFetched ? { ...d, prompt: has(d.prompt), parameters: { ...d.parameters, negative_prompt: has(d.parameters.negative_prompt) } } : d, choices.map(c => c.id)]);
  const [answer, set] = useState<{ key: string; offers: Offer[] }>({ key: '', offers: [] });
  useEffect(() => {
    if (!hasPrompt || choices.length === 0) return set({ key, offers: [] });
    const stop = new AbortController();
    const ask = async (failures: number): Promise<void> => {
      let passing: unknown = null;
      const answers = await Promise.all(choices.map(async (choice): Promise<Offer | null> => {
        try {
          return { choice, quote: await post<Quote>('quotes', bodyOf(d, choice), { signal: stop.signal }), refusal: null };
        } catch (e) {
          if (e instanceof ApiError && e.problem && !e.passes) return { choice, quote: null, refusal: e.problem };
          passing = e;
          return null;
        }
      }));
      if (stop.signal.aborted) return;
      set({ key, offers: answers.filter(a => a !== null) });
      if (!passing || trouble.refused) return;
      await pauseToRetry(failures, passing, stop.signal);
      if (!stop.signal.aborted) await ask(failures + 1);
    };
    const timer = setTimeout(() => void ask(1), 300);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [key, hasPrompt]);
  return { offers: answer.offers.filter(o => choices.some(c => c.id === o.choice.id)), isFresh: answer.key === key };
}

/** The name that a field of a request has in the form. */
const placeOf = (field: string) => field.replace(/^parameters\./, '').replace(/^(width|height)$/, 'size').replace(/^reference_images(?:\[(\d+)\])?$/, (_, at) => referenceAt(Number(at ?? 0)));

export function chosen(catalogue: Catalogue, providers: Provider[]): Choice[] {
  const d = draft.value, found = d.models.map(id => catalogue.choices.find(c => c.id === id)).filter(c => c !== undefined && c.kinds.includes(d.kind)) as Choice[];
  const first = usual(catalogue, d.kind, providers);
  return found.length ? found : first ? [first] : [];
}

function InputSlot({ slot, refused }: { slot: Slot; refused?: string }) {
  const d = draft.use(), input = d.inputs[slot.name], { busy, error } = arrivals.use()[slot.name] ?? {}, choose = useRef<HTMLInputElement>(null), [over, set] = useState(false), [link, write] = useState<string | null>(null);
  // A field that goes away is left, and what is left is taken: Enter has taken it already, and Escape takes nothing. Then the focus goes to the button beside the place.
  const isClosed = useRef(false), row = useRef<HTMLDivElement>(null);
  const enter = () => { if (link?.trim()) takeLink(link, slot); write(null); }, close = (takes: boolean) => { isClosed.current = true; if (takes) enter(); else write(null); };
  useEffect(() => {
    if (link !== null || !isClosed.current) return;
    isClosed.current = false;
    row.current?.querySelector<HTMLElement>('[data-beside]')?.focus();
  }, [link]);
  return (
    <div class="stack stack--tight"><div class="row" ref={row}>
      <button class="drop" type="button" data-over={over || undefined} onClick={() => choose.current!.click()}
        onDragOver={e => { e.preventDefault(); set(true); }} onDragLeave={() => set(false)}
        onDrop={e => { set(false); const files = e.dataTransfer?.files, text = e.dataTransfer?.getData('text/uri-list'); if (files?.length === 1) { e.preventDefault(); e.stopPropagation(); void takeIn(files[0]!, files[0]!.name, slot); } else if (!files?.length && text) { e.preventDefault(); takeLink(text, slot); } }} aria-describedby={[refused && `slot-${slot.name}-refused`, error && `slot-${slot.name}-error`].filter(Boolean).join(' ') || undefined}>
        <Icon id={input ? KIND_ICON[input.type.startsWith('video') ? 'video' : 'image'] : 'i-up'} />
        <span class="truncate">{busy ? `${slot.label}: ${busy} is being read` : input ? `${slot.label}: ${input.name}` : `${slot.label}: drop, paste or choose`}</span>
      </button>
      {!input && <button class="button button--quiet button--icon button--small" type="button" data-beside aria-label={`Give a link: ${slot.label}`} title="Give a link" aria-expanded={link !== null} onClick={() => write(link === null ? '' : null)}><Icon id="i-link" /></button>}
      {input && <button class="button button--quiet button--icon button--small" type="button" data-beside aria-label={`Remove: ${slot.label}`}
        onClick={() => removeInput(slot.name)}><Icon id="i-x" /></button>}
      <input ref={choose} type="file" accept={slot.accept} hidden onChange={e => { const file = e.currentTarget.files?.[0]; if (file) void takeIn(file, file.name, slot); e.currentTarget.value = ''; }} />
    </div>{link !== null && !input && <input class="input" type="url" aria-label={`Link: ${slot.label}`} placeholder="https://" value={link} ref={e => { if (e && !link) e.focus(); }} onInput={e => write(e.currentTarget.value)} onBlur={() => { if (!isClosed.current) enter(); }} onKeyDown={e => { if (e.key === 'Enter' && !e.ctrlKey && !e.metaKey) { e.preventDefault(); close(true); } if (e.key === 'Escape') close(false); }} />}
    {refused && <span class="field__error" id={`slot-${slot.name}-refused`}><Icon id="s-bad" />{refused}</span>}{error && <span class="field__error" role="alert" id={`slot-${slot.name}-error`}><Icon id="s-bad" />{error}</span>}</div>
  );
}

function FieldView({ field, error, warning }: { field: Field; error?: string; warning?: string }) {
  const value = draft.use().parameters[field.name] ?? '', id = `field-${field.name}`, wrong = error ? { 'aria-invalid': true, 'aria-describedby': `${id}-error` } as const : {};
  const set = (text: string) => setParameter(field.name, text);
  const label = <label class="field__label" for={id}>{field.label}</label>;
  const note = error ? <span class="field__error" id={`${id}-error`}>{error}</span> : warning ? <span class="field__hint warning row"><Icon id="s-warn" />{warning}</span> : null;
  switch (field.type) {
    case 'shape':
      return (
        <div class="field field--wide"><span class="field__label" id={`${id}-label`}>{field.label}<span class="field__hint">{value ? '' : 'as the model has it'}</span></span>
          <div class="shapes" role="radiogroup" aria-labelledby={`${id}-label`} onKeyDown={arrows}>
            {field.options.map((ratio, i) => {
              const [w = 1, h = 1] = ratio.split(':').map(Number), scale = Math.min(22 / w, 16 / h), on = ratio === value;
              return (
                <button class="shape" type="button" role="radio" key={ratio} aria-checked={on} tabIndex={on || (!value && i === 0) ? 0 : -1} onClick={() => set(on ? '' : ratio)}>
                  <svg viewBox="0 0 28 22" aria-hidden="true"><rect x={14 - w * scale / 2} y={11 - h * scale / 2} width={w * scale} height={h * scale} rx="2" /></svg>{ratio}
                </button>
              );
            })}
          </div>{note}</div>
      );
    case 'select':
      return (
        <div class="field">{label}
          <select class="select" id={id} value={value} onChange={e => set(e.currentTarget.value)} {...wrong}>
            <option value="">The model’s own</option>{field.options.map(([v, name]) => <option key={v} value={v}>{name}</option>)}</select>{note}</div>
      );
    case 'number':
      return (
        <div class="field">{label}
          <div class={field.dice ? 'group' : ''}>
            <input class="input num" id={id} inputMode="decimal" autocomplete="off" placeholder={field.hint ?? 'as the model has it'} value={value} onInput={e => set(e.currentTarget.value.trim())} {...wrong} />
            {field.dice && <button class="button button--icon" type="button" aria-label="Draw a new seed" onClick={() => set(String(drawSeed()))}><Icon id="i-dice" /></button>}
          </div>{note}</div>
      );
    case 'text':
      return <div class="field field--wide">{label}<input class="input" id={id} placeholder={field.hint} value={value} onInput={e => set(e.currentTarget.value)} {...wrong} />{note}</div>;
  }
}

export function Composer({ catalogue, providers, picking, pick, onCode, onSent }: { catalogue: Catalogue; providers: Provider[]; picking: number | null; pick(at: number | null, then?: () => void): void; onCode(): void; onSent(): void }) {
  const d = draft.use(), choices = chosen(catalogue, providers), misplaced = arrivals.use()['']?.error, prompt = useRef<HTMLTextAreaElement>(null);
  const first = choices[0], inputs = first ? slots(first, d.inputs) : [], shown = first ? fields(first, d.inputs) : { main: [], more: [] };
  const hasPrompt = d.prompt.trim() !== '' || Object.keys(d.inputs).some(name => inputs.some(s => s.name === name));
  const { offers, isFresh } = useQuotes(choices, hasPrompt);
  // What one candidate of an alias cannot do is no trouble as long as another can.
  const problems = offers.map(o => o.refusal ?? (o.quote?.data.some(q => q.verdict === 'able') ? null : o.quote?.data.find(q => q.refusal)?.refusal ?? null)), able = offers.filter(o => o.quote?.data.some(q => q.verdict === 'able'));
  const costs = offers.map(o => o.quote?.data.find(q => q.verdict === 'able')?.cost ?? null), known = costs.every(c => c !== null) && offers.length === choices.length;
  const sum = costs.reduce<number>((a, c) => a + (c ?? 0), 0), ready = able.length > 0 && able.every(o => o.quote!.data.some(q => q.ready));
  const refused = isFresh && offers.length === choices.length && able.length === 0 && offers.length > 0;
  const byField = new Map<string, string>();
  for (const p of problems) for (const f of p?.details?.fields ?? []) byField.set(placeOf(f.field), f.message);
  const names = new Set([...shown.main, ...shown.more, ...inputs].map(f => f.name));
  const loose = problems.filter(p => p && !p.details?.fields?.every(f => names.has(placeOf(f.field)) || f.field === 'prompt')) as Problem[];
  // A warning begins with the field that it is of.
  const all = [...new Set(offers.flatMap(o => o.quote?.data[0]?.warnings.map(w => choices.length > 1 ? `${o.choice.name}: ${w}` : w) ?? []))];
  const warningOf = (name: string) => choices.length > 1 ? undefined : all.find(w => w.startsWith(`${name}: `))?.slice(name.length + 2);
  const warnings = all.filter(w => ![...names].some(n => warningOf(n) && w.startsWith(`${n}: `)));
  const usualOf = (c: Choice): number | null => offers.find(o => o.choice.id === c.id)?.quote?.data[0]?.usual_ms ?? pace(c, providers);
  const takes = Math.max(0, ...choices.map(c => usualOf(c) ?? 0));

  const run = () => {
    if (!hasPrompt) return prompt.current?.focus();
    if (refused) return;
    onSent();
    // Side by side the same seed, so that only the models differ. A price of another form is none, and is not shown either.
    const now = isFresh ? offers : [], seed = choices.length > 1 && !d.parameters.seed ? drawSeed() : undefined;
    void generate(choices.filter(c => now.length === 0 || able.some(o => o.choice.id === c.id) || !now.some(o => o.choice.id === c.id)).map(c => ({
      body: bodyOf(d, c, seed), name: c.name, usual: usualOf(c), price: now.find(o => o.choice.id === c.id)?.quote?.data.find(q => q.verdict === 'able')?.cost ?? null,
    })));
  };
  useEffect(() => {
    const keys = (e: KeyboardEvent) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !document.querySelector('dialog[open]')) { e.preventDefault(); run(); } };
    const paste = (e: ClipboardEvent) => {
      const files = [...e.clipboardData?.files ?? []];
      if (files.length) { e.preventDefault(); void takeAll(files, first); }
    };
    addEventListener('keydown', keys);
    addEventListener('paste', paste);
    return () => { removeEventListener('keydown', keys); removeEventListener('paste', paste); };
  });

  if (!first) return <div class="composer"><div class="page__head"><h1>Playground</h1></div><div class="composer__scroll"><p>No provider makes this. Configure one, or start with <span class="mono">--sandbox</span>.</p></div></div>;
  const row = (c: Choice, i: number) => { const why = blocked(c, providers); return (
    <div class="stack stack--tight" key={c.id + i}><div class="row">
      <button class="picker" type="button" aria-haspopup="dialog" aria-label={`Model: ${c.name} of ${c.from}, ${c.price}`} onClick={() => pick(i)}>
        <span class="picker__name truncate">{c.name}</span><span class="picker__more truncate">{c.from}, {c.price}</span><Icon id="i-chevron" /></button>
      {choices.length > 1 && <button class="button button--quiet button--icon button--small" type="button" aria-label={`Remove ${c.name}`} onClick={() => change({ models: choices.filter((_, j) => j !== i).map(x => x.id) })}><Icon id="i-x" /></button>}
    </div>{why && <p class="small soft row warning"><Icon id="s-warn" />{why.text}</p>}</div>
  ); };
  return (
    <form class="composer" aria-label="Request" onSubmit={e => { e.preventDefault(); run(); }}>
      <div class="page__head desk"><h1>Playground</h1><button class="button button--quiet button--small push" type="button" onClick={onCode}><Icon id="i-code" />Code</button></div>
      <div class="composer__scroll">
        <Segmented label="What to make" value={d.kind} options={catalogue.kinds.map(k => [k, KIND_NAME[k]])} icons={KIND_ICON} onChange={kind => change({ kind, models: [] })} />
        <div class="field"><span class="field__label">Model<span class="field__hint">{catalogue.choices.filter(c => c.kinds.includes(d.kind) && !isRetired(c)).length} for {d.kind}</span></span>
          <div class="stack stack--tight">{choices.map(row)}
            {choices.length < MOST_MODELS && <button class="button button--quiet button--small button--start" type="button" onClick={() => pick(choices.length)}><Icon id="i-plus" />{choices.length > 1 ? 'Another model' : 'Compare with another model'}</button>}</div></div>
        <div class="field"><label class="field__label" for="prompt">Prompt{first.first.limits.max_prompt_length && <span class="field__hint num">{d.prompt.length > first.first.limits.max_prompt_length * .8 ? `${d.prompt.length} of ${first.first.limits.max_prompt_length}` : ''}</span>}</label>
          <textarea class="input input--area" id="prompt" ref={prompt} dir="auto" placeholder={d.kind === 'audio' ? 'What should be heard?' : 'What should it show?'} value={d.prompt} onInput={e => change({ prompt: e.currentTarget.value })}
            aria-invalid={byField.has('prompt') || undefined} aria-describedby={byField.has('prompt') ? 'prompt-error' : undefined} />
          {byField.has('prompt') && <span class="field__error" id="prompt-error">{byField.get('prompt')}</span>}</div>
        {inputs.map(s => <InputSlot key={s.name} slot={s} refused={byField.get(s.name)} />)}
        {misplaced && <p class="field__error" role="alert"><Icon id="s-bad" />{misplaced}</p>}
        <div class="grid-2">{shown.main.map(f => <FieldView key={f.name} field={f} error={byField.get(f.name)} warning={warningOf(f.name)} />)}</div>
        <details class="more" open={shown.more.some(f => byField.has(f.name)) || undefined}>
          <summary><Icon id="i-chevron" />More settings<span class="field__hint">{shown.more.filter(f => d.parameters[f.name]).length || `${shown.more.length}, all as the model has them`}{shown.more.some(f => d.parameters[f.name]) && ' set'}</span></summary>
          <div class="grid-2 more__body">{shown.more.map(f => <FieldView key={f.name} field={f} error={byField.get(f.name)} warning={warningOf(f.name)} />)}</div></details>
        {loose.map(p => <p class="field__error" key={p.message}><Icon id="s-bad" />{p.message}</p>)}
        {warnings.map(w => <p class="small soft row warning" key={w}><Icon id="s-warn" />{w}</p>)}
      </div>
      <div class="composer__foot">
        <div class="row row--apart small soft" aria-live="polite">
          <span class="num">{takes ? `takes about ${takes < 10_000 ? `${Math.max(1, Math.round(takes / 1000))} s` : `${Math.round(takes / 1000)} s`}` : !hasPrompt ? 'nothing is sent yet' : ''}</span>
          {able.length > 0 && (ready ? <Chip state="healthy" text={`${[...new Set(able.map(o => o.quote!.data[0]!.provider))].join(' and ')} ready`} /> : <Chip state="queued" text="Waits for its turn" />)}</div>
        <div class="row">
          <button class="button button--primary button--large button--wide" type="submit" disabled={refused} data-generate>
            {choices.length > 1 ? `Generate ${['', '', 'both', 'three', 'four'][choices.length]}` : 'Generate'} {isFresh && offers.length > 0 && !refused && <span class="button__price num">{known ? money(sum, true) : 'price not known'}</span>} <kbd class="push desk">Ctrl ↵</kbd></button></div>
      </div>
      {picking !== null && <ModelPicker catalogue={catalogue} providers={providers} kind={d.kind} chosen={choices[picking]?.id ?? ''} onClose={() => pick(null)}
        onPick={id => pick(null, () => change({ models: [...choices.slice(0, picking).map(c => c.id), id, ...choices.slice(picking + 1).map(c => c.id)] }))} />}
    </form>
  );
}
