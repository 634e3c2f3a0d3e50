// The URL is the state: page, filters, and what is open. Nothing else has to be remembered to come back.
import { useEffect, useState } from 'preact/hooks';
import { CONSOLE } from './api';

export interface Place { page: string; rest: string[]; query: URLSearchParams }

function read(): Place {
  const [page = 'playground', ...rest] = location.pathname.slice(CONSOLE.length).split('/').filter(Boolean).map(decodeURIComponent);
  return { page, rest, query: new URLSearchParams(location.search) };
}

const listeners = new Set<() => void>();
const tell = () => listeners.forEach(l => l());
addEventListener('popstate', tell);

export const href = (path: string) => CONSOLE + path;

export function go(path: string, replace = false) {
  history[replace ? 'replaceState' : 'pushState'](null, '', href(path));
  tell();
}

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
