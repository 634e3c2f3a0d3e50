import { useEffect, useState } from 'preact/hooks';
import { post } from './api';
import { count, mebibytes, percent, total } from './format';
import { toast, useLoad } from './hooks';
import { Dialog, Empty, Figure, Meter, Waiting } from './parts';

interface Numbers { provider: string | null; model: string | null; hits: number; misses: number; hit_rate: number; joins: number; evictions: number; expirations: number; entries: number; bytes: number; saved_usd: number }
interface Report { enabled: boolean; strategy: string; max_entries: number; max_bytes: number; ttl_seconds: number; total: Numbers; models: Numbers[] }

export default function Cache({ onKey }: { onKey(): void }) {
  const { data, error, reload } = useLoad<Report>('admin/cache', 5000), [dialog, open] = useState(false);
  const name = (m: Numbers) => m.provider === 'auto' ? `${m.model} (alias)` : m.model!;
  return (
    <>
      <div class="page__head"><h1>Cache</h1><span class="note faint small">since the start</span>{data && <button class="button push" type="button" onClick={() => open(true)}>Invalidate …</button>}</div>
      <div class="page__body">
        {!data && <Waiting error={error} title="The cache cannot be shown" onKey={onKey} />}
        {data && <>
          <div class="figures">
            <Figure label="Hit rate" value={percent(data.total.hit_rate, 1)} note={`${count(data.total.hits)} of ${count(data.total.hits + data.total.misses)} requests`} />
            <Figure label="Saved" value={total(data.total.saved_usd)} note="what the hits have cost once" />
            <Figure label="Joined" value={count(data.total.joins)} note="shared a job that was running" />
            <Figure label="Memory" value={mebibytes(data.total.bytes)} note={`of ${mebibytes(data.max_bytes)}, ${count(data.total.entries)} entries`}><Meter value={data.total.bytes / data.max_bytes * 100} label="Memory used" /></Figure>
          </div>
          <section class="card"><div class="card__head"><h2>By model</h2><span class="faint small push">{data.enabled ? `${data.strategy}, kept ${data.ttl_seconds >= 3600 ? `${data.ttl_seconds / 3600} h` : `${Math.round(data.ttl_seconds / 60)} min`}` : 'switched off'}</span></div>
            {data.models.length === 0 ? <Empty icon="i-stack" title="Nothing in it yet"><p>A finished result answers the next identical request.</p></Empty>
              : <div class="table-wrap"><table class="table table--stack"><thead><tr><th scope="col">Model</th><th scope="col">Hit rate</th><th scope="col" class="end">Hits</th><th scope="col" class="end">Misses</th><th scope="col" class="end">Joined</th><th scope="col" class="end">Entries</th><th scope="col" class="end">Evicted</th><th scope="col" class="end">Saved</th></tr></thead>
                <tbody>{[...data.models].sort((a, b) => b.saved_usd - a.saved_usd || b.hits - a.hits).map(m => (
                  <tr key={`${m.provider}/${m.model}`}><td class="wide">{name(m)} <span class="faint small">{m.provider !== 'auto' && m.provider}</span></td><td data-head="Hit rate"><span class="meter-row"><Meter value={m.hit_rate * 100} label={`Hit rate of ${name(m)}`} /><span class="num">{percent(m.hit_rate)}</span></span></td>
                    <td class="end" data-head="Hits">{count(m.hits)}</td><td class="end soft" data-head="Misses">{count(m.misses)}</td><td class="end soft" data-head="Joined">{count(m.joins)}</td><td class="end soft" data-head="Entries">{count(m.entries)}</td><td class="end soft away">{count(m.evictions)}</td><td class="end" data-head="Saved"><strong>{total(m.saved_usd)}</strong></td></tr>))}</tbody></table></div>}
          </section>
        </>}
      </div>
      {dialog && data && <Invalidate report={data} onClose={() => { open(false); reload(); }} />}
    </>
  );
}

/** The model as an invalidation names it. */
const named = (m: Numbers) => m.provider === 'auto' ? m.model! : `${m.provider}/${m.model}`;

type What = 'model' | 'provider' | 'pattern' | 'key' | 'all';

function Invalidate({ report, onClose }: { report: Report; onClose(): void }) {
  const models = report.models.filter(m => m.entries > 0), providers = [...new Set(models.map(m => m.provider!))];
  const [what, choose] = useState<What>(models.length ? 'model' : 'all'), [value, set] = useState<Partial<Record<What, string>>>({});
  const chosen = what === 'model' ? value.model ?? (models[0] ? named(models[0]) : '') : what === 'provider' ? value.provider ?? providers[0] ?? '' : value[what] ?? '';
  const isText = what === 'pattern' || what === 'key', [meant, setMeant] = useState<{ of: string; removed: number } | null>(null);
  // What a text means nobody sees by looking at it: the gateway counts.
  useEffect(() => {
    if (!isText || !chosen) return;
    let isOld = false;
    const timer = setTimeout(() => post<{ removed: number }>('admin/cache/invalidate', { [what]: chosen, dry_run: true }).then(o => { if (!isOld) setMeant({ of: what + chosen, removed: o.removed }); }, () => undefined), 250);
    return () => { isOld = true; clearTimeout(timer); };
  }, [what, chosen]);
  const entries = isText ? meant?.of === what + chosen ? meant.removed : null : what === 'all' ? report.total.entries : what === 'model' ? models.filter(m => named(m) === chosen).reduce((n, m) => n + m.entries, 0) : what === 'provider' ? models.filter(m => m.provider === chosen).reduce((n, m) => n + m.entries, 0) : null;
  const run = async () => {
    try {
      const outcome = await post<{ removed: number }>('admin/cache/invalidate', what === 'all' ? { all: true } : { [what]: chosen });
      toast.set(`${count(outcome.removed)} ${outcome.removed === 1 ? 'entry is' : 'entries are'} gone.`);
      onClose();
    } catch (e) { toast.set((e as Error).message); }
  };
  return (
    <Dialog narrow title="Invalidate" onClose={onClose} foot={<><button class="button" type="button" onClick={onClose}>Keep</button>
      <button class="button button--danger" type="button" disabled={what !== 'all' && !chosen} onClick={run}>{entries === null ? 'Invalidate what matches' : `Invalidate ${count(entries)} ${entries === 1 ? 'entry' : 'entries'}`}</button></>}>
      <div class="field"><label class="field__label" for="inv-what">By</label><select class="select" id="inv-what" value={what} onChange={e => choose(e.currentTarget.value as What)}>
        <option value="model">Model</option><option value="provider">Provider</option><option value="pattern">Pattern of keys</option><option value="key">Key</option><option value="all">Everything</option></select></div>
      {what === 'model' && <div class="field"><label class="field__label" for="inv-model">Model</label><select class="select" id="inv-model" value={chosen} onChange={e => set({ ...value, model: e.currentTarget.value })}>{models.map(m => <option key={`${m.provider}/${m.model}`} value={named(m)}>{m.provider === 'auto' ? `${m.model} (alias)` : `${m.provider} / ${m.model}`} ({count(m.entries)})</option>)}</select></div>}
      {what === 'provider' && <div class="field"><label class="field__label" for="inv-provider">Provider</label><select class="select" id="inv-provider" value={chosen} onChange={e => set({ ...value, provider: e.currentTarget.value })}>{providers.map(p => <option key={p} value={p}>{p}</option>)}</select></div>}
      {(what === 'pattern' || what === 'key') && <div class="field"><label class="field__label" for="inv-text">{what === 'key' ? 'Key' : 'Pattern'}</label><input class="input mono" id="inv-text" value={chosen} onInput={e => set({ ...value, [what]: e.currentTarget.value })} placeholder={what === 'key' ? 'as the log names it' : 'local/flux:*'} /></div>}
      <p class="soft">The next identical request is made anew and paid. Media stay until they expire.</p>
    </Dialog>
  );
}
