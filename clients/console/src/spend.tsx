import { useEffect, useRef, useState } from 'preact/hooks';
import { query, send } from './api';
import { count, dayName, money, percent, total, totals } from './format';
import { toast, useLoad, whoami } from './hooks';
import { Select } from './generations';
import { Icon } from './icons';
import { Empty, Figure, Meter, Waiting } from './parts';
import { go, href, usePlace } from './router';

interface Row { day: string; provider: string; model: string; client: string; generations: number; cost: number; estimated: number; failed_cost: number; failed: number; saved: number }
interface Report { from: string; to: string; zone: string; data: Row[] }
const BYS = ['provider', 'model', 'client'] as const;
const MOST_SERIES = 5, DAY_MS = 86_400_000;
const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const sum = (rows: Row[], pick: (r: Row) => number) => rows.reduce((a, r) => a + pick(r), 0);

function group(rows: Row[], key: (r: Row) => string) {
  const groups = new Map<string, Row[]>();
  for (const r of rows) groups.set(key(r), [...groups.get(key(r)) ?? [], r]);
  return [...groups].map(([name, list]) => ({ name, rows: list, cost: sum(list, r => r.cost), n: sum(list, r => r.generations) })).sort((a, b) => b.cost - a.cost || b.n - a.n);
}

export default function Spend({ onKey }: { onKey(): void }) {
  const place = usePlace(), days = { '7d': 7, '30d': 30, '90d': 90 }[place.query.get('range') ?? '30d'] ?? 30, by = BYS.find(b => b === place.query.get('by')) ?? 'provider', client = place.query.get('client') ?? '';
  const to = isoDay(Date.now()), from = isoDay(Date.now() - (days - 1) * DAY_MS), { data, error } = useLoad<Report>(`admin/spend${query({ from, to })}`, 30_000);
  const set = (change: Record<string, string>) => { const next = new URLSearchParams(place.query); for (const [k, v] of Object.entries(change)) if (v) next.set(k, v); else next.delete(k); go(`spend?${next}`, true); };
  const rows = (data?.data ?? []).filter(r => !client || r.client === client), all = sum(rows, r => r.cost), clients = [...new Set((data?.data ?? []).map(r => r.client))].sort();
  const today = rows.filter(r => r.day === to), failed = sum(rows, r => r.failed_cost), estimated = sum(rows, r => r.estimated) > 0 ? '≈ ' : '';
  const csv = async () => {
    try {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await (await send(`admin/spend${query({ from, to, format: 'csv' })}`)).blob());
      link.download = `framegate-spend-${from}-${to}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    } catch (e) { toast.set((e as Error).message); }
  };
  const series = group(rows, r => r[by]).map(g => g.name), top = series.slice(0, series.length > MOST_SERIES ? MOST_SERIES - 1 : MOST_SERIES), seriesOf = (r: Row) => top.includes(r[by]) ? r[by] : 'others', names = series.length > MOST_SERIES ? [...top, 'others'] : top;
  const models = group(rows, r => r.model), modelTotals = totals(models.map(g => g.cost)), byClient = group(rows, r => r.client), clientTotals = totals(byClient.map(g => g.cost));
  const byDay = group(rows, r => r.day).sort((a, b) => b.name.localeCompare(a.name)), dayTotals = totals(byDay.map(g => g.cost));
  return (
    <>
      <div class="page__head"><h1>Spend</h1>
        {data && <div class="row row--wrap push">
          {clients.length > 1 && <Select label="Client" value={client} options={[['', 'All clients'], ...clients.map(c => [c, c] as [string, string])]} onChange={v => set({ client: v })} />}
          <Select label="Series" value={by} options={[['provider', 'By provider'], ['model', 'By model'], ['client', 'By client']]} onChange={v => set({ by: v })} />
          <div class="segmented" role="group" aria-label="Range">{[7, 30, 90].map(d => <button class="segmented__item" type="button" key={d} aria-current={d === days} onClick={() => set({ range: `${d}d` })}>{d} days</button>)}</div>
          <button class="button button--small" type="button" aria-label="Download as CSV" onClick={csv}><Icon id="i-down" /><span class="desk">CSV</span></button></div>}</div>
      <div class="page__body">
        {!data && <Waiting error={error} title="The spend cannot be shown" onKey={onKey} />}
        {data && <>
          <div class="figures">
            <Figure label="Today" value={estimated + total(sum(today, r => r.cost))} note="since 00:00 UTC" />
            <Figure label={`${days} days`} value={estimated + total(all)} note={`${total(all / days)} a day, ${count(sum(rows, r => r.generations))} generations`} />
            <Figure label="Saved by the cache" value={total(sum(rows, r => r.saved))} note="by what was written down" />
            <Figure label="Spent on failures" value={total(failed)} note={`${count(sum(rows, r => r.failed))} failed`} />
          </div>
          <section class="card"><div class="card__head"><h2>By day</h2><ul class="legend push">{names.map((n, i) => <li key={n}><span class={`legend__swatch s${i + 1}`} />{n}</li>)}</ul></div>
            <div class="card__body">{rows.length === 0 ? <Empty icon="i-bars" title="Nothing spent in these days"><p>Generations are kept for the time that the configuration sets.</p></Empty> : <Chart rows={rows} from={from} days={days} names={names} seriesOf={seriesOf} />}
              {rows.length > 0 && <details class="more"><summary><Icon id="i-chevron" />The same as a table</summary><div class="table-wrap"><table class="table"><thead><tr><th scope="col">Day, UTC</th><th scope="col" class="end">Generations</th><th scope="col" class="end">Spent</th></tr></thead>
                <tbody>{byDay.map((g, i) => <tr key={g.name}><td>{dayName(g.name)}</td><td class="end soft">{count(g.n)}</td><td class="end"><strong>{dayTotals[i]}</strong></td></tr>)}</tbody></table></div></details>}</div></section>
          {rows.length > 0 && <div class="columns">
            <section class="card"><div class="card__head"><h2>By model</h2><span class="faint small push">{days} days</span></div><div class="table-wrap"><table class="table table--stack table--lines"><thead><tr><th scope="col">Model</th><th scope="col">Share</th><th scope="col" class="end">Generations</th><th scope="col" class="end">Each</th><th scope="col" class="end">Spent</th></tr></thead>
              <tbody>{models.map((g, i) => <tr key={g.name}><td><span class="cell truncate">{g.name}</span></td><td class="away"><span class="meter-row"><Meter value={all ? g.cost / all * 100 : 0} label={`Share of ${g.name}`} /><span class="num">{percent(all ? g.cost / all : 0)}</span></span></td><td class="end soft away">{count(g.n)}</td><td class="end soft away">{money(g.cost / g.n)}</td><td class="end corner"><strong>{modelTotals[i]}</strong></td></tr>)}</tbody></table></div></section>
            <section class="card"><div class="card__head"><h2>By client</h2><span class="faint small push">{days} days</span></div><div class="table-wrap"><table class="table"><thead><tr><th scope="col">Client</th><th scope="col" class="end">Generations</th><th scope="col" class="end">Spent</th></tr></thead>
              <tbody>{byClient.map((g, i) => <tr key={g.name}><td>{g.name}</td><td class="end soft">{count(g.n)}</td><td class="end"><strong>{clientTotals[i]}</strong></td></tr>)}</tbody></table></div></section>
          </div>}
          <p class="small faint">US dollars, days in UTC. {whoami.value?.sandbox && 'Sandbox: what the real providers would charge. '}≈ marks sums with costs from the price list; the others are what the providers reported. Failed generations count when the provider bills them. Older generations than the configuration keeps are not counted.</p>
        </>}
      </div>
    </>
  );
}

/** Bars by day, drawn for the width there is, so that no text is stretched. Arrows walk the days; a day leads to its generations. */
function Chart({ rows, from, days, names, seriesOf }: { rows: Row[]; from: string; days: number; names: string[]; seriesOf(r: Row): string }) {
  const box = useRef<HTMLDivElement>(null), [width, set] = useState(0), [at, walk] = useState(days - 1);
  useEffect(() => {
    const seen = new ResizeObserver(([entry]) => set(Math.floor(entry!.contentRect.width)));
    seen.observe(box.current!);
    return () => seen.disconnect();
  }, []);
  const start = Date.parse(`${from}T00:00:00Z`), list = Array.from({ length: days }, (_, i) => { const day = isoDay(start + i * DAY_MS), own = rows.filter(r => r.day === day); return { day, own, sum: sum(own, r => r.cost) }; });
  const highest = Math.max(...list.map(d => d.sum), 0.01), magnitude = 10 ** Math.floor(Math.log10(highest)), unit = [1, 2, 2.5, 5, 10].map(f => f * magnitude / 2).find(u => highest / u <= 4) ?? magnitude, most = Math.ceil(highest / unit) * unit;
  const high = width < 500 ? 208 : 272, left = 48, top = 8, H = high - 36, step = (width - left) / days, bar = Math.max(step * .62, 2), y = (v: number) => top + H * (1 - v / most);
  const marks = list.map((_, i) => i).filter(i => i === days - 1 || (i % Math.max(1, Math.ceil(days / (width < 500 ? 3 : 7))) === 0 && days - 1 - i > days / 12));
  const keys = (e: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    const next = Math.max(0, Math.min(days - 1, at + by));
    walk(next);
    box.current!.querySelectorAll<SVGElement>('.chart__day')[next]?.focus();
  };
  return (
    <div ref={box}>{width > 0 && (
      <svg class="chart" viewBox={`0 0 ${width} ${high}`} role="group" aria-label={`Spend by day, ${days} days, ${total(sum(rows, r => r.cost))} in all`} onKeyDown={keys}>
        {Array.from({ length: Math.round(most / unit) + 1 }, (_, k) => k * unit).map(v => <g key={v} aria-hidden="true"><line class="chart__grid" x1={left} x2={width} y1={y(v)} y2={y(v)} /><text x={left - 8} y={y(v) + 4} text-anchor="end">{money(v).replace(/\.00$/, '')}</text></g>)}
        {list.map((d, i) => {
          let height = 0;
          const x = left + i * step, parts = names.map(n => [n, sum(d.own.filter(r => seriesOf(r) === n), r => r.cost)] as const).filter(([, v]) => v > 0);
          return (
            <a class="chart__day" key={d.day} href={href(`generations${query({ from: `${d.day}T00:00:00Z`, to: `${isoDay(Date.parse(d.day) + DAY_MS)}T00:00:00Z` })}`)} tabIndex={i === at ? 0 : -1} onFocus={() => walk(i)} aria-label={`${dayName(d.day)}: ${total(d.sum)}`}>
              <title>{`${dayName(d.day)}: ${total(d.sum)}\n${parts.map(([n, v]) => `${n} ${total(v)}`).join('\n')}`}</title>
              <rect class="chart__hit" x={x} y={top} width={step} height={H} />
              {parts.map(([n, v]) => { height += v; return <rect key={n} class={`s${names.indexOf(n) + 1}`} x={x + (step - bar) / 2} y={y(height)} width={bar} height={Math.max(H * v / most - 1, .8)} rx="1" />; })}
            </a>
          );
        })}
        {marks.map(i => <text key={i} aria-hidden="true" x={i === days - 1 ? width : left + i * step + step / 2} y={high - 4} text-anchor={i === days - 1 ? 'end' : 'middle'}>{i === days - 1 ? 'today' : dayName(list[i]!.day)}</text>)}
      </svg>)}</div>
  );
}
