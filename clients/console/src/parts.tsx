import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ApiError, type Generation, type Kind, type Media, mediaUrl, onTrouble, pauseToRetry, resultUrl, trouble } from './api';
import { duration, fullInstant, instant } from './format';
import { Icon } from './icons';
import { useBack } from './router';

type Tone = '' | 'ok' | 'run' | 'warn' | 'bad';
const STATUS: Record<string, [Tone, string, string]> = {
  done: ['ok', 's-ok', 'Done'], running: ['run', 's-run', 'Running'], queued: ['', 's-wait', 'In line'], failed: ['bad', 's-bad', 'Failed'],
  cancelled: ['', 's-off', 'Cancelled'], unknown: ['warn', 's-unknown', 'Unknown'], cancelling: ['', 's-off', 'Cancelling'],
  healthy: ['ok', 's-ok', 'Healthy'], degraded: ['warn', 's-warn', 'Degraded'], failing: ['bad', 's-bad', 'Failing'], unhealthy: ['bad', 's-bad', 'Unhealthy'],
  suspended: ['bad', 's-bad', 'Suspended'], drained: ['', 's-pause', 'Drained'], 'no-key': ['', 's-off', 'Not configured'],
};

/** A state: success is quiet, trouble is filled; icon and word mean the same as the colour. */
export function Chip({ state, text }: { state: string; text?: string }) {
  const [tone, icon, word] = STATUS[state] ?? ['', 's-unknown', state];
  const quiet = state === 'done' || state === 'healthy';
  return <span class={`chip ${quiet ? 'chip--quiet' : tone && `chip--${tone}`}`}><Icon id={icon} />{text ?? word}</span>;
}

export function stateOf(g: Generation): string {
  if (g.status === 'success') return 'done';
  if (g.metadata.phase === 'cancelled' || g.error?.details?.reason === 'cancelled') return 'cancelled';
  if (g.metadata.phase === 'unknown' || g.error?.details?.reason === 'submit_outcome_unknown') return 'unknown';
  if (g.status === 'failed') return 'failed';
  return g.metadata.phase === 'queued' ? 'queued' : 'running';
}

export const KIND_ICON: Record<Kind, string> = { image: 'i-image', video: 'i-video', audio: 'i-audio', text: 'i-text' };

export function Meter({ value, tone = '', label, tick, tall, role = 'meter' }: { value: number; tone?: string; label: string; tick?: number; tall?: boolean; role?: 'meter' | 'progressbar' }) {
  const width = Math.round(Math.max(0, Math.min(100, value)));
  return (
    <span class={`meter ${tone && `meter--${tone}`} ${tall ? 'meter--tall' : ''}`} role={role} aria-label={label} aria-valuenow={width} aria-valuemin={0} aria-valuemax={100}
      ref={e => { e?.style.setProperty('--value', `${width}%`); if (tick !== undefined) e?.style.setProperty('--tick', `${tick}%`); }}>
      <span class="meter__fill" />{tick !== undefined && <span class="meter__tick" />}
    </span>
  );
}

/** A dialog of the browser: it keeps the focus, Esc and Back close it, and the focus goes back to where it came from. One with an address of its own is left by that. */
export function Dialog({ title, hint, narrow, hasAddress = false, onClose, children, foot }: {
  title: string; hint?: string; narrow?: boolean; hasAddress?: boolean; onClose(): void; children: ComponentChildren; foot?: ComponentChildren;
}) {
  const box = useRef<HTMLDialogElement>(null), id = useId();
  useBack(onClose, !hasAddress);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current!.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog class={`dialog ${narrow ? 'dialog--narrow' : ''}`} ref={box} aria-labelledby={id} onCancel={e => { e.preventDefault(); onClose(); }}
      onClick={e => { if (e.target === box.current) onClose(); }}>
      <div class="dialog__head"><h2 id={id}>{title}</h2>{hint && <span class="faint small">{hint}</span>}
        <button class="button button--quiet button--icon button--small push" type="button" onClick={onClose} aria-label="Close"><Icon id="i-x" /></button></div>
      <div class="dialog__body">{children}</div>
      {foot && <div class="dialog__foot">{foot}</div>}
    </dialog>
  );
}

export function Segmented<T extends string>({ label, value, options, onChange, icons }: {
  label: string; value: T; options: [T, string][]; onChange(value: T): void; icons?: Partial<Record<T, string>>;
}) {
  return (
    <div class="segmented" role="radiogroup" aria-label={label} onKeyDown={arrows}>
      {options.map(([key, name]) => (
        <button class="segmented__item" type="button" role="radio" key={key} aria-checked={key === value} tabIndex={key === value ? 0 : -1} onClick={() => onChange(key)}>
          {icons?.[key] && <Icon id={icons[key]!} />}{name}
        </button>
      ))}
    </div>
  );
}

/** Radios are one stop; arrows move inside, and choose. */
export function arrows(event: KeyboardEvent) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role="radio"]')];
  const next = all[(all.indexOf(document.activeElement as HTMLElement) + by + all.length) % all.length];
  next?.focus();
  next?.click();
}

export function Notice({ tone = '', children }: { tone?: '' | 'warn' | 'bad'; children: ComponentChildren }) {
  return <div class={`notice ${tone && `notice--${tone}`}`} role="status"><Icon id={tone === 'bad' ? 's-bad' : 's-warn'} /><div class="stack stack--tight">{children}</div></div>;
}

export function Empty({ icon = 'i-mark', bad, title, children }: { icon?: string; bad?: boolean; title: string; children?: ComponentChildren }) {
  return <div class="empty"><Icon id={icon} extra={`empty__mark ${bad ? 'empty__mark--bad' : ''}`} /><h2>{title}</h2>{children}</div>;
}

export function Figure({ label, value, note, children }: { label: string; value: string; note?: string; children?: ComponentChildren }) {
  return <div class="figure"><span class="figure__label">{label}</span><span class="figure__value">{value}</span>{children}{note && <span class="figure__note num">{note}</span>}</div>;
}

/** What an admin's page shows to others: that it exists, and what opens it. */
export function NeedsAdmin({ message, onKey }: { message: string; onKey(): void }) {
  return <Empty icon="i-key" title="This needs the admin key"><p>{message}</p><button class="button" type="button" onClick={onKey}><Icon id="i-key" />Use a key</button></Empty>;
}

/** What a page shows before it has its data: that it waits, or why there is none. */
export function Waiting({ error, title, onKey }: { error: Error | null; title: string; onKey?: () => void }) {
  if (onKey && error instanceof ApiError && (error.status === 401 || error.status === 403)) return <NeedsAdmin message={error.message} onKey={onKey} />;
  if (error) return <Empty icon="s-warn" title={title}><p>{error.message}{!(error instanceof ApiError) || error.passes ? ' It is tried again by itself.' : ''}</p></Empty>;
  return <div class="rows" aria-busy="true">{Array.from({ length: 10 }, (_, i) => <span class="skeleton" key={i} ref={e => e?.style.setProperty('height', '44px')} />)}</div>;
}

/** An instant: local and short to read, in full with its offset to point at and to copy. */
export function When({ at }: { at: string | null | undefined }) {
  return at ? <time dateTime={at} title={fullInstant(at)}>{instant(at)}</time> : null;
}

/** A result, fetched with the key and shown from memory. The same in the playground, the list and the detail. */
export function MediaView({ media, prompt, admin }: { media: Media; prompt: string; admin?: boolean }) {
  const [url, set] = useState<string | null>(null), [error, fail] = useState<Error | null>(null), [turn, again] = useState(0), renewedAt = useRef(0), playedTo = useRef(0), failures = useRef(0);
  useEffect(() => {
    let live = true;
    set(null);
    fail(null);
    resultUrl(media, admin).then(u => { if (live) { failures.current = 0; set(u); } }, e => live && fail(e as Error));
    return () => { live = false; };
  }, [media.id, admin, turn]);
  // Once somebody answers again, or there is a key, it is asked for again.
  useEffect(() => {
    if (!error) return;
    const ask = () => { if (trouble.lostAt === null && !trouble.refused) again(t => t + 1); };
    const off = onTrouble(ask);
    // Another call may have been answered before this listened.
    const stop = new AbortController();
    if (error !== UNREADABLE && (!(error instanceof ApiError) || error.passes)) void pauseToRetry(++failures.current, error, stop.signal).then(() => { if (!stop.signal.aborted) ask(); });
    return () => { off(); stop.abort(); };
  }, [error]);
  const alt = `Result for: ${prompt || 'no prompt'}`;
  // A link ends, or is revoked, while its page is open: another is asked for, once. What fails with that one too is not to be had.
  const renew = (e: { currentTarget: HTMLElement }) => {
    if (!url || url.startsWith('blob:')) return;
    if (e.currentTarget instanceof HTMLMediaElement) playedTo.current = e.currentTarget.currentTime;
    if (Date.now() - renewedAt.current < AT_LEAST_MS) return fail(UNREADABLE);
    renewedAt.current = Date.now();
    again(t => t + 1);
  };
  const goOn = (e: { currentTarget: HTMLMediaElement }) => { if (playedTo.current) e.currentTarget.currentTime = playedTo.current; };
  if (error instanceof ApiError && (error.status === 404 || error.status === 410)) return <Empty icon="s-off" title="It is not kept any more"><p>{media.expires_at && <>It was kept until <When at={media.expires_at} />.</>}</p></Empty>;
  if (error) return <Empty icon="s-warn" title="It could not be loaded"><p>{error.message}</p><button class="button" type="button" onClick={() => again(t => t + 1)}>Try again</button></Empty>;
  if (!url) return <span class="faint small media__wait">Loading</span>;
  if (media.type === 'video') return <video src={url} controls preload="metadata" playsInline onError={renew} onLoadedMetadata={goOn} aria-label={alt} data-media={media.id} />;
  if (media.type === 'audio') return <span class="media__audio"><Icon id="i-audio" extra="empty__mark" /><audio src={url} controls preload="metadata" onError={renew} onLoadedMetadata={goOn} aria-label={alt} data-media={media.id} /><span class="faint small">{media.duration ? duration(media.duration * 1000) : ''}</span></span>;
  return <img src={url} alt={alt} onError={renew} width={media.width ?? undefined} height={media.height ?? undefined} data-media={media.id} />;
}

/** How long another link lasts at least, if links were the trouble. */
const AT_LEAST_MS = 60_000;

/** What asking again does not mend. */
const UNREADABLE = new Error('The browser cannot read it from its link.');
const SMALL = 300_000, LARGEST = 8_000_000;

/** What stands for a result in a list: the file where it is small, else a preview of it; without one the file again, if that is bearable. */
async function thumbOf(media: Media, admin?: boolean): Promise<{ url: string; isClip: boolean } | null> {
  if (media.type === 'image' && media.bytes <= SMALL) return { url: await mediaUrl(media.id, admin), isClip: false };
  try {
    return { url: await mediaUrl(media.id, admin, true), isClip: false };
  } catch {
    return media.bytes <= LARGEST ? { url: await mediaUrl(media.id, admin), isClip: media.type === 'video' } : null;
  }
}

/** A small picture of a result. It is fetched once it comes into sight. */
export function Thumb({ media, kind, admin, large }: { media: Media | undefined; kind: Kind; admin?: boolean; large?: boolean }) {
  const [still, set] = useState<{ url: string; isClip: boolean } | null>(null), at = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!media || (media.type !== 'image' && media.type !== 'video')) return;
    let live = true;
    const seen = new IntersectionObserver(entries => {
      if (!entries.some(e => e.isIntersecting)) return;
      seen.disconnect();
      thumbOf(media, admin).then(t => live && set(t), () => {});
    }, { rootMargin: '200px' });
    seen.observe(at.current!);
    return () => { live = false; seen.disconnect(); };
  }, [media?.id, admin]);
  return (
    <span class={large ? 'tile__media' : 'thumb'} ref={at}>
      {!still ? <Icon id={KIND_ICON[kind]} />
        : still.isClip ? <video src={`${still.url}#t=0.1`} muted preload="metadata" playsInline tabIndex={-1} aria-hidden="true" />
        : <img src={still.url} alt="" />}
      {still && media!.type === 'video' && <span class="thumb__kind"><Icon id="i-video" /></span>}
    </span>
  );
}

export function Step({ tone = '', icon, what, time, children }: { tone?: string; icon: string; what: ComponentChildren; time?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <li class="timeline__item"><span class={`timeline__mark ${tone && `timeline__mark--${tone}`}`}><Icon id={icon} /></span>
      <span class="timeline__what">{what}</span><span class="timeline__time">{time}</span>{children && <span class="timeline__more">{children}</span>}</li>
  );
}
