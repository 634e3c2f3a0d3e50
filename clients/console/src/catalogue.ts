// The models, asked once and kept for 5 minutes: what there is to choose from, and what each can do.
import { type Alias, get, type Kind, type Model, type Models, type Price } from './api';
import { money } from './format';
import { shared } from './hooks';

const KEEP_MS = 5 * 60_000;

/** Something to ask: a model, or an alias, whose provider is left open. */
export interface Choice {
  id: string; provider: string; model: string; name: string; from: string; kinds: Kind[]; capabilities: string[]; price: string; retired: string | null; alias: Alias | null;
  /** The model whose limits the form follows: an alias is its first candidate. */
  first: Model;
}
export interface Catalogue { choices: Choice[]; kinds: Kind[] }

export const catalogue = shared<{ value: Catalogue | null; error: Error | null }>({ value: null, error: null });
let askedAt = 0;

export async function loadCatalogue(anew = false) {
  if (!anew && Date.now() - askedAt < KEEP_MS) return;
  askedAt = Date.now();
  try {
    catalogue.set({ value: read(await get<Models>('models')), error: null });
  } catch (e) {
    askedAt = 0;
    catalogue.set(now => ({ value: now.value, error: e as Error }));
  }
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
  const sizes = Object.values(price?.per_second_by_size ?? {});
  return sizes.length ? `from ${money(Math.min(...sizes))} a second` : 'price not known';
}

export const cheapness = (c: Choice) => c.first.price?.per_result ?? (c.first.price?.per_second ?? Infinity) * 5;

/** What the form offers at first: a model that takes a prompt alone, known to cost little. */
export function usual(c: Catalogue, kind: Kind): Choice | undefined {
  const able = c.choices.filter(m => m.kinds.includes(kind) && !isRetired(m));
  const plain = able.filter(m => m.capabilities.some(x => x === `text-to-${kind}`));
  return (plain.length ? plain : able).find(m => m.model === 'flux-pro-1.1' || m.model === 'veo-3.1-fast-generate-001') ?? plain.find(m => cheapness(m) < Infinity) ?? plain[0] ?? able[0];
}
