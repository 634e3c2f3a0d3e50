import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, type Attempt, type Generation, type Media, post, send } from './api';
import { CodeDialog } from './codeDialog';
import { billing, headline, remedy, sentence } from './failure';
import { duration, money, size, typeName, zone } from './format';
import { copy, lettersAreOff, toast, useLoad, whoami } from './hooks';
import { Icon } from './icons';
import { promptOf } from './generations';
import { Chip, Empty, MediaView, stateOf, Step, When } from './parts';
import { fill } from './playground';
import { go, href } from './router';

interface Delivery { id: string; url: string; status: string; next_try_at: string | null; attempts: { at: string; status: number | null; error: string | null; duration_ms: number }[] }

const OUTCOME: Record<Attempt['outcome'], string> = { accepted: 'Accepted', refused: 'Refused', unreachable: 'Never reached it', unknown: 'No answer that can be read', pending: 'Sent' };

function attemptLine(a: Attempt, g: Generation): string {
  return `${OUTCOME[a.outcome] ?? a.outcome}${a.http_status ? ` (HTTP ${a.http_status})` : ''} in ${duration(a.duration_ms)}, ${costOf(a, g)}.`;
}

/** What an attempt cost. The total is that of what was billed, so that with one such attempt it is that one's. */
function costOf(a: Attempt, g: Generation): string {
  if (a.billed === 'no') return '$0.00';
  if (g.status === 'processing' && a.outcome !== 'unknown') return 'cost not known yet';
  const isTheOnlyOne = g.metadata.attempts.filter(o => o.billed !== 'no').length === 1;
  if (!isTheOnlyOne || g.cost === null) return `${a.billed === 'yes' ? 'billed' : 'maybe billed'}, of it not known`;
  return a.billed === 'yes' ? money(g.cost, g.metadata.cost_estimated) : `maybe billed, ${money(g.cost)} counted`;
}

const SOURCES: Record<string, string> = {
  trainedAlgorithmicMedia: 'made by a model', compositeWithTrainedAlgorithmicMedia: 'partly made by a model', compositeSynthetic: 'partly made by a model', algorithmicMedia: 'made by a program',
  digitalCapture: 'taken by a camera', algorithmicallyEnhanced: 'changed by a program',
};

/** What a file states of its origin; nothing of it is verified here. */
function marksOf(m: Media): string {
  const source = m.provenance?.digital_source_type;
  return [m.provenance?.c2pa && 'C2PA manifest', source && `${SOURCES[source] ?? 'source type'} (${source})`].filter(Boolean).join(', ') || 'none in the file';
}

/** One generation: what it made, what it cost, and what happened step by step. */
export function GenerationPanel({ id, admin, onClose }: { id: string; admin: boolean; onClose(): void }) {
  const root = admin ? 'admin/' : '', path = `${root}generations/${encodeURIComponent(id)}`, back = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(true), { data: g, error, reload } = useLoad<Generation>(path, open ? 2000 : 0);
  const deliveries = useLoad<{ data: Delivery[] }>(g?.metadata.asked?.callback_url ? `${path}/deliveries` : null, 5000), [coding, code] = useState(false);
  useEffect(() => { setOpen(!g || g.status === 'processing'); }, [g?.status]);
  useEffect(() => { back.current?.focus(); }, []);
  const asked = g?.metadata.asked, body = g && asked && { schema_version: '2.0', provider: g.metadata.alias ? 'auto' : g.provider, model: g.metadata.alias ?? g.model, media_type: asked.media_type, prompt: asked.prompt ?? '', parameters: asked.parameters ?? {} };
  const rerun = () => { if (g && asked) { fill(asked, g.metadata.alias ? `auto/${g.metadata.alias}` : `${g.provider}/${g.model}`); go('playground'); } };
  // What another client has made is looked at with the admin's key; to change it is its client's.
  const me = whoami.use(), isMine = !admin || !me?.keys_required || g?.metadata.client === me.client;
  const own = id.split('~')[0]!, link = location.origin + href(`generations/${encodeURIComponent(id)}`);
  useEffect(() => {
    const keys = (e: KeyboardEvent) => {
      if (lettersAreOff(e)) return;
      if (e.key === 'r') rerun();
      if (e.key === 'c') void copy(link, 'The link is copied.');
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  });
  const stop = async () => { try { await send(`generations/${encodeURIComponent(own)}`, { method: 'DELETE' }); } catch (e) { toast.set((e as Error).message); } reload(); };
  const redeliver = async () => { try { await post(`generations/${encodeURIComponent(own)}/redeliver`, {}); deliveries.reload(); } catch (e) { toast.set((e as Error).message); } };

  return (
    <aside class="detail" aria-label="Generation">
      <div class="detail__head"><button class="button button--quiet button--icon button--small" type="button" ref={back} aria-label="Back to the list" onClick={onClose}><Icon id="i-back" /></button><span class="mono faint truncate">{own}</span>
        <span class="row push"><button class="button button--quiet button--icon button--small" type="button" aria-label={`Copy the link to ${own}`} title="Copy link" onClick={() => copy(link, 'The link is copied.')}><Icon id="i-link" /></button>
          {body && <button class="button button--quiet button--icon button--small" type="button" aria-label={`${own} as code`} title="As code" onClick={() => code(true)}><Icon id="i-code" /></button>}
          {asked && asked.prompt !== null && <button class="button button--small" type="button" onClick={rerun}><Icon id="i-again" />Run again</button>}</span></div>
      {error && !g && <Empty icon="s-unknown" title={error instanceof ApiError && error.status === 404 ? 'There is no such generation' : 'It cannot be shown'}><p>{error instanceof ApiError && error.status === 404 ? 'Or it is another client’s.' : error.message}</p></Empty>}
      {g && <div class="detail__body"><h1 class="visually-hidden narrow">Generation</h1>
        {g.result?.media.map(m => <div class="result__media" key={m.id}><MediaView media={m} prompt={asked?.prompt ?? ''} admin={admin} /></div>)}
        {g.result?.text && <pre class="code">{g.result.text}</pre>}
        <div class="stack stack--tight"><div class="row"><Chip state={stateOf(g)} />{g.status === 'processing' && isMine && <button class="button button--small button--danger push" type="button" onClick={stop}><Icon id="i-x" />Cancel</button>}</div><h2 class="detail__prompt" dir="auto" tabIndex={promptOf(g).length > 600 ? 0 : undefined}>{promptOf(g)}</h2></div>
        {g.error && stateOf(g) !== 'cancelled' && <div class="notice notice--bad"><Icon id="s-bad" /><div class="stack stack--tight"><p><span class="notice__title">{headline(g.error)}.</span> {sentence(g.error.message)} {remedy(g.error)}</p><p class="mono small notice__code">{g.error.code}</p></div></div>}
        <dl class="facts">
          {g.metadata.alias && <><dt>Asked for</dt><dd>{g.metadata.alias} <span class="faint">(alias)</span></dd></>}
          <dt>{g.status === 'success' ? 'Made by' : 'Model'}</dt><dd>{g.model} of {g.provider}</dd>
          <dt>Cost</dt><dd><strong>{money(g.cost, g.metadata.cost_estimated)}</strong>{g.status === 'failed' && <span class="faint"> {billing(g)}</span>}</dd>
          <dt>Took</dt><dd>{duration(g.processing_time_ms)}{g.metadata.created_at && <>, <When at={g.metadata.created_at} />{g.metadata.finished_at && <> to <When at={g.metadata.finished_at} /></>}</>}</dd>
          <dt>Cache</dt><dd>{g.metadata.cache === 'hit' ? `answered from it, spared ${money(g.metadata.saved)}` : g.metadata.cache === 'shared' ? `joined a job that was running, spared ${money(g.metadata.saved)}` : g.metadata.cache === 'miss' ? 'made anew' : 'left out'}</dd>
          {g.result?.media.map(m => <><dt>Result</dt><dd>{m.width && `${m.width} × ${m.height}, `}{m.duration && `${duration(m.duration * 1000)}, `}{typeName(m.content_type)}, {size(m.bytes)}{m.expires_at && <>, until <When at={m.expires_at} /></>}</dd></>)}
          {g.result?.media.map(m => <><dt>Marks</dt><dd>{marksOf(m)}</dd></>)}
          {g.result?.seed != null && <><dt>Seed</dt><dd>{g.result.seed}</dd></>}
          {g.metadata.client && <><dt>Client</dt><dd>{g.metadata.client}</dd></>}
          {g.metadata.trace_id && <><dt>Trace</dt><dd><button class="button button--quiet button--small mono" type="button" aria-label={`Copy the trace id ${g.metadata.trace_id}`} onClick={() => copy(g.metadata.trace_id!, 'The trace id is copied.')}>{g.metadata.trace_id}</button></dd></>}
          {asked?.inline && <><dt>Inputs</dt><dd>{asked.inline.join(', ')} <span class="faint">came as bytes and are not kept</span></dd></>}
          {g.metadata.warnings.map(w => <><dt>Warning</dt><dd>{w}</dd></>)}
        </dl>
        <section class="detail__section"><h3>What happened<span class="faint small narrow"> (times in {zone()})</span></h3><ol class="timeline">
          <Step tone="ok" icon="s-ok" what="Accepted" time={<When at={g.metadata.created_at} />} />
          {g.metadata.queue && <Step icon={g.metadata.phase === 'queued' ? 's-wait' : 's-ok'} tone={g.metadata.phase === 'queued' ? 'run' : 'ok'} what={g.metadata.phase === 'queued' ? `In line, place ${g.metadata.queue.position}` : 'Waited in line'} time={duration(g.metadata.queue.waited_ms)} />}
          {g.metadata.cache === 'hit' && <Step tone="ok" icon="i-stack" what="Answered from the cache" />}
          {g.metadata.cache !== 'hit' && g.metadata.attempts.map((a, i) => (
            <Step key={i} tone={a.code ? 'bad' : a.outcome === 'accepted' ? 'ok' : a.outcome === 'pending' ? 'run' : 'bad'} icon={a.code && a.outcome !== 'unknown' ? 's-bad' : a.outcome === 'accepted' ? 's-ok' : a.outcome === 'pending' ? 's-run' : a.outcome === 'unknown' ? 's-unknown' : 's-bad'} what={`${a.provider}, ${a.destination}`} time={a.at_ms === undefined ? '' : `+ ${duration(a.at_ms)}`}>
              {a.code && <span class="mono">{a.code} </span>}{attemptLine(a, g)}</Step>))}
          {g.metadata.phase === 'running' && <Step tone="run" icon="s-run" what={`Running at ${g.provider}`} time={g.metadata.progress ? `${Math.round(g.metadata.progress * 100)} %` : ''} />}
          {g.metadata.cache !== 'hit' && (g.metadata.phase === 'storing' || g.result?.media.length ? <Step tone={g.result ? 'ok' : 'run'} icon={g.result ? 's-ok' : 's-run'} what="Copied here">{g.result?.media.length ? `${size(g.result.media.reduce((n, m) => n + m.bytes, 0))} in ${g.result.media.length === 1 ? 'one file' : `${g.result.media.length} files`}` : null}</Step> : null)}
          {g.status !== 'processing' && <Step tone={g.status === 'success' ? 'ok' : stateOf(g) === 'cancelled' ? '' : 'bad'} icon={g.status === 'success' ? 's-ok' : stateOf(g) === 'cancelled' ? 's-off' : 's-bad'} what={g.status === 'success' ? 'Done' : stateOf(g) === 'cancelled' ? 'Cancelled' : 'Failed'} time={<When at={g.metadata.finished_at} />}>{`After ${duration(g.processing_time_ms)} in all`}</Step>}
        </ol></section>
        {asked?.callback_url && <section class="detail__section"><div class="row row--apart"><h3>Callback</h3>{isMine && <button class="button button--quiet button--small" type="button" onClick={redeliver}>Send again</button>}</div>
          <p class="small soft truncate">{asked.callback_url}</p>
          <ol class="timeline">{deliveries.data?.data.flatMap(d => [
            ...d.attempts.map((t, i) => <Step key={d.id + i} tone={t.error ? 'bad' : 'ok'} icon={t.error ? 's-bad' : 's-ok'} what={t.status ? `Answered with ${t.status}` : 'No answer'} time={<When at={t.at} />}>{`${t.error ?? 'Taken.'} ${duration(t.duration_ms)}`}</Step>),
            d.next_try_at && d.status === 'pending' ? <Step key={d.id} icon="s-wait" what="Next try" time={<When at={d.next_try_at} />} /> : null])}</ol>
          {deliveries.data?.data.length === 0 && <p class="small faint">Nothing was sent yet.</p>}</section>}
        <details class="more detail__section"><summary><Icon id="i-chevron" />Request and answer as JSON</summary><pre class="code" tabIndex={0} aria-label="JSON">{JSON.stringify(g, null, 2)}</pre></details>
      </div>}
      {coding && body && <CodeDialog body={body} onClose={() => code(false)} />}
    </aside>
  );
}
