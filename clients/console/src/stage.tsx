import { useEffect, useState } from 'preact/hooks';
import { type Generation, type Kind, type Media, mediaUrl, type Provider, resultUrl, serverNow } from './api';
import { catalogue, usual } from './catalogue';
import { chosen } from './composer';
import { change, drawSeed, slots } from './draft';
import { billing, headline, remedy, sentence } from './failure';
import { clock, duration, instant, money, size, typeName } from './format';
import { copy, lettersAreOff, toast, useTick, whoami } from './hooks';
import { Icon } from './icons';
import { Chip, Empty, KIND_ICON, MediaView, Meter, Segmented, stateOf } from './parts';
import { href } from './router';
import { type Body, cancel, generate, open, refresh, resend, type Run, session, show, update } from './runs';

const IDEAS: [Kind, string][] = [['image', 'A lighthouse at dawn, sea mist'], ['video', 'A paper boat drifts down a rainy street'], ['audio', 'Gentle rain on a tin roof']];

export async function download(view: Generation) {
  for (const media of view.result?.media ?? []) {
    const link = document.createElement('a');
    link.href = await resultUrl(media);
    link.download = `${view.request_id}.${typeName(media.content_type).toLowerCase()}`;
    link.click();
  }
}

/** The same request once more; with another seed it is a new result, also where the cache has the old one. Several models get the same seed; one model, asked for several, gets as many. */
export function again(runs: Run[], anew: boolean, times = 1) {
  return generate(Array.from({ length: times }, drawSeed).flatMap(seed => runs.flatMap(r => {
    const body = bodyOf(r);
    return body ? [{ body: anew ? { ...body, parameters: { ...body.parameters, seed } } : body, price: null, usual: r.usual, name: r.model }] : [];
  })));
}

/** All that was asked for: as this page has sent it, or as the gateway has kept it; null where some of it is not kept, since the rest is another request that costs as much. */
function bodyOf({ body, view }: Run): Body | null {
  if (body) return body;
  const asked = view?.metadata.asked, alias = view?.metadata.alias;
  if (!view || !asked || asked.inline || asked.cut || asked.prompt === null || !asked.parameters) return null;
  return { provider: alias ? 'auto' : view.provider!, model: alias ?? view.model!, media_type: asked.media_type, prompt: asked.prompt, parameters: asked.parameters };
}
const isWhole = (run: Run) => bodyOf(run) !== null;

/** How long a step took, or takes so far; the moments of each as the gateway reports them. */
function stepTimes(run: Run, elapsed: number): (number | null)[] {
  const { attempts, queue } = run.view?.metadata ?? { attempts: [], queue: undefined }, began = attempts.at(-1)?.at_ms;
  return [null, queue?.waited_ms ?? began ?? null, began === undefined ? null : Math.max(0, elapsed - began), null];
}

const ratio = (shape: string) => { const [w = 4, h = 3] = shape.split(':').map(Number); return w && h ? `${w} / ${h}` : '4 / 3'; };

function Work({ run }: { run: Run }) {
  useTick(true);
  const { view } = run, phase = view?.metadata.phase ?? 'queued', queue = view?.metadata.queue, elapsed = Math.max(0, serverNow() - run.startedAt), attempt = view?.metadata.attempts.at(-1);
  const progress = view?.metadata.progress ?? (run.usual ? Math.min(.95, elapsed / (run.usual * 1.3)) : null), late = run.usual !== null && elapsed > run.usual * 2;
  const at = phase === 'queued' ? 1 : phase === 'storing' ? 3 : view ? 2 : 0, state = (i: number) => i < at ? 'done' : i === at ? 'now' : undefined;
  const times = stepTimes(run, elapsed), step = (i: number, text: string, time = i <= at && times[i] !== null ? duration(times[i]) : '') => <li class="step" data-state={state(i)}><Icon id={i < at ? 's-ok' : i === at ? 's-run' : 's-step'} extra={i === at ? 'spin' : ''} /><span>{text}</span><span>{time}</span></li>;
  const status = ['Sending', queue?.position ? `In line, place ${queue.position}` : 'In line', `Running at ${attempt?.provider ?? view?.provider}`, 'The result is copied here'][at];
  return (
    <div class="frame frame--shaped" ref={e => { e?.style.setProperty('aspect-ratio', ratio(run.shape)); }}>
      <div class="work">
        <div class="work__clock"><span class="work__elapsed">{clock(elapsed)}</span><span class="soft">{run.usual ? `usually about ${duration(run.usual)}` : ''}</span></div>
        {progress !== null && <Meter value={progress * 100} tone={late ? '' : 'run'} tall role="progressbar" label={view?.metadata.progress ? `${Math.round(progress * 100)} percent done` : 'Time of the usual time'} tick={run.usual ? 77 : undefined} />}
        <ol class="steps">
          {step(0, view ? 'Accepted' : 'Sending', instant(new Date(run.startedAt).toISOString()))}
          {step(1, queue?.position ? `In line, ${queue.position === 1 ? 'next' : `${queue.position - 1} before it`}` : at > 1 && queue?.waited_ms ? 'Waited in line' : 'In line')}
          {step(2, `Running at ${attempt ? `${attempt.provider}, ${attempt.destination}` : view?.provider ?? 'the provider'}`)}
          {step(3, 'Copy the result here')}
        </ol>
        <p class="visually-hidden" role="status">{status}</p>
        {view && 'Notification' in window && Notification.permission !== 'denied' && !run.notifies && <button class="button button--small button--start" type="button" onClick={async () => { if (await Notification.requestPermission() === 'granted') update(run.id, { notifies: true }); }}>Notify me when it is done</button>}
        <p class="small soft">{late ? 'Longer than usual. It ends by itself after its time is over.' : 'You may close this page. The work goes on, and the result will be under Generations.'}</p>
      </div>
    </div>
  );
}

/** A button that waits until sending again makes sense. */
function Later({ seconds, since, disabled, onAgain }: { seconds: number; since: number; disabled: boolean; onAgain(): void }) {
  const left = Math.ceil((since + seconds * 1000 - serverNow()) / 1000);
  useTick(left > 0);
  return <button class="button" type="button" disabled={disabled || left > 0} onClick={onAgain}>{left > 0 ? `Again in ${clock(left * 1000)}` : 'Send it again'}</button>;
}

function Failed({ run, onPrompt }: { run: Run; onPrompt(): void }) {
  // What was refused or got lost is the same request still; what has failed is asked for anew.
  const sendAgain = () => run.view ? again([run], false) : resend(run);
  const cannot = !!run.view && !isWhole(run), problem = run.refusal ?? run.view!.error!, state = run.view ? stateOf(run.view) : 'failed';
  if (state === 'cancelled') return <Empty icon="s-off" title="Cancelled"><p>{billing(run.view!)}</p><button class="button" type="button" onClick={() => again([run], false)} disabled={cannot}>Send it again</button></Empty>;
  return (
    <Empty icon={state === 'unknown' ? 's-unknown' : 's-bad'} bad={state === 'failed'} title={headline(problem)}>
      <p>{sentence(problem.message)} {remedy(problem)}</p><p class="mono faint">{problem.code}</p>
      <div class="row">
        {problem.code === 'CONTENT_POLICY_VIOLATION' || problem.code === 'INVALID_REQUEST' ? <button class="button" type="button" onClick={onPrompt}>Change the prompt</button>
          : problem.retryable && problem.retry_after ? <Later seconds={problem.retry_after} since={run.view ? Date.parse(run.view.metadata.finished_at ?? run.view.timestamp) : run.refusedAt ?? serverNow()} disabled={cannot} onAgain={sendAgain} />
          : problem.retryable ? <button class="button" type="button" disabled={cannot} onClick={sendAgain}>Send it again</button> : null}
        {(problem.code === 'INSUFFICIENT_CREDITS' || problem.code === 'AUTHENTICATION_FAILED') && problem.provider && <a class="button button--quiet" href={href('providers')}>Providers</a>}
      </div>
      {run.view && <p class="small faint">{billing(run.view)}</p>}
    </Empty>
  );
}

function Result({ run, onPrompt }: { run: Run; onPrompt(): void }) {
  const { view } = run;
  if (run.refusal || view?.status === 'failed') return <div class="frame frame--bare"><Failed run={run} onPrompt={onPrompt} /></div>;
  if (!view || view.status === 'processing') return <Work run={run} />;
  const media = view.result!.media;
  if (view.result!.text !== null && view.result!.text !== undefined) return <div class="frame frame--bare"><div class="stack text"><pre class="code">{view.result!.text}</pre><button class="button button--small" type="button" onClick={() => copy(view.result!.text!, 'The text is copied.')}><Icon id="i-copy" />Copy</button></div></div>;
  return media.length > 1
    ? <div class="several">{media.map(m => <div class="result__media" key={m.id}><MediaView media={m} prompt={run.prompt} /></div>)}</div>
    : <div class="frame frame--bare">{media[0] && <MediaView media={media[0]} prompt={run.prompt} />}</div>;
}

function Facts({ run }: { run: Run }) {
  const { view } = run, media = view?.result?.media[0];
  if (!view || view.status !== 'success') return <>{view?.status === 'failed' ? <span>After {duration(view.processing_time_ms)}</span> : <span>Estimate <strong>{money(run.price ?? view?.cost, true)}</strong></span>}<span class="mono faint push truncate">{run.id}</span>{view?.status === 'failed' && <a href={href(`generations/${encodeURIComponent(run.id)}`)}>Details</a>}</>;
  return (
    <>
      <span><strong>{view.cost === null ? 'Cost not known' : money(view.cost, view.metadata.cost_estimated)}</strong></span>
      <span>{view.metadata.cache === 'hit' ? `from the cache, spared ${money(view.metadata.saved)}` : duration(view.processing_time_ms)}</span>
      {media?.width && <span>{media.width} × {media.height}{media.duration ? `, ${media.duration.toFixed(media.duration % 1 ? 1 : 0)} s` : ''}</span>}
      {view.result!.seed !== null && <span>seed {view.result!.seed}</span>}
      {media && <span>{typeName(media.content_type)}, {size(media.bytes)}</span>}
      <a class="push" href={href(`generations/${encodeURIComponent(run.id)}`)}>Details</a>
    </>
  );
}

/** Puts a result into the form, where its model has a place for it. */
function putIn(m: Media, providers: Provider[]) {
  const name = m.type === 'video' ? 'video' : 'image', first = catalogue.value.value && chosen(catalogue.value.value, providers)[0];
  if (!first || !slots(first).some(s => s.name === name)) return toast.set(`The model of the form takes no ${name === 'video' ? 'clip' : 'picture'}. Pick one that does.`);
  change(d => ({ inputs: { ...d.inputs, [name]: { id: m.id, name: 'the last result', type: m.content_type } } }));
  toast.set('It is an input of the form now.');
}

function Tools({ runs, providers }: { runs: Run[]; providers: Provider[] }) {
  const done = runs.filter(r => r.view?.status === 'success'), [run] = runs;
  return (
    <span class="row push">
      {done.length === runs.length && runs.every(r => r.kind === 'image' || r.kind === 'video') && <button class="button button--small" type="button" aria-label={runs.length > 1 ? 'Another seed for all' : 'Run again with another seed'} disabled={!runs.every(isWhole)} title={runs.length === 1 ? 'With Shift: four at once' : undefined} onClick={e => again(runs, true, e.shiftKey && runs.length === 1 ? 4 : 1)}><Icon id="i-dice" /><span class="desk">Another seed{runs.length > 1 ? ' for all' : ''}</span></button>}
      {runs.length === 1 && done.length === 1 && done[0]!.view!.result!.media.length > 0 && <>
        {(run!.kind === 'image' || run!.kind === 'video') && <button class="button button--quiet button--icon button--small" type="button" aria-label={`Use the result of ${run!.model} as input`} title="Use as input" onClick={() => putIn(run!.view!.result!.media[0]!, providers)}><Icon id="i-plus" /></button>}
        <button class="button button--small" type="button" aria-label={`Download the result of ${run!.model}`} onClick={() => download(run!.view!)}><Icon id="i-down" /><span class="desk">Download</span></button>
        <button class="button button--quiet button--icon button--small" type="button" aria-label={`Copy the link to the result of ${run!.model}`} title="Copy link" onClick={() => copy(location.origin + href(`generations/${encodeURIComponent(run!.id)}`), 'The link is copied.')}><Icon id="i-link" /></button></>}
      {runs.some(r => !r.refusal && (!r.view || r.view.status === 'processing')) && <button class="button button--small button--danger" type="button" disabled={runs.some(r => r.cancelling)} onClick={() => runs.filter(r => !r.refusal && (!r.view || r.view.status === 'processing')).forEach(r => void cancel(r.id))}><Icon id="i-x" />{runs.some(r => r.cancelling) ? 'Cancelling' : 'Cancel'}</button>}
    </span>
  );
}

const status = (r: Run) => r.cancelling ? 'cancelling' : r.refusal ? 'failed' : r.view ? stateOf(r.view) : 'running';

/** Two pictures of one shape, one over the other; the slider sets how much of which. */
function Compare({ runs: [left, right] }: { runs: [Run, Run] }) {
  const [at, set] = useState(50);
  return (
    <div class="compare" ref={e => { e?.style.setProperty('--at', `${at}%`); }}>
      <MediaView media={right.view!.result!.media[0]!} prompt={right.prompt} />
      <div class="compare__top"><MediaView media={left.view!.result!.media[0]!} prompt={left.prompt} /></div>
      <input class="compare__range" type="range" min="0" max="100" value={at} aria-label={`How much of ${left.model} is over ${right.model}`} aria-valuetext={`${at} % ${left.model}, ${100 - at} % ${right.model}`} onInput={e => set(Number(e.currentTarget.value))} />
      <span class="compare__line" aria-hidden="true" />
      <span class="compare__name">{left.model}</span><span class="compare__name compare__name--right">{right.model}</span>
    </div>
  );
}

/** Whether two results are pictures that cover each other. */
function covers(runs: Run[]): runs is [Run, Run] {
  const shapes = runs.map(r => { const list = r.view?.status === 'success' ? r.view.result!.media : [], [m] = list; return list.length === 1 && m!.type === 'image' && m!.width && m!.height ? m!.width / m!.height : 0; });
  return runs.length === 2 && shapes[0]! > 0 && Math.abs(shapes[0]! / shapes[1]! - 1) < .01;
}

export function Stage({ onPrompt, missing, providers }: { onPrompt(): void; missing: string | null; providers: Provider[] }) {
  const [asSlider, slide] = useState(false), models = catalogue.use().value;
  const { runs, shown } = session.use(), now = shown.map(id => runs.find(r => r.id === id)).filter(r => r !== undefined), [one] = now;
  useAsked(now);
  useEffect(() => {
    const swap = (e: KeyboardEvent) => {
      if ((e.key !== '[' && e.key !== ']') || shown.length < 2 || lettersAreOff(e)) return;
      e.preventDefault();
      show(e.key === ']' ? [...shown.slice(1), shown[0]!] : [shown.at(-1)!, ...shown.slice(0, -1)]);
    };
    addEventListener('keydown', swap);
    return () => removeEventListener('keydown', swap);
  }, [shown.join()]);
  return (
    <section class="stage" aria-label="Result">
      {!one && missing ? <div class="stage__view"><div class="frame frame--bare"><Empty icon="s-unknown" title="There is no such generation"><p><span class="mono">{missing}</span> is not known, or it is another client’s.</p></Empty></div></div>
        : !one ? <div class="stage__view"><div class="frame frame--bare"><Empty title="Nothing made yet"><p>Write a prompt, or begin with one of these.</p>
          <div class="ideas">{IDEAS.map(([kind, text]) => <button class="idea" type="button" key={text} onClick={() => { change({ kind, prompt: text, models: [] }); onPrompt(); }}><Icon id={KIND_ICON[kind]} /><span class="truncate">{text}</span><span class="push keep small faint">{(models && usual(models, kind, providers)?.price) ?? ''}</span></button>)}</div>
          {whoami.value?.sandbox && <p class="small faint">Sandbox: stand-in providers draw real pictures and cost nothing.</p>}</Empty></div></div>
        : now.length > 1 ? <>
          <div class="stage__bar"><h2 class="stage__title">{['', '', 'Two', 'Three', 'Four'][now.length]} {new Set(now.map(r => r.model)).size > 1 ? 'models' : 'seeds'}, one prompt</h2>{covers(now) && <Segmented label="How to compare" value={asSlider ? 'slider' : 'pair'} options={[['pair', 'Side by side'], ['slider', 'Slider']]} onChange={v => slide(v === 'slider')} />}<Tools runs={now} providers={providers} /></div>
          {asSlider && covers(now) ? <div class="stage__view"><Compare runs={now} /></div> : <div class="stage__view stage__view--pair">{now.map(r => (
            <figure class="result" key={r.id}><div class="row row--apart"><span class="row"><Chip state={status(r)} /><strong class="truncate">{r.model}</strong></span></div>
              <div class="result__media"><Result run={r} onPrompt={onPrompt} /></div>
              <figcaption class="result__bar"><Facts run={r} /></figcaption></figure>))}</div>}
          <div class="stage__facts"><span>Together <strong>{money(now.reduce((a, r) => a + (r.view?.cost ?? r.price ?? 0), 0), true)}</strong></span></div></>
        : <>
          <div class="stage__bar"><Chip state={status(one)} /><span class="truncate soft">{one.model}</span><Tools runs={now} providers={providers} /></div>
          <div class="stage__view"><Result run={one} onPrompt={onPrompt} /></div>
          <div class="stage__facts"><Facts run={one} /></div></>}
      {runs.length > 0 && <Strip runs={runs} shown={shown} />}
    </section>
  );
}

/** What was asked for stands with a generation once it is looked at; the answer of the request itself leaves it out. */
function useAsked(runs: Run[]) {
  const missing = runs.find(r => r.view && r.view.status !== 'processing' && !r.view.metadata.asked);
  useEffect(() => { if (missing) void refresh(missing.id); }, [missing?.id]);
}

function Strip({ runs, shown }: { runs: Run[]; shown: string[] }) {
  return (
    <div class="strip" role="group" aria-label="This session">
      {runs.map((r, i) => <StripItem key={r.id} run={r} name={`Result ${i + 1}: ${r.prompt || r.model}`} current={shown.includes(r.id)} fresh={i < 12} />)}
    </div>
  );
}

function StripItem({ run, name, current, fresh }: { run: Run; name: string; current: boolean; fresh: boolean }) {
  const media = run.view?.result?.media[0], [url, set] = useState<string | null>(null), state = status(run);
  // Of a session before a reload only the ids are left; the newest are asked for.
  useEffect(() => { if (!run.view && !run.refusal && run.startedAt === 0 && fresh) void refresh(run.id); }, []);
  const [still, setStill] = useState(false);
  // The small picture; where none can be drawn, what it is of.
  useEffect(() => {
    if (!media || media.type === 'audio') return;
    mediaUrl(media.id, false, true).then(u => { setStill(true); set(u); }, () => mediaUrl(media.id).then(set, () => {}));
  }, [media?.id]);
  return (
    <button class="strip__item" type="button" aria-current={current || undefined} aria-label={name} onClick={() => run.view ? show([run.id]) : void open(run.id).catch(() => {})}>
      {url ? media!.type === 'video' && !still ? <video src={`${url}#t=0.1`} muted preload="metadata" tabIndex={-1} aria-hidden="true" /> : <img src={url} alt="" />
        : <Icon id={state === 'failed' ? 's-bad' : state === 'cancelled' ? 's-off' : run.view?.status === 'processing' ? 's-run' : KIND_ICON[run.kind]} extra={run.view?.status === 'processing' ? 'spin' : ''} />}
      {media?.duration && <span class="strip__time">{clock(media.duration * 1000)}</span>}
    </button>
  );
}
