import { useEffect, useState } from 'preact/hooks';
import { type Destination, type Provider, send } from './api';
import { catalogue, isRetired, loadCatalogue } from './catalogue';
import { duration } from './format';
import { toast, useLoad, whoami } from './hooks';
import { Icon } from './icons';
import { Chip, Dialog, Meter, Notice, Waiting } from './parts';
import { href, leave, usePlace } from './router';

interface Row { provider: Provider; destination: Destination; state: string }
const ORDER = ['suspended', 'failing', 'unhealthy', 'degraded', 'drained', 'healthy', 'no-key'], TONE: Record<string, string> = { healthy: 'ok', degraded: 'warn', suspended: 'bad', failing: 'bad', unhealthy: 'bad' };

export function rowsOf(list: Provider[]): Row[] {
  return list.flatMap(provider => provider.destinations.map(destination => ({ provider, destination, state: !provider.has_key ? 'no-key' : destination.drained ? 'drained' : destination.state })));
}

const REASON: Record<string, [string, string]> = {
  INSUFFICIENT_CREDITS: ['its account is empty', 'Add credit there. Framegate asks again without cost.'],
  AUTHENTICATION_FAILED: ['it refuses our key', 'Set the right key and start again. Framegate asks again without cost.'],
};

function Trouble({ row }: { row: Row }) {
  const { provider: p, destination: d, state } = row;
  const [cause, cure] = state === 'suspended' ? REASON[d.suspended ?? ''] ?? ['it is suspended', 'Framegate asks again without cost.']
    : state === 'failing' ? [`its breaker is ${d.breaker.replace('_', ' ')}, since too many calls failed`, 'It is tried again by itself.'] : ['its probes fail', 'It is tried again by itself.'];
  return (
    <Notice tone="bad"><p><span class="notice__title">{p.name} ({d.id}) takes no work: {cause}.</span> <span class="soft">Requests to an alias go to its other candidates; requests to {p.name} itself are answered with its failure{d.suspended && <>, <span class="mono notice__code">{d.suspended}</span></>}.</span></p>
      <p class="small soft">{cure} <a href={href(`generations?status=failed&provider=${encodeURIComponent(p.name)}`)}>Failed generations</a></p></Notice>
  );
}

export default function Providers() {
  const who = whoami.use(), place = usePlace(), [openName, openId] = place.rest, path = who && (who.admin ? 'admin/providers' : 'providers');
  const { data, error, reload } = useLoad<{ data: Provider[] }>(path, 5000), [drain, ask] = useState<Row | null>(null), [hover, hold] = useState<string[] | null>(null);
  const all = rowsOf(data?.data ?? []), sorted = [...all].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.provider.name.localeCompare(b.provider.name) || a.destination.id.localeCompare(b.destination.id));
  // The order stands still while somebody points at the table.
  const key = (r: Row) => `${r.provider.name}/${r.destination.id}`, rows = hover ? [...hover.map(k => all.find(r => key(r) === k)).filter(r => r !== undefined), ...sorted.filter(r => !hover.includes(key(r)))] : sorted;
  const change = async (row: Row, verb: 'drain' | 'resume') => {
    try { await send(`admin/providers/${encodeURIComponent(row.provider.name)}/${encodeURIComponent(row.destination.id)}/${verb}`, { method: 'POST' }); reload(); } catch (e) { toast.set((e as Error).message); }
    ask(null);
  };
  const open = data?.data.find(p => p.name === openName), shown = open?.destinations.filter(d => !openId || d.id === openId) ?? [];
  const models = catalogue.use().value?.choices.filter(c => !c.alias && c.provider === openName && !isRetired(c)).map(c => c.name) ?? [];
  useEffect(() => { void loadCatalogue(); }, []);
  return (
    <>
      <div class="page__head"><h1>Providers</h1>{data && <span class="note faint small">{data.data.length} configured, {data.data.filter(p => p.has_key && p.destinations.some(d => d.available && !d.drained)).length} take new work, looked at every 5 s</span>}</div>
      <div class="page__body">
        {!data && <Waiting error={error} title="The providers cannot be shown" />}
        {sorted.filter(r => ['suspended', 'failing', 'unhealthy'].includes(r.state)).map(r => <Trouble key={key(r)} row={r} />)}
        {data && <section class="card" aria-label="Destinations" onPointerEnter={() => hold(sorted.map(key))} onPointerLeave={() => hold(null)}><div class="table-wrap"><table class="table table--stack">
          <thead><tr><th scope="col">Destination</th><th scope="col">State</th><th scope="col">Health</th><th scope="col">Breaker</th>{who?.admin && <th scope="col" class="end">Open jobs</th>}<th scope="col">Limits</th><th scope="col" class="end">Last hour</th>{who?.admin && <th scope="col"><span class="visually-hidden">Actions</span></th>}</tr></thead>
          <tbody>{rows.map(r => {
            const { provider: p, destination: d, state } = r, name = p.destinations.length > 1 ? `${p.name}, ${d.id}` : p.name;
            return (
              <tr key={key(r)}>
                <td><a class="plain" href={href(`providers/${encodeURIComponent(p.name)}/${encodeURIComponent(d.id)}`)}><strong>{p.name}</strong></a> <span class="faint">{d.id}</span><br /><span class="small faint">{p.media_types.join(', ')}, {p.models} models</span></td>
                <td class="corner"><Chip state={state} text={state === 'suspended' && d.suspended === 'INSUFFICIENT_CREDITS' ? 'No credit' : state === 'suspended' && d.suspended === 'AUTHENTICATION_FAILED' ? 'Key refused' : undefined} /></td>
                <td data-head="Health"><span class="meter-row"><Meter value={d.score * 100} tone={TONE[state]} label={`Health of ${name}`} /><span class="num">{d.score.toFixed(2)}</span></span></td>
                <td class="soft" data-head="Breaker">{d.breaker === 'closed' ? 'Closed' : <span class="row"><Icon id="s-off" />{d.breaker === 'half_open' ? 'Half open' : d.breaker[0]!.toUpperCase() + d.breaker.slice(1)}</span>}</td>
                {who?.admin && <td class="end" data-head="Open jobs">{d.open_jobs ?? 0}</td>}
                <td class="soft" data-head="Limits">{p.limits?.requests_per_minute || p.limits?.jobs_at_once ? [p.limits.requests_per_minute && `${p.limits.requests_per_minute} a minute`, p.limits.jobs_at_once && `${p.limits.jobs_at_once} at once`, p.limits.waiting ? `${p.limits.waiting} waiting` : null].filter(Boolean).join(', ') : <span class="faint">none set</span>}</td>
                <td class="end soft" data-head="Last hour">{!d.last_hour ? 'none yet' : <>{d.last_hour.done !== undefined && <>{d.last_hour.done} done, </>}half in {duration(d.last_hour.p50_ms)}<br /><span class="small faint">nine of ten in {duration(d.last_hour.p90_ms)}</span></>}</td>
                {who?.admin && <td class="end wide"><button class="button button--small" type="button" aria-label={`${d.drained ? 'Take work again' : 'Drain'}: ${name}`} onClick={() => d.drained ? void change(r, 'resume') : ask(r)}>{d.drained ? 'Resume' : 'Drain …'}</button></td>}
              </tr>
            );
          })}</tbody></table></div></section>}
        <p class="small faint">Health is the share of good outcomes, less while answers are refused as too many or take longer than usual. What happened a minute ago counts half.</p>
      </div>
      {drain && <Dialog narrow title={`Drain ${drain.provider.name}, ${drain.destination.id}`} onClose={() => ask(null)} foot={<><button class="button" type="button" onClick={() => ask(null)}>Keep</button><button class="button button--danger" type="button" onClick={() => change(drain, 'drain')}>Drain</button></>}>
        <p class="soft">{drain.destination.open_jobs ? `${drain.destination.open_jobs} job${drain.destination.open_jobs === 1 ? ' goes' : 's go'} on.` : 'No job is open there.'} New work goes elsewhere, or is refused if there is no other. A restart forgets it.</p></Dialog>}
      {data && openName && <Dialog hasAddress title={openId ? `${openName}, ${openId}` : openName} onClose={() => leave('providers')}>
        {!open || (openId && shown.length === 0) ? <p>There is no such {open ? 'destination' : 'provider'}.</p> : <>
          <dl class="facts">
            <dt>Makes</dt><dd>{open.media_types.join(', ')}</dd>
            <dt>Models</dt><dd>{models.length ? models.join(', ') : open.models}</dd>
            <dt>Key</dt><dd>{open.has_key ? 'set' : 'not set'}{open.key_variables && <>: <span class="mono">{open.key_variables.join(', ')}</span></>}</dd>
            <dt>Limits</dt><dd>{open.limits ? `${open.limits.requests_per_minute ?? 'any number of'} requests a minute, ${open.limits.jobs_at_once ?? 'any number of'} jobs at once` : 'none set'}</dd>
            {shown.map(d => <><dt>{d.id}</dt><dd>{d.drained ? 'drained' : d.state}, health {d.score.toFixed(2)}, breaker {d.breaker.replace('_', ' ')}</dd></>)}
          </dl><p class="small"><a href={href(`generations?status=failed&provider=${encodeURIComponent(open.name)}`)}>Failed generations</a></p></>}</Dialog>}
    </>
  );
}
