// What the form holds. It survives a reload: everything is kept in this tab, pictures as ids of uploads.
import { type Kind, type Media, send } from './api';
import type { Choice } from './catalogue';
import { mebibytes } from './format';
import { shared, whoami } from './hooks';

/** An upload by its id, or a link. */
export interface Input { id: string; name: string; type: string; url?: string }
export interface Draft { kind: Kind; models: string[]; prompt: string; parameters: Record<string, string>; inputs: Record<string, Input> }

const KEY = 'framegate.draft', EMPTY: Draft = { kind: 'image', models: [], prompt: '', parameters: {}, inputs: {} };

function stored(): Draft {
  try { return { ...EMPTY, ...JSON.parse(sessionStorage.getItem(KEY) ?? '{}') }; } catch { return EMPTY; }
}

export const draft = shared<Draft>(stored());

export function change(part: Partial<Draft> | ((d: Draft) => Partial<Draft>)) {
  draft.set(d => ({ ...d, ...(typeof part === 'function' ? part(d) : part) }));
  // What does not fit into the tab's store is lost by a reload, and by nothing else.
  try { sessionStorage.setItem(KEY, JSON.stringify(draft.value)); } catch { sessionStorage.removeItem(KEY); }
}

/** Empties the form: its prompt and its files are those of the client that has filled it. */
export function forgetDraft() {
  sessionStorage.removeItem(KEY);
  draft.set(EMPTY);
  arrivals.set({});
}

export const setParameter = (name: string, value: string) => change(d => {
  const parameters = { ...d.parameters, [name]: value };
  if (value === '') delete parameters[name];
  return { parameters };
});

export interface Slot { name: string; label: string; accept: string }
const IMAGES = 'image/png,image/jpeg,image/webp,image/gif';

const REFERENCE = 'reference_images', MOST_REFERENCES = 16;
export const referenceAt = (i: number) => `${REFERENCE}.${i}`;
const referencesOf = (inputs: Record<string, Input>) => Array.from({ length: MOST_REFERENCES }, (_, i) => referenceAt(i)).filter(name => inputs[name]);

/** How many pictures a model may take beside those that have a slot of their own. What it makes of them the gateway decides. */
function references(c: Choice): number {
  // An alias can what any of its models can; how many pictures the first of them takes holds for that one alone. Two of a clip are its frames, which have their slots.
  const most = c.first.limits.max_input_images ?? 0, can = (x: string) => c.first.capabilities.includes(x);
  return can('image-to-image') ? most - 1 : can('references') || (can('image-to-video') && most > 2) ? most : 0;
}

/** The inputs that a model takes, by what it can do; of further pictures those that are there, and a place for the next. */
export function slots(c: Choice, inputs: Record<string, Input> = draft.value.inputs): Slot[] {
  const can = (x: string) => c.capabilities.includes(x), list: Slot[] = [];
  if (can('image-to-image') || can('inpainting') || can('outpainting') || (can('upscale') && c.kinds.includes('image'))) list.push({ name: 'image', label: 'Image to start from', accept: IMAGES });
  if (can('image-to-video')) list.push({ name: 'image', label: 'First frame', accept: IMAGES }, { name: 'last_image', label: 'Last frame', accept: IMAGES });
  if (can('inpainting')) list.push({ name: 'mask', label: 'Mask', accept: IMAGES });
  if (can('controlnet')) list.push({ name: 'control_image', label: 'Control image', accept: IMAGES });
  if (can('video-to-video') || can('extend')) list.push({ name: 'video', label: 'Clip', accept: 'video/mp4,video/webm,video/quicktime' });
  const all = Array.from({ length: MOST_REFERENCES }, (_, i) => referenceAt(i)), isTaken = (name: string) => !!inputs[name] || isBusy(name);
  const given = c.first.media_type === 'image' || c.first.media_type === 'video' ? all.filter(isTaken) : [], most = Math.min(references(c), MOST_REFERENCES), free = all.slice(0, most).find(name => !isTaken(name));
  if (most > 1 || given.length) [...given, ...(free && given.length < most ? [free] : [])].forEach((name, i) => list.push({ name, label: `Reference ${i + 1}`, accept: IMAGES }));
  return list.filter((s, i) => list.findIndex(o => o.name === s.name) === i);
}

export type Field =
  | { name: string; label: string; type: 'shape'; options: string[] }
  | { name: string; label: string; type: 'select'; options: [string, string][] }
  | { name: string; label: string; type: 'number'; min?: number; max?: number; step?: number; hint?: string; dice?: boolean }
  | { name: string; label: string; type: 'text'; hint?: string };

const SHAPES = ['1:1', '4:3', '3:4', '16:9', '9:16'];
const seconds = (n: number) => `${n} second${n === 1 ? '' : 's'}`;

/** The fields of a model: those that one always wants to see, and the others. */
export function fields(c: Choice, inputs: Record<string, Input>): { main: Field[]; more: Field[] } {
  const { limits } = c.first, kind = c.first.media_type, visual = kind === 'image' || kind === 'video', can = (x: string) => c.capabilities.includes(x);
  const main: Field[] = [], more: Field[] = [];
  if (visual && !limits.size_is_fixed) {
    if (limits.sizes) main.push({ name: 'size', label: 'Size', type: 'select', options: limits.sizes.map(s => [s, s.replace('x', ' × ')]) });
    else main.push({ name: 'aspect_ratio', label: 'Shape', type: 'shape', options: limits.aspect_ratios?.slice(0, 10) ?? SHAPES });
  }
  if (limits.resolutions) main.push({ name: 'resolution', label: 'Resolution', type: 'select', options: limits.resolutions.map(r => [r, r]) });
  if (limits.durations) main.push({ name: 'duration', label: 'Length', type: 'select', options: [...limits.durations].sort((a, b) => a - b).map(d => [String(d), seconds(d)]) });
  else if (kind !== 'image' && kind !== 'text' && (limits.min_duration !== null || limits.max_duration !== null)) {
    main.push({ name: 'duration', label: 'Length, seconds', type: 'number', min: limits.min_duration ?? 1, max: limits.max_duration ?? undefined, hint: limits.max_duration ? `${limits.min_duration ?? 1} to ${limits.max_duration}` : undefined });
  }
  if (visual) main.push({ name: 'seed', label: 'Seed', type: 'number', min: 0, max: 4294967295, hint: 'random', dice: true });
  if ((limits.max_results ?? 1) > 1) main.push({ name: 'n', label: kind === 'image' ? 'Images' : 'Results', type: 'number', min: 1, max: limits.max_results!, hint: '1' });
  if (can('audio') && kind === 'video') main.push({ name: 'audio', label: 'Sound', type: 'select', options: [['true', 'On'], ['false', 'Off']] });
  if (kind === 'audio') more.push({ name: 'voice', label: 'Voice', type: 'text', hint: 'as the model has it' });
  if (visual) more.push({ name: 'negative_prompt', label: 'Not to show', type: 'text' });
  if (inputs.image || inputs.video) more.push({ name: 'strength', label: 'Change, 0 to 1', type: 'number', min: 0, max: 1, step: 0.05 });
  if (visual) more.push({ name: 'guidance', label: 'Guidance', type: 'number', min: 0, step: 0.5 }, { name: 'steps', label: 'Steps', type: 'number', min: 1 });
  if (kind === 'video') more.push({ name: 'fps', label: 'Frames a second', type: 'number', min: 1 });
  if (kind === 'image' || kind === 'audio') more.push({ name: 'output_format', label: 'Format', type: 'select', options: (kind === 'image' ? ['png', 'jpeg', 'webp'] : ['mp3', 'wav']).map(f => [f, f.toUpperCase()]) });
  more.push({ name: 'enhance_prompt', label: 'Rewrite the prompt', type: 'select', options: [['true', 'Yes'], ['false', 'No']] });
  if (visual) more.push({ name: 'safety', label: 'Safety, 0 strict', type: 'number', min: 0 });
  return { main, more };
}

const NUMBERS = ['duration', 'seed', 'n', 'strength', 'guidance', 'steps', 'fps', 'safety'], FLAGS = ['audio', 'enhance_prompt'];

/** A number; what is none stays as it was written, so that the gateway refuses it instead of leaving it out. */
const numberOf = (text: string) => Number.isFinite(Number(text)) ? Number(text) : text;

/** The body of a request: of what is set, that which this model's form shows. */
export function bodyOf(d: Draft, c: Choice, seed?: number) {
  const shown = fields(c, d.inputs), names = new Set([...shown.main, ...shown.more].map(f => f.name)), parameters: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(d.parameters)) {
    if (!names.has(name)) continue;
    if (name === 'size') [parameters.width, parameters.height] = value.split('x').map(Number);
    else parameters[name] = NUMBERS.includes(name) ? numberOf(value) : FLAGS.includes(name) ? value === 'true' : value;
  }
  if (seed !== undefined && names.has('seed')) parameters.seed = seed;
  for (const slot of slots(c, d.inputs)) {
    const input = d.inputs[slot.name], value = input && (input.url ?? `media:${input.id}`);
    if (!value) continue;
    if (slot.name.startsWith(REFERENCE)) parameters[REFERENCE] = [...(parameters[REFERENCE] as string[] ?? []), value];
    else parameters[slot.name] = value;
  }
  return { schema_version: '2.0', provider: c.provider, model: c.model, media_type: d.kind, prompt: d.prompt, parameters };
}

export const drawSeed = () => crypto.getRandomValues(new Uint32Array(1))[0]!;

// ---------- What comes in as a file ----------
/** What stands at a slot while its file is read, and why it has none. Under '' is what has no slot. */
export const arrivals = shared<Record<string, { busy?: string; error?: string }>>({});
const isBusy = (slot: string) => arrivals.value[slot]?.busy !== undefined;
const arrive = (slot: string, what: { busy?: string; error?: string } = {}) => arrivals.set(a => ({ ...a, [slot]: what }));

const fits = (file: Blob, slot: Slot) => !file.type || slot.accept.split(',')[0]!.split('/')[0] === file.type.split('/')[0];

/** The slot for a file that was dropped or pasted anywhere: the first free one of its kind. */
export const slotFor = (file: Blob, list: Slot[]) => { const able = list.filter(s => fits(file, s)); return able.find(s => !draft.value.inputs[s.name] && !isBusy(s.name)) ?? able[0]; };

/** Takes several files, each to the first free place of its kind. */
export async function takeAll(files: Iterable<File>, c: Choice | null | undefined) {
  for (const file of files) await takeIn(file, file.name || 'pasted', slotFor(file, c ? slots(c) : []));
}

/** Takes an input out; the references behind it move up. */
export const removeInput = (name: string) => change(d => {
  const { [name]: _, ...rest } = d.inputs, kept = referencesOf(rest).map(n => rest[n]!), inputs = Object.fromEntries(Object.entries(rest).filter(([n]) => !n.startsWith(REFERENCE)));
  kept.forEach((input, i) => { inputs[referenceAt(i)] = input; });
  return { inputs };
});

/** Takes a link in the place of a file; the gateway, or the provider, fetches it. Of several that were dropped it is the first. */
export function takeLink(text: string, slot: Slot) {
  let url: URL | null = null;
  try { url = new URL(text.split(/\r?\n/).find(line => line.trim() && !line.startsWith('#'))?.trim() ?? ''); } catch { /* It is none, which is reported below. */ }
  if (url?.protocol !== 'https:') return arrive(slot.name, { error: 'A link begins with https://.' });
  change(d => ({ inputs: { ...d.inputs, [slot.name]: { id: '', url: url.href, name: url.href, type: slot.accept.startsWith('video') ? 'video/mp4' : 'image/png' } } }));
  arrive(slot.name);
}

/** Takes a file; without a slot it is refused. What is wrong with it stands where it was to go. */
export async function takeIn(file: Blob, name: string, slot: Slot | undefined) {
  if (!slot) return arrive('', { error: `${name} cannot be an input of this model.` });
  arrive('');
  if (!fits(file, slot)) return arrive(slot.name, { error: `${name} is no ${slot.accept.startsWith('video') ? 'clip' : 'picture'}.` });
  const most = whoami.value?.max_input_bytes;
  if (most && file.size > most) return arrive(slot.name, { error: `${name} has ${mebibytes(file.size)}; ${mebibytes(most)} is the most that can be sent. A link to it may lead to more.` });
  arrive(slot.name, { busy: name });
  try {
    const media = await (await send('media', { method: 'POST', raw: file })).json() as Media;
    if (slot.accept.split(',')[0]!.split('/')[0] !== media.type) return arrive(slot.name, { error: `${name} is no ${slot.accept.startsWith('video') ? 'clip' : 'picture'}.` });
    change(d => ({ inputs: { ...d.inputs, [slot.name]: { id: media.id, name, type: media.content_type } } }));
    arrive(slot.name);
  } catch (e) {
    arrive(slot.name, { error: `${name}: ${(e as Error).message}` });
  }
}
