// 20 x 20, one stroke, drawn for this console. In the page itself: a reference by # would be resolved against <base>.
import type { ComponentChildren } from 'preact';

const SHAPES: Record<string, [box: number, ComponentChildren]> = {
  'i-mark': [22, <><path d="M8.5 2.5H4A1.5 1.5 0 0 0 2.5 4v14A1.5 1.5 0 0 0 4 19.5h4.5M13.5 2.5H18A1.5 1.5 0 0 1 19.5 4v14a1.5 1.5 0 0 1-1.5 1.5h-4.5"/><path d="M11 7v8"/></>],
  'i-play': [20, <><rect x="2.5" y="3.5" width="15" height="13" rx="2.5"/><path d="m8.5 7.5 4 2.5-4 2.5z"/></>],
  'i-grid': [20, <><rect x="3" y="3" width="6" height="6" rx="1.5"/><rect x="11" y="3" width="6" height="6" rx="1.5"/><rect x="3" y="11" width="6" height="6" rx="1.5"/><rect x="11" y="11" width="6" height="6" rx="1.5"/></>],
  'i-list': [20, <><path d="M3.5 5.5h.01M3.5 10h.01M3.5 14.5h.01M7 5.5h10M7 10h10M7 14.5h10"/></>],
  'i-pulse': [20, <><path d="M2.5 10.5h3l2-5.5 4 10 2.3-5.5h3.7"/></>],
  'i-stack': [20, <><path d="m10 3 7 3.5-7 3.5-7-3.5zM3 10.2l7 3.5 7-3.5M3 13.7l7 3.5 7-3.5"/></>],
  'i-bars': [20, <><path d="M3 17h14M5.5 14V9.5M10 14V4M14.5 14V7"/></>],
  'i-sliders': [20, <><path d="M3 6h7M14 6h3M3 14h3M10 14h7"/><circle cx="12" cy="6" r="2"/><circle cx="8" cy="14" r="2"/></>],
  'i-book': [20, <><path d="M10 5.5C8.5 4.3 6 3.8 3 4v11.5c3-.2 5.5.3 7 1.5 1.5-1.2 4-1.7 7-1.5V4c-3-.2-5.5.3-7 1.5zm0 0V17"/></>],
  'i-key': [20, <><circle cx="7" cy="13" r="3.5"/><path d="m9.5 10.5 7-7M13 7l2.5 2.5"/></>],
  'i-sun': [20, <><circle cx="10" cy="10" r="3.2"/><path d="M10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M15.3 4.7l-1 1M5.7 14.3l-1 1"/></>],
  'i-search': [20, <><circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 4 4"/></>],
  'i-down': [20, <><path d="M10 3v10M5.5 9 10 13.5 14.5 9M4 17h12"/></>],
  'i-up': [20, <><path d="M10 13.5V3.5M5.5 8 10 3.5 14.5 8M4 17h12"/></>],
  'i-link': [20, <><path d="M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1"/></>],
  'i-dice': [20, <><rect x="3" y="3" width="14" height="14" rx="3"/><path d="M7 7h.01M13 13h.01M13 7h.01M7 13h.01" stroke-width="2.2"/></>],
  'i-x': [20, <><path d="m5 5 10 10M15 5 5 15"/></>],
  'i-chevron': [20, <><path d="m7.5 4.5 5.5 5.5-5.5 5.5"/></>],
  'i-back': [20, <><path d="M12.5 4.5 7 10l5.5 5.5"/></>],
  'i-plus': [20, <><path d="M10 4v12M4 10h12"/></>],
  'i-code': [20, <><path d="m6.5 6-4 4 4 4M13.5 6l4 4-4 4"/></>],
  'i-copy': [20, <><rect x="7" y="7" width="10" height="10" rx="2"/><path d="M4.5 13A1.5 1.5 0 0 1 3 11.5v-7A1.5 1.5 0 0 1 4.5 3h7A1.5 1.5 0 0 1 13 4.5"/></>],
  'i-again': [20, <><path d="M16.5 10a6.5 6.5 0 1 1-2-4.7L16.5 7M16.5 3v4h-4"/></>],
  'i-more': [20, <><path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.6"/></>],
  'i-image': [20, <><rect x="2.5" y="3.5" width="15" height="13" rx="2"/><circle cx="7" cy="8" r="1.3"/><path d="m3 14.5 4.5-4 3 2.5 3-3 4 3.5"/></>],
  'i-video': [20, <><rect x="2.5" y="4.5" width="10.5" height="11" rx="2"/><path d="m13 9 4.5-2.5v7L13 11"/></>],
  'i-audio': [20, <><path d="M3 8.5v3M6.5 6v8M10 3.5v13M13.5 6.5v7M17 8.5v3"/></>],
  'i-text': [20, <><path d="M4 5h12M4 10h12M4 15h7"/></>],
  'i-bolt': [20, <><path d="M11 2.5 4.5 11.5H10l-1 6 6.5-9H10z"/></>],
  's-ok': [20, <><circle cx="10" cy="10" r="7.5"/><path d="m6.8 10.2 2.2 2.2 4.2-4.6"/></>],
  's-run': [20, <><path d="M10 2.5a7.5 7.5 0 1 1-7.5 7.5"/><circle cx="10" cy="10" r="2" fill="currentColor" stroke="none"/></>],
  's-wait': [20, <><circle cx="10" cy="10" r="7.5" stroke-dasharray="2.6 2.1"/><path d="M10 6.5V10l2.5 1.5"/></>],
  's-bad': [20, <><path d="M6.9 2.5h6.2l4.4 4.4v6.2l-4.4 4.4H6.9l-4.4-4.4V6.9z"/><path d="m7.5 7.5 5 5M12.5 7.5l-5 5"/></>],
  's-warn': [20, <><path d="M10 3 2.3 16.5h15.4zM10 8.5v3.5M10 14.3h.01"/></>],
  's-off': [20, <><circle cx="10" cy="10" r="7.5"/><path d="M5 15 15 5"/></>],
  's-pause': [20, <><rect x="2.5" y="2.5" width="15" height="15" rx="3"/><path d="M8 7v6M12 7v6"/></>],
  's-unknown': [20, <><path d="m10 2 8 8-8 8-8-8z"/><path d="M8.3 8.2a1.8 1.8 0 1 1 2.5 1.7c-.5.2-.8.5-.8 1M10 13.3h.01"/></>],
  's-step': [20, <><circle cx="10" cy="10" r="4"/></>],
};

/** An icon; it is silent, so whatever it stands for is written beside it. */
export function Icon({ id, extra = '' }: { id: string; extra?: string }) {
  const [box, shape] = SHAPES[id]!;
  return <svg class={`icon ${extra}`} viewBox={`0 0 ${box} ${box}`} aria-hidden="true" focusable="false">{shape}</svg>;
}
