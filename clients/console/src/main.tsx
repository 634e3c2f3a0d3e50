import { type ComponentType, render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import './console.css';
import './more.css';
import { type Generation, keys, nextRetry, onTrouble, type Provider, ROOT, serverNow, setTrouble, trouble } from './api';
import Cache from './cache';
import { loadCatalogue } from './catalogue';
import { clock } from './format';
import Generations from './generations';
import { lettersAreOff, toast, useLoad, useTick, useTrouble, whoami } from './hooks';
import { Icon } from './icons';
import { askWhoami, KeyDialog } from './keyDialog';
import { Dialog, Empty, Meter } from './parts';
import Playground from './playground';
import Providers, { rowsOf } from './providers';
import { go, href, usePlace } from './router';
import type { Status } from './configuration';

type PageProps = { onKey(): void };
const PAGES: [path: string, name: string, icon: string, key: string][] = [
  ['playground', 'Playground', 'i-play', 'p'], ['generations', 'Generations', 'i-grid', 'g'], ['providers', 'Providers', 'i-pulse', 'r'],
  ['cache', 'Cache', 'i-stack', 'c'], ['spend', 'Spend', 'i-bars', 's'], ['configuration', 'Configuration', 'i-sliders', 'o'],
];

/** A page that is fetched once it is opened. */
function later(load: () => Promise<{ default: ComponentType<PageProps> }>): ComponentType<PageProps> {
  let page: ComponentType<PageProps> | null = null;
  return props => {
    const [failed, fail] = useState(false), [, draw] = useState(0);
    useEffect(() => { if (!page) load().then(m => { page = m.default; draw(1); }, () => fail(true)); }, []);
    const Page = page;
    // The program may be away, or be another version, whose pages have other names.
    if (failed) return <div class="page__body"><Empty icon="s-warn" title="This page could not be fetched"><p>The gateway does not answer, or it was replaced since this tab was opened.</p><button class="button" type="button" onClick={() => location.reload()}>Load it again</button></Empty></div>;
    return Page ? <Page {...props} /> : null;
  };
}
const SHOWN: Record<string, ComponentType<PageProps>> = {
  playground: Playground, generations: Generations, providers: Providers, cache: Cache, spend: later(() => import('./spend')), configuration: later(() => import('./configuration')),
};

// ---------- Theme ----------
type Theme = 'system' | 'light' | 'dark';
const THEMES: Theme[] = ['system', 'light', 'dark'], THEME_NAME = { system: 'as the system', light: 'light', dark: 'dark' };
function applyTheme(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
}
const storedTheme = (): Theme => { const t = localStorage.getItem('framegate.theme') as Theme; return THEMES.includes(t) ? t : 'system'; };
applyTheme(storedTheme());

function ThemeButton() {
  const [theme, set] = useState(storedTheme);
  const next = () => { const t = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!; localStorage.setItem('framegate.theme', t); applyTheme(t); set(t); };
  return <button class="button button--quiet button--icon button--small" type="button" aria-label={`Theme: ${THEME_NAME[theme]}`} title={`Theme: ${THEME_NAME[theme]}`} onClick={next}><Icon id="i-sun" /></button>;
}

function Toast() {
  const text = toast.use(), [held, hold] = useState(false);
  useEffect(() => {
    if (!text || held) return;
    const timer = setTimeout(() => toast.set(null), 6000);
    return () => clearTimeout(timer);
  }, [text, held]);
  return <div role="status" class="toasts">{text && <div class="toast" onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)} onFocusIn={() => hold(true)} onFocusOut={() => hold(false)}><span>{text}</span><button class="button button--small" type="button" onClick={() => { hold(false); toast.set(null); }}>Close</button></div>}</div>;
}

function Tray({ list }: { list: Generation[] }) {
  useTick(list.length > 0, 1000);
  if (list.length === 0) return null;
  return (
    <section class="tray" aria-label="Running"><h2 class="tray__head">Running · {list.length}</h2>
      {list.slice(0, 5).map(g => {
        const elapsed = clock(serverNow() - Date.parse(g.metadata.created_at ?? g.timestamp)), line = g.metadata.queue?.position && g.metadata.phase === 'queued' ? `place ${g.metadata.queue.position}` : elapsed;
        return (
          <a class="tray__item" key={g.request_id} href={href(`playground?run=${encodeURIComponent(g.request_id)}`)}><span class="row row--apart"><span class="truncate">{g.model}</span><span class="faint num">{line}</span></span>
            <Meter value={(g.metadata.progress ?? 0) * 100} tone="run" role="progressbar" label={`${g.model}, ${line}`} /></a>
        );
      })}</section>
  );
}

function Lost({ since }: { since: number }) {
  useTick(true, 1000);
  const left = Math.ceil((nextRetry() - Date.now()) / 1000);
  // Announced once; the seconds are only seen.
  return <p class="lost"><span role="alert">Not connected since {new Date(since).toLocaleTimeString('en-GB')}.</span> <span aria-hidden="true" class="num">{left > 0 && left < 100 ? `Trying again in ${left} s.` : 'Trying again.'}</span></p>;
}

function Keys({ onClose }: { onClose(): void }) {
  const list: [string, string][] = [...PAGES.map(([, name, , key]) => [`g then ${key}`, name] as [string, string]), ['Ctrl Enter', 'Generate'], ['/', 'Search'], ['j, k, arrows', 'Next and previous generation'], ['r', 'Run the open generation again'], ['[, ]', 'Swap results that stand side by side'], ['c', 'Copy its link'], ['Esc', 'Close'], ['?', 'This list']];
  const [on, set] = useState(localStorage.getItem('framegate.letters') !== 'off');
  return (
    <Dialog narrow title="Keys" onClose={onClose} foot={<button class="button" type="button" onClick={onClose}>Close</button>}>
      <dl class="facts">{list.map(([key, what]) => <><dt class="mono">{key}</dt><dd>{what}</dd></>)}</dl>
      <label class="row small"><input type="checkbox" checked={on} onChange={e => { set(e.currentTarget.checked); localStorage.setItem('framegate.letters', e.currentTarget.checked ? 'on' : 'off'); }} />Single letters do something</label>
    </Dialog>
  );
}

function More({ onKey, onClose }: { onKey(): void; onClose(): void }) {
  return (
    <Dialog narrow title="More" onClose={onClose}>
      <nav class="nav" aria-label="More pages">
        {PAGES.filter(([p]) => p === 'cache' || p === 'configuration').map(([path, name, icon]) => <a class="nav__link" key={path} href={href(path)} onClick={onClose}><Icon id={icon} />{name}</a>)}
        <a class="nav__link" href={`${ROOT}docs`}><Icon id="i-book" />API reference</a>
        <button class="nav__link button" type="button" onClick={() => { onClose(); onKey(); }}><Icon id="i-key" />Key</button>
      </nav>
    </Dialog>
  );
}

function App() {
  const place = usePlace(), who = whoami.use(), lost = useTrouble(), [dialog, show] = useState<'key' | 'keys' | 'more' | null>(null), [turn, again] = useState(0), main = useRef<HTMLElement>(null), first = useRef(true);
  const known = who !== null && (!who.keys_required || keys.client !== null || who.admin);
  const running = useLoad<{ data: Generation[] }>(known && (who.client !== null || !who.keys_required) ? 'generations?status=processing&limit=6' : null, 3000).data?.data ?? [];
  const providers = useLoad<{ data: Provider[] }>(known ? (who.admin ? 'admin/providers' : 'providers') : null, 30_000).data?.data ?? [];
  const config = useLoad<Status>(known && who.admin ? 'admin/config' : null, 30_000).data;
  const Page = SHOWN[place.page], name = PAGES.find(([p]) => p === place.page)?.[1] ?? 'Not found', marks: Record<string, string | null> = {
    providers: rowsOf(providers).filter(r => ['suspended', 'failing', 'unhealthy'].includes(r.state)).map(r => r.provider.name).join(', ') || null,
    configuration: config && config.errors.length > 0 ? 'a change was rejected' : null,
  };
  const onKey = () => show('key');

  useEffect(() => {
    const stop = new AbortController();
    void askWhoami(stop.signal);
    return () => stop.abort();
  }, [turn]);
  useEffect(() => {
    // A file that misses its place must not replace the page.
    const guard = (e: DragEvent) => { if (e.dataTransfer?.types.includes('Files')) e.preventDefault(); };
    addEventListener('dragover', guard);
    addEventListener('drop', guard);
    return () => { removeEventListener('dragover', guard); removeEventListener('drop', guard); };
  }, []);
  useEffect(() => onTrouble(() => { if (lost.key) show('key'); }), []);
  useEffect(() => {
    document.title = `${name} · Framegate`;
    if (!first.current) { main.current?.focus(); scrollTo(0, 0); }
    first.current = false;
  }, [place.page]);
  useEffect(() => {
    // A hidden tab shows in its title that something is done; who looks at it again knows.
    const seen = () => { if (!document.hidden) document.title = `${name} · Framegate`; };
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, [name]);
  useEffect(() => {
    let g = 0;
    const press = (e: KeyboardEvent) => {
      if (lettersAreOff(e)) return;
      if (e.key === '?') { e.preventDefault(); return show('keys'); }
      if (e.key === '/') { const search = document.querySelector<HTMLInputElement>('main [type="search"]'); if (search) { e.preventDefault(); search.focus(); } return; }
      const page = PAGES.find(([, , , key]) => key === e.key);
      if (Date.now() - g < 1500 && page) { e.preventDefault(); g = 0; e.stopImmediatePropagation(); return go(page[0]); }
      g = e.key === 'g' ? Date.now() : 0;
    };
    addEventListener('keydown', press, true);
    return () => removeEventListener('keydown', press, true);
  }, []);

  const link = (cls: string) => ([path, text, icon]: (typeof PAGES)[number]) => (
    <a class={cls} key={path} href={href(path)} aria-current={place.page === path ? 'page' : undefined}><Icon id={icon} />{text}{marks[path] && <span class="nav__mark" role="img" aria-label={`needs attention: ${marks[path]}`} title={marks[path]!}><Icon id="s-warn" /></span>}</a>
  );
  const brand = <a class="brand" href={href('playground')} aria-label="Framegate, to the playground"><Icon id="i-mark" /><span class="brand__name">Framegate</span></a>;
  const badge = who?.sandbox && <span class="badge" title="Stand-in providers: real pictures, no cost">Sandbox</span>;
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={e => { e.preventDefault(); e.stopPropagation(); main.current?.focus(); }}>Skip to content</a>
      <nav class="rail" aria-label="Pages">{brand}<div class="nav">{PAGES.map(link('nav__link'))}</div><Tray list={running} />
        <div class="rail__foot"><div class="nav"><a class="nav__link" href={`${ROOT}docs`} target="_blank" rel="noreferrer"><Icon id="i-book" />API reference</a>
          <button class="nav__link button" type="button" onClick={onKey}><Icon id="i-key" /><span class="truncate">{!who?.keys_required && !keys.admin ? 'No key needed' : `Key: ${[who?.client, who?.admin && keys.admin ? 'admin' : null].filter(Boolean).join(', ') || 'none'}`}</span></button></div>
          <div class="row row--apart">{badge || <span />}<ThemeButton /></div></div></nav>
      <header class="topbar">{brand}{badge}{running.length > 0 ? <a class="button button--quiet button--small push" href={href('generations?status=processing')}><Icon id="s-run" extra="spin" />{running.length} running</a> : <span class="push" />}<ThemeButton /></header>
      <main class="page" id="main" tabIndex={-1} ref={main} key={turn} aria-label={name}>
        {lost.lostAt && <Lost since={lost.lostAt} />}
        {Page ? <Page onKey={onKey} /> : <div class="page__body"><h1 class="visually-hidden">Not found</h1><Empty icon="i-search" title="There is no such page"><ul class="stack stack--tight">{PAGES.map(([path, text]) => <li key={path}><a href={href(path)}>{text}</a></li>)}</ul></Empty></div>}
      </main>
      <nav class="tabbar" aria-label="Pages">{PAGES.filter(([p]) => p !== 'cache' && p !== 'configuration').map(link('tabbar__link'))}
        <button class="tabbar__link" type="button" aria-haspopup="dialog" onClick={() => show('more')}><Icon id="i-more" />More</button></nav>
      <Toast />
      {dialog === 'key' && <KeyDialog onClose={() => { show(null); setTrouble({ key: null }); }} onChanged={() => { setTrouble({ key: null, refused: false, keyTurn: trouble.keyTurn + 1 }); void loadCatalogue(true); again(t => t + 1); }} />}
      {dialog === 'keys' && <Keys onClose={() => show(null)} />}
      {dialog === 'more' && <More onKey={onKey} onClose={() => show(null)} />}
    </div>
  );
}

render(<App />, document.getElementById('app')!);
