import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Generation, type Kind, query } from './api';
import { catalogue, loadCatalogue } from './catalogue';
import { count, decimals, duration, money, zone } from './format';
import { lettersAreOff, type Page, useLoad, useNewest, whoami } from './hooks';
import { Icon } from './icons';
import { GenerationPanel } from './generation';
import { Chip, Empty, stateOf, Thumb, Waiting, When } from './parts';
import { go, href, usePlace } from './router';

const FILTERS = ['q', 'status', 'kind', 'provider', 'model', 'code', 'client', 'from', 'to'] as const, SIZE = 50;
const RANGES: [string, string][] = [['', 'Any time'], ['1h', 'Last hour'], ['24h', 'Last 24 hours'], ['7d', 'Last 7 days']];
const CODES = ['AUTHENTICATION_FAILED', 'CONTENT_POLICY_VIOLATION', 'INSUFFICIENT_CREDITS', 'INVALID_REQUEST', 'NETWORK_ERROR', 'PROVIDER_ERROR', 'RATE_LIMIT_EXCEEDED', 'TIMEOUT', 'UNKNOWN_ERROR'];

export const kindOf = (g: Generation): Kind => g.metadata.asked?.media_type ?? g.result?.media[0]?.type ?? 'image';
export const promptOf = (g: Generation) => g.metadata.asked?.prompt || (g.metadata.asked ? 'No prompt' : 'Prompt not kept');
export const modelOf = (g: Generation) => g.metadata.alias ? `${g.metadata.alias} → ${g.model}` : g.model ?? '';

function since(range: string): string | null {
  const ms = { '1h': 3600e3, '24h': 86400e3, '7d': 7 * 86400e3 }[range];
  // To the minute, so that the address that is asked stays the same for a while.
  return ms ? new Date(Math.floor((Date.now() - ms) / 60_000) * 60_000).toISOString() : range || null;
}

export default function Generations() {
  const place = usePlace(), who = whoami.use(), [id] = place.rest, admin = who?.admin ?? false, gallery = place.query.get('view') === 'gallery', cursor = place.query.get('before');
  const { value: known } = catalogue.use();
  useEffect(() => { void loadCatalogue(); }, []);
  const values = Object.fromEntries(FILTERS.map(f => [f, place.query.get(f) ?? ''])) as Record<(typeof FILTERS)[number], string>;
  const path = who && `${admin ? 'admin/' : ''}generations${query({ ...values, from: since(values.from), limit: SIZE, cursor, count: 'true' })}`;
  const newest = useNewest(cursor ? null : path), older = useLoad<Page>(cursor ? path : null), { data: latest, error, reload } = cursor ? older : newest;

  // Rows stay where they are: changes are written into them, and new ones wait above the list.
  const held = useRef<{ path: string | null; page: Page | null }>({ path: null, page: null });
  const plain = path?.replace(/from=[^&]*/, '') ?? null;
  if (held.current.path !== plain) held.current = { path: plain, page: null };
  if (!held.current.page && latest) held.current.page = latest;
  const page = useMemo(() => {
    const now = held.current.page;
    if (!now || !latest) return now;
    const fresh = new Map(latest.data.map(g => [g.request_id, g]));
    return { ...now, count: latest.count, count_is_least: latest.count_is_least, data: now.data.map(g => fresh.get(g.request_id) ?? g) };
  }, [latest, plain]);
  const newer = page && latest ? latest.data.filter(g => !page.data.some(o => o.request_id === g.request_id)).length : 0;
  const adopt = () => { held.current.page = latest; reload(); };

  // The page that led to this one, for the way forward; the address alone does not hold it.
  const next = page?.next_cursor ?? null;
  useEffect(() => { if (next) remember(next, cursor ?? ''); }, [next, cursor]);
  const newerCursor = cursor ? cameFrom(cursor) : undefined;

  const to = (change: Record<string, string | null>, path = 'generations') => {
    const next = new URLSearchParams(place.query);
    if (!('before' in change) && path === 'generations') next.delete('before');
    for (const [k, v] of Object.entries(change)) if (v) next.set(k, v); else next.delete(k);
    const text = next.toString();
    return path + (text ? `?${text}` : '');
  };
  const filter = (name: string, value: string) => go(to({ [name]: value }), true);
  const filtered = FILTERS.some(f => values[f] !== '');
  const openPath = (g: string) => to({ before: cursor }, `generations/${encodeURIComponent(g)}`), close = () => go(to({ before: cursor }, 'generations'));
  // Whoever leaves a generation is at its row again, however it was left.
  const left = useRef(id);
  useEffect(() => {
    if (left.current && !id) document.querySelector<HTMLElement>(`[data-row="${CSS.escape(left.current)}"]`)?.focus();
    left.current = id;
  }, [id]);
  useScroll(page !== null);

  useEffect(() => {
    const keys = (e: KeyboardEvent) => {
      if (e.key === 'Escape' && id && !document.querySelector('dialog[open]')) { e.preventDefault(); return close(); }
      // Arrows are the row's and the page's own; of a clip, a field or a text they are something else.
      const isArrow = e.key === 'ArrowDown' || e.key === 'ArrowUp', by = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (isArrow ? !id || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || !!document.querySelector('dialog[open]') || !(e.target as Element).matches('body, main, [data-row], .detail__head button') : lettersAreOff(e)) return;
      if (by && isArrow) e.preventDefault();
      if (by && page?.data.length) {
        const at = page.data.findIndex(g => g.request_id === id), next = page.data[Math.max(0, Math.min(page.data.length - 1, at + by))];
        if (next) go(openPath(next.request_id), Boolean(id));
      }
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  });

  const models = [...new Set(known?.choices.map(c => c.model) ?? [])].sort();
  const providers = [...new Set(known?.choices.filter(c => !c.alias).map(c => c.provider) ?? [])].sort();
  const clients = useLoad<{ data: { name: string }[] }>(admin && who?.keys_required ? 'admin/clients' : null).data?.data ?? [];
  const all = page?.data ?? [], rows = gallery ? all.filter(g => stateOf(g) !== 'cancelled') : all, least = Math.max(2, ...rows.map(g => decimals(g.cost)));
  return (
    <div class={`browse ${id ? 'browse--open' : ''}`}>
      <div class="browse__list page">
        <div class="page__head"><h1>Generations</h1>
          <div class="segmented push" role="group" aria-label="View">
            <a class="segmented__item" href={href(to({ view: null, before: cursor }))} aria-current={!gallery}><Icon id="i-list" /><span>List</span></a>
            <a class="segmented__item" href={href(to({ view: 'gallery', before: cursor }))} aria-current={gallery}><Icon id="i-grid" /><span>Gallery</span></a></div></div>
        <form class="filters" role="search" aria-label="Filter generations" onSubmit={e => e.preventDefault()}>
          <Search value={values.q} onChange={v => filter('q', v)} />
          <div class="filters__more">
            <Select label="Time" value={RANGES.some(([v]) => v === values.from) ? values.from : 'day'} options={[...RANGES, ...(values.from && !RANGES.some(([v]) => v === values.from) ? [['day', `${values.from.slice(0, 10)}, UTC`] as [string, string]] : [])]} onChange={v => go(to({ from: v, to: null }), true)} />
            <Select label="Status" value={values.status} options={[['', 'Any status'], ['processing', 'Running'], ['success', 'Done'], ['failed', 'Failed']]} onChange={v => filter('status', v)} />
            <Select label="Kind" value={values.kind} options={[['', 'Any kind'], ['image', 'Image'], ['video', 'Video'], ['audio', 'Audio'], ['text', 'Text']]} onChange={v => filter('kind', v)} />
            <Select label="Provider" value={values.provider} options={[['', 'Any provider'], ...providers.map(p => [p, p] as [string, string])]} onChange={v => filter('provider', v)} />
            <Select label="Model" value={values.model} options={[['', 'Any model'], ...models.map(m => [m, m] as [string, string])]} onChange={v => filter('model', v)} />
            <Select label="Code" value={values.code} options={[['', 'Any code'], ...CODES.map(c => [c, c] as [string, string])]} onChange={v => filter('code', v)} />
            {(clients.length > 0 || values.client) && <Select label="Client" value={values.client} options={[['', 'Any client'], ...clients.map(c => [c.name, c.name] as [string, string])]} onChange={v => filter('client', v)} />}
            {filtered && <a class="button button--quiet button--small" href={href(gallery ? 'generations?view=gallery' : 'generations')}>Clear filters</a>}
          </div>
        </form>
        {newer > 0 && <button class="button button--small newer" type="button" onClick={adopt}>{newer} newer</button>}
        {!page && <Waiting error={error} title="The list cannot be shown" />}
        {page && rows.length === 0 && (page.next_cursor
          ? <Empty icon="i-search" title={all.length ? 'Only cancelled ones here' : 'Nothing among the newest'}><p>The search goes on with what is older.</p></Empty>
          : all.length > 0 ? <Empty icon="s-off" title="Only cancelled ones here"><p>The list has them.</p></Empty>
          : filtered ? <Empty icon="i-search" title="Nothing matches"><a class="button" href={href('generations')}>Clear filters</a></Empty>
          : <Empty title="No generation yet"><a class="button" href={href('playground')}>Make one</a></Empty>)}
        {rows.length > 0 && (gallery ? (
          <ul class="gallery">{rows.map(g => (
            <li key={g.request_id}><a class="tile" href={href(openPath(g.request_id))} data-row={g.request_id}>
              {g.status === 'success' ? <Thumb media={g.result?.media[0]} kind={kindOf(g)} admin={admin} large /> : <span class="tile__media"><Chip state={stateOf(g)} /></span>}
              <span class="truncate" dir="auto">{promptOf(g)}</span><span class="row row--apart small faint num"><span class="truncate">{modelOf(g)}</span><span class="keep">{money(g.cost, g.metadata.cost_estimated)}</span></span></a></li>))}</ul>
        ) : (
          <div class="table-wrap"><table class="table table--stack table--lines table--pick table--page">
            <thead><tr><th scope="col">Prompt</th>{!id && <><th scope="col">Model</th>{admin && who?.keys_required && <th scope="col">Client</th>}</>}<th scope="col">Status</th><th scope="col" class="end">Cost</th>{!id && <th scope="col" class="end">Took</th>}<th scope="col" class="end">Started</th></tr></thead>
            <tbody>{rows.map(g => {
              const state = stateOf(g), under = g.error && state !== 'cancelled' ? g.error.code : g.metadata.cache === 'hit' ? 'from the cache' : id ? modelOf(g) : g.request_id.split('~')[0];
              return (
                <tr key={g.request_id} aria-selected={g.request_id === id || undefined}>
                  <td class="wide"><span class="row"><Thumb media={g.result?.media[0]} kind={kindOf(g)} admin={admin} /><span class="prompt"><a class="table__link truncate" href={href(openPath(g.request_id))} data-row={g.request_id} dir="auto">{promptOf(g)}</a>
                    <span class={`small faint desk truncate ${g.error && state !== 'cancelled' ? 'mono' : ''}`}>{under}</span><span class="small faint num phone truncate">{money(g.cost, g.metadata.cost_estimated)}, {duration(g.processing_time_ms)} · {modelOf(g)}</span></span></span></td>
                  {!id && <><td class="soft away"><span class="cell truncate">{modelOf(g)}</span></td>{admin && who?.keys_required && <td class="soft away">{g.metadata.client}</td>}</>}
                  <td class="corner"><Chip state={state} text={state === 'queued' && g.metadata.queue?.position ? `In line, place ${g.metadata.queue.position}` : undefined} /></td>
                  <td class="end away">{money(g.cost, g.metadata.cost_estimated, least)}</td>
                  {!id && <td class="end soft away">{duration(g.processing_time_ms)}</td>}
                  <td class="end soft away"><When at={g.metadata.created_at} /></td>
                </tr>
              );
            })}</tbody></table></div>))}
        {page && <div class="pager"><span>{rows.length} shown{!gallery && page.count !== undefined && ` of ${count(Math.max(page.count, rows.length))}${page.count_is_least ? '+' : ''}`}. Times in {zone()}. Answers from the cache that had no id of their own are not listed.</span><span class="row">
          {cursor && newerCursor !== '' && <a class="button button--small" href={href(to({ before: null }))}>Newest</a>}
          {newerCursor !== undefined ? <a class="button button--small" href={href(to({ before: newerCursor || null }))}>Newer</a> : <button class="button button--small" type="button" disabled>Newer</button>}
          {page.next_cursor ? <a class="button button--small" href={href(to({ before: page.next_cursor }))}>Older</a> : <button class="button button--small" type="button" disabled>Older</button>}</span></div>}
      </div>
      {id && <GenerationPanel key={id} id={id} admin={admin} onClose={close} />}
    </div>
  );
}

const TRAIL = 'framegate.pages', MOST_PAGES = 200;
const trail = () => { try { return JSON.parse(sessionStorage.getItem(TRAIL) ?? '[]') as [string, string][]; } catch { return []; } };
const cameFrom = (cursor: string) => trail().find(([to]) => to === cursor)?.[1];
const remember = (cursor: string, from: string) => { if (cameFrom(cursor) === undefined) sessionStorage.setItem(TRAIL, JSON.stringify([...trail(), [cursor, from]].slice(-MOST_PAGES))); };

function Search({ value, onChange }: { value: string; onChange(value: string): void }) {
  const [text, set] = useState(value), timer = useRef(0);
  useEffect(() => { set(value); }, [value]);
  return <div class="search"><Icon id="i-search" /><input class="input input--small" type="search" placeholder="Prompt or id" aria-label="Prompt or id" maxLength={200} value={text}
    onInput={e => { const v = e.currentTarget.value; set(v); clearTimeout(timer.current); timer.current = window.setTimeout(() => onChange(v.trim()), 300); }} /></div>;
}

/** A list to choose from. A value of the address that is none of its options is shown as well, since it is in force. */
export function Select({ label, value, options, onChange }: { label: string; value: string; options: [string, string][]; onChange(value: string): void }) {
  const all = options.some(([v]) => v === value) ? options : [...options, [value, value] as [string, string]];
  return <select class="select select--small" aria-label={label} value={value} onChange={e => onChange(e.currentTarget.value)}>{all.map(([v, name]) => <option key={v} value={v}>{name}</option>)}</select>;
}

/** Keeps how far down the page is with its entry of the history, and goes there once the page is as long again. */
function useScroll(isThere: boolean) {
  useEffect(() => {
    if (!isThere) return;
    if (history.state?.y) scrollTo(0, history.state.y);
    let timer = 0;
    const note = () => {
      const at = location.href;
      clearTimeout(timer);
      timer = window.setTimeout(() => { if (location.href === at) history.replaceState({ ...history.state, y: Math.round(scrollY) }, ''); }, 150);
    };
    addEventListener('scroll', note, { passive: true });
    return () => { clearTimeout(timer); removeEventListener('scroll', note); };
  }, [isThere]);
}
