import { useState } from 'preact/hooks';
import { send } from './api';
import { zone } from './format';
import { useLoad, whoami } from './hooks';
import { Icon } from './icons';
import { Dialog, Notice, Waiting, When } from './parts';

interface Fault { path: string; reason: string; line?: number }
export interface Status { path: string; loaded_at: string; sha256: string; status: string; errors: Fault[]; last_attempt_at: string }

const faults = (list: Fault[]) => (
  <dl class="facts">{list.map(e => <><dt class="mono">{e.path}{e.line && <span class="faint"> line {e.line}</span>}</dt><dd>{e.reason}</dd></>)}</dl>
);

export default function Configuration({ onKey }: { onKey(): void }) {
  const { data, error } = useLoad<Status>('admin/config', 5000), clients = useLoad<{ data: { name: string }[] }>(data ? 'admin/clients' : null).data?.data, [checking, check] = useState(false), version = whoami.use()?.version;
  return (
    <>
      <div class="page__head"><h1>Configuration</h1>{data && <button class="button push" type="button" onClick={() => check(true)}>Check a draft …</button>}</div>
      <div class="page__body">
        {!data && <Waiting error={error} title="The configuration cannot be shown" onKey={onKey} />}
        {data && data.errors.length > 0 && <Notice tone="warn"><p><span class="notice__title">The change of <When at={data.last_attempt_at} /> was rejected.</span> <span class="soft">What was in force before is still in force.</span></p>{faults(data.errors)}</Notice>}
        {data && <section class="card"><div class="card__head"><h2>In force</h2></div><div class="card__body"><dl class="facts">
          <dt>File</dt><dd class="mono">{data.path}</dd><dt>Loaded</dt><dd><When at={data.loaded_at} /></dd><dt>SHA-256</dt><dd class="mono">{data.sha256}</dd>{version && <><dt>Version</dt><dd class="mono">{version}</dd></>}
          <dt>Clients</dt><dd>{clients?.length ? clients.map(c => c.name).join(', ') : 'none: this machine only'}</dd></dl></div></section>}
        <p class="small faint">Nothing is edited here; the file is the truth. It is looked at by itself when it changes, checked whole, and swapped at once. Times in {zone()}.</p>
      </div>
      {checking && <Draft onClose={() => check(false)} />}
    </>
  );
}

function Draft({ onClose }: { onClose(): void }) {
  const [text, set] = useState(''), [outcome, report] = useState<{ ok: boolean; errors: Fault[] } | null>(null), [over, hover] = useState(false);
  const take = async (file: File | undefined) => { if (file) { set(await file.text()); report(null); } };
  const check = async () => {
    try {
      const answer = await (await send('admin/config/validate', { method: 'POST', raw: new Blob([text], { type: 'application/json' }) })).json() as { valid: boolean; errors: Fault[] };
      report({ ok: answer.valid, errors: answer.errors });
    } catch (e) { report({ ok: false, errors: [{ path: 'The check', reason: (e as Error).message }] }); }
  };
  return (
    <Dialog title="Check a draft" onClose={onClose} foot={<><button class="button" type="button" onClick={onClose}>Close</button><button class="button button--primary" type="button" disabled={!text.trim()} onClick={check}>Check</button></>}>
      <label class="drop" data-over={over || undefined} onDragOver={e => { e.preventDefault(); hover(true); }} onDragLeave={() => hover(false)} onDrop={e => { e.preventDefault(); hover(false); void take(e.dataTransfer?.files[0]); }}>
        <Icon id="i-up" />A file: drop or choose<input class="visually-hidden" type="file" accept="application/json,.json" onChange={e => take(e.currentTarget.files?.[0])} /></label>
      <div class="field"><label class="field__label" for="draft">Or its text</label><textarea class="input input--area mono draft" id="draft" spellcheck={false} value={text} onInput={e => { set(e.currentTarget.value); report(null); }} /></div>
      <div role="status">{outcome && (outcome.ok ? <p class="row"><Icon id="s-ok" />It can be used as it is.</p> : <div class="stack stack--tight"><p class="row field__error"><Icon id="s-bad" />{outcome.errors.length} error{outcome.errors.length === 1 ? '' : 's'}</p>{faults(outcome.errors)}</div>)}</div>
    </Dialog>
  );
}
