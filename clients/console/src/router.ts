// The URL is the state: page, filters, and what is open. Nothing else has to be remembered to come back.
import { useEffect, useRef, useState } from 'preact/hooks';
import { CONSOLE } from './api';

export interface Place { page: string; rest: string[]; query: URLSearchParams }

/** A part of an address; one that is no text stays as it came. */
function decoded(part: string): string {
  try { return decodeURIComponent(part); } catch { return part; }
}

function read(): Place {
  const [page = 'playground', ...rest] = location.pathname.slice(CONSOLE.length).split('/').filter(Boolean).map(decoded);
  return { page, rest, query: new URLSearchParams(location.search) };
}

const listeners = new Set<() => void>();
const notify = () => listeners.forEach(l => l());
addEventListener('popstate', notify);

export const href = (path: string) => CONSOLE + path;

/** What stands with an entry of the history: how many entries of the console are below it, and whether it is there for a dialog. */
type Entry = { depth?: number; dialog?: boolean; y?: number } | null;
const entry = () => history.state as Entry;

export function go(path: string, replace = false) {
  const depth = entry()?.depth ?? 0;
  // How far down the page was stands with the entry that is left.
  if (!replace) history.replaceState({ ...entry(), y: Math.round(scrollY) }, '');
  if (replace) history.replaceState({ depth, dialog: entry()?.dialog }, '', href(path));
  // A link in a dialog leaves the dialog, whose entry is over with it.
  else if (entry()?.dialog) history.replaceState({ depth }, '', href(path));
  else history.pushState({ depth: depth + 1 }, '', href(path));
  notify();
}

/** Leaves what was opened by an address: back to where it was opened, or, where a link led straight to it, to the page behind it. `then` runs once that is done: to change the address before would stop the way back. */
export function leave(path: string, then?: () => void) {
  if (entry()?.depth) {
    if (then) addEventListener('popstate', then, { once: true });
    history.back();
  } else {
    go(path, true);
    then?.();
  }
}

// Back closes a dialog. All dialogs share one entry, so that one may open another.
const dialogs: { close(): void }[] = [];

/** Makes Back close a dialog instead of leaving the page. */
export function useBack(close: () => void, isOn: boolean) {
  const now = useRef(close);
  now.current = close;
  useEffect(() => {
    if (!isOn) return;
    const one = { close: () => now.current() };
    if (dialogs.push(one) === 1 && !entry()?.dialog) history.pushState({ depth: (entry()?.depth ?? 0) + 1, dialog: true }, '');
    return () => {
      const at = dialogs.indexOf(one);
      if (at >= 0) dialogs.splice(at, 1);
      // Another may open at once.
      setTimeout(() => { if (dialogs.length === 0 && entry()?.dialog) history.back(); });
    };
  }, [isOn]);
}
addEventListener('popstate', () => { if (!entry()?.dialog) dialogs.splice(0).forEach(d => d.close()); });
// A reload keeps the entry, and not the dialog.
if (entry()?.dialog) history.back();

export function usePlace(): Place {
  const [place, set] = useState(read);
  useEffect(() => {
    const listener = () => set(read());
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, []);
  return place;
}

// A link of the console changes the page in place; with a modifier it is the browser's.
addEventListener('click', event => {
  const link = (event.target as Element).closest?.('a');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(CONSOLE)) return;
  event.preventDefault();
  go(url.pathname.slice(CONSOLE.length) + url.search);
});
