// The models, asked once and kept for 5 minutes: what there is to choose from, and what each can do.
import { type Alias, ApiError, type Destination, get, type Kind, type Model, type Models, pauseToRetry, type Price, type Provider } from './api';
import { money } from './format';
import { shared } from './hooks';

const KEEP_MS = 5 * 60_000;
const NEVER = new AbortController().signal;

/** Something to ask: a model, or an alias, whose provider is left open. */
export interface Choice {
  id: string; provider: string; model: string; name: string; from: string; kinds: Kind[]; capabilities: string[]; price: string; retired: string | null; alias: Alias | null;
  /** The model whose limits the form follows: an alias is its first candidate. */
  first: Model;
}
export interface Catalogue { choices: Choice[]; kinds: Kind[] }

export const catalogue = shared<{ value: Catalogue | null; error: Error | null }>({ value: null, error: null });
let askedAt = 0, asks = 0;

export async function loadCatalogue(anew = false) {
  if (!anew && Date.now() - askedAt < KEEP_MS) return;
  askedAt = Date.now();
  const own = ++asks;
  for (let failures = 1; ; failures++) {
    try {
      const value = read(await get<Models>('models'));
      if (own === asks) catalogue.set({ value, error: null });
      return;
    } catch (e) {
      if (own !== asks) return;
      catalogue.set(now => ({ value: now.value, error: e as Error }));
      if (e instanceof ApiError && !e.passes) { askedAt = 0; return; }
      await pauseToRetry(failures, e, NEVER);
    }
  }
}

/** The models, once they are there. */
export async function whenLoaded(): Promise<Catalogue> {
  void loadCatalogue();
  return catalogue.value.value ?? new Promise(resolve => {
    const end = catalogue.watch(({ value }) => { if (value) { end(); resolve(value); } });
  });
}

const KINDS: Kind[] = ['image', 'video', 'audio', 'text'];

function read({ data, aliases }: Models): Catalogue {
  const choices: Choice[] = data.map(m => ({
    id: m.id, provider: m.provider, model: m.model, name: m.model.replace(/^fal-ai\//, ''), from: m.provider, kinds: [m.media_type], capabilities: m.capabilities, price: priceOf(m.price), retired: m.retired,
    alias: null, first: m,
  }));
  for (const alias of aliases) {
    const models = alias.candidates.map(c => data.find(m => m.provider === c.provider && m.model === c.model)).filter(m => m !== undefined);
    if (!models[0]) continue;
    choices.unshift({
      id: `auto/${alias.id}`, provider: 'auto', model: alias.id, name: alias.id, from: alias.candidates.map(c => c.model).join(', then '), kinds: [...new Set(models.map(m => m.media_type))],
      capabilities: [...new Set(models.flatMap(m => m.capabilities))], price: priceOf(models[0].price), retired: null, alias, first: models[0],
    });
  }
  return { choices, kinds: KINDS.filter(k => choices.some(c => c.kinds.includes(k) && !isRetired(c))) };
}

export const isRetired = (c: { retired: string | null }) => c.retired !== null && c.retired <= new Date().toISOString().slice(0, 10);

export function priceOf(price: Price | null): string {
  if (price?.per_result != null) return `${money(price.per_result)} each`;
  if (price?.per_second != null) return `${money(price.per_second)} a second`;
  if (price?.per_megapixel != null) return `${money(price.per_megapixel)} a megapixel`;
  if (price?.per_thousand_characters != null) return `${money(price.per_thousand_characters)} a thousand characters`;
  const results = Object.values(price?.per_result_by_size ?? {}), seconds = Object.values(price?.per_second_by_size ?? {});
  return results.length ? `from ${money(Math.min(...results))} each` : seconds.length ? `from ${money(Math.min(...seconds))} a second` : 'price not known';
}

/** About what one costs: of a picture a megapixel, of a clip 5 seconds, of a speech a thousand characters. */
export function cheapness(c: Choice): number {
  const p = c.first.price, least = (sizes: Record<string, number> | null | undefined) => Math.min(Infinity, ...Object.values(sizes ?? {}));
  return p?.per_result ?? p?.per_megapixel ?? p?.per_thousand_characters ?? Math.min(least(p?.per_result_by_size), (p?.per_second ?? least(p?.per_second_by_size)) * 5);
}

/** What the form offers at first: a model that gets work done, takes a prompt alone, and is known to cost little. */
export function usual(c: Catalogue, kind: Kind, providers: Provider[]): Choice | undefined {
  const all = c.choices.filter(m => m.kinds.includes(kind) && !isRetired(m)), open = all.filter(m => !blocked(m, providers)?.lasts), able = open.length ? open : all;
  const plain = able.filter(m => m.capabilities.some(x => x === `text-to-${kind}`));
  return (plain.length ? plain : able).find(m => m.model === 'flux-pro-1.1' || m.model === 'veo-3.1-fast-generate-001') ?? plain.find(m => cheapness(m) < Infinity) ?? plain[0] ?? able[0];
}

// ---------- Who takes work ----------
const takesWork = (d: Destination) => d.available && !d.drained;

/** Why a provider takes no work; null when it does. Only what somebody has done lasts: the rest may be over by the time it is asked. */
function whyNot(p: Provider | undefined): { text: string; lasts: boolean } | null {
  if (!p) return null;
  if (!p.has_key) return { text: `${p.name} has no key`, lasts: true };
  if (p.destinations.some(takesWork)) return null;
  if (p.destinations.length > 0 && p.destinations.every(d => d.drained)) return { text: `${p.name} is drained`, lasts: true };
  const suspended = p.destinations.find(d => d.suspended)?.suspended;
  return { text: suspended === 'INSUFFICIENT_CREDITS' ? `${p.name}'s account is empty` : suspended === 'AUTHENTICATION_FAILED' ? `${p.name} refuses our key` : `${p.name} takes no work for now`, lasts: false };
}

/** Why a choice would get no work done; null when it would. An alias does as long as one of its candidates does. */
export function blocked(c: Choice, providers: Provider[]): { text: string; lasts: boolean } | null {
  const reasons = (c.alias?.candidates.map(x => x.provider) ?? [c.provider]).map(name => whyNot(providers.find(p => p.name === name)));
  return reasons.every(r => r !== null) ? reasons.find(r => !r!.lasts) ?? reasons[0] ?? null : null;
}

/** How long jobs at the provider take lately, milliseconds. */
export function pace(c: Choice, providers: Provider[]): number | null {
  const at = providers.find(p => p.name === c.first.provider)?.destinations.find(takesWork);
  return at?.last_hour?.p50_ms ?? at?.latency_ms ?? null;
}
