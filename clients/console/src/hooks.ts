import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError, events, type Generation, get, onTrouble, pause, pauseToRetry, send, trouble, type Whoami } from './api';

export interface Loaded<T> { data: T | null; error: Error | null; reload(): void }

/** What an address answers, again every `poll` ms; not while the tab is hidden, or a key is missing. What may pass is tried again, ever more slowly. */
export function useLoad<T>(path: string | null, poll = 0): Loaded<T> {
  const [state, set] = useState<{ path: string | null; data: T | null; error: Error | null }>({ path: null, data: null, error: null });
  const [turn, again] = useState(0), { keyTurn } = useTrouble();
  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    let failures = 0, isAsked = false;
    const look = async () => {
      if (document.hidden || (isAsked && trouble.refused)) return next(Math.max(poll, 1000));
      isAsked = true;
      try {
        const data = await get<T>(path, stop.signal);
        failures = 0;
        set({ path, data, error: null });
        if (poll) next(poll);
      } catch (e) {
        if (stop.signal.aborted) return;
        failures++;
        set(s => ({ path, data: s.path === path ? s.data : null, error: e as Error }));
        // A refusal stays one until another key comes.
        if (!(e instanceof ApiError) || e.passes) void pauseToRetry(failures, e, stop.signal).then(goOn);
      }
    };
    const goOn = () => { if (!stop.signal.aborted) void look(); };
    const next = (ms: number) => { void pause(ms, stop.signal).then(goOn); };
    void look();
    return () => stop.abort();
  }, [path, poll, turn, keyTurn]);
  return { data: state.path === path ? state.data : null, error: state.path === path ? state.error : null, reload: useCallback(() => again(t => t + 1), []) };
}

export interface Page { data: Generation[]; next_cursor: string | null; count?: number; count_is_least?: boolean }

/** The newest generations of a list, kept up by a stream of their changes; not while the tab is hidden. */
export function useNewest(path: string | null): Loaded<Page> {
  const [state, set] = useState<{ path: string | null; data: Page | null; error: Error | null }>({ path: null, data: null, error: null });
  const [turn, again] = useState(0), [hidden, hide] = useState(document.hidden), { keyTurn } = useTrouble();
  useEffect(() => {
    const look = () => hide(document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  useEffect(() => {
    if (path === null || hidden) return;
    const stop = new AbortController();
    void (async () => {
      for (let failures = 0; !stop.signal.aborted; failures++) {
        const opened = Date.now(), lasted = () => { if (Date.now() - opened > 30_000) failures = 0; };
        try {
          for await (const { name, data } of events(await send(path, { signal: stop.signal, headers: { Accept: 'text/event-stream' } }))) {
            if (!data) continue;
            if (name === 'page') { set({ path, data: JSON.parse(data) as Page, error: null }); continue; }
            const one = JSON.parse(data) as Generation;
            set(s => s.path !== path || !s.data ? s : {
              ...s, data: { ...s.data, data: s.data.data.some(g => g.request_id === one.request_id) ? s.data.data.map(g => g.request_id === one.request_id ? one : g) : [one, ...s.data.data] },
            });
          }
        } catch (e) {
          if (stop.signal.aborted) return;
          lasted();
          set(s => ({ path, data: s.path === path ? s.data : null, error: e as Error }));
          // A refusal stays one until another key comes.
          if (e instanceof ApiError && !e.passes) return;
          await pauseToRetry(failures + 1, e, stop.signal);
          continue;
        }
        // A stream that somebody in between ends at once gives a page each time, and is opened ever more seldom.
        lasted();
        await pause(Math.min(1000 * 2 ** failures, 30_000), stop.signal);
      }
    })();
    return () => stop.abort();
  }, [path, turn, hidden, keyTurn]);
  return { data: state.path === path ? state.data : null, error: state.path === path ? state.error : null, reload: useCallback(() => again(t => t + 1), []) };
}

/** What is the same on every page; listeners are notified. */
export function shared<T>(first: T) {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get value() { return value; },
    set(change: T | ((now: T) => T)) {
      value = typeof change === 'function' ? (change as (now: T) => T)(value) : change;
      listeners.forEach(l => l());
    },
    /** Notifies of each change, until it is ended. */
    watch(notify: (value: T) => void) {
      const l = () => notify(value);
      listeners.add(l);
      return () => { listeners.delete(l); };
    },
    use(): T {
      const [, draw] = useState(0);
      useEffect(() => { const l = () => draw(n => n + 1); listeners.add(l); return () => { listeners.delete(l); }; }, []);
      return value;
    },
  };
}

export const whoami = shared<Whoami | null>(null);
export const toast = shared<string | null>(null);

export function useTrouble() {
  const [, draw] = useState(0);
  useEffect(() => onTrouble(() => draw(n => n + 1)), []);
  return trouble;
}

/** Whether a single letter is meant for something else than the page: a field, a dialog, the browser, or nobody who has switched them off. */
export const lettersAreOff = (e: KeyboardEvent) => /INPUT|TEXTAREA|SELECT/.test((e.target as Element).tagName) || e.ctrlKey || e.metaKey || e.altKey
  || !!document.querySelector('dialog[open]') || localStorage.getItem('framegate.letters') === 'off';

/** Draws again every `ms` while `on`. */
export function useTick(on: boolean, ms = 250) {
  const [, draw] = useState(0);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => draw(n => n + 1), ms);
    return () => clearInterval(timer);
  }, [on, ms]);
}

export async function copy(text: string, done: string) {
  try { await navigator.clipboard.writeText(text); toast.set(done); } catch { toast.set('The browser did not let it be copied.'); }
}
