import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Kind, Provider } from './api';
import { blocked, type Catalogue, cheapness, type Choice, isRetired, pace } from './catalogue';
import { duration } from './format';
import { Icon } from './icons';
import { Dialog } from './parts';

type Order = 'provider' | 'cheap' | 'fast' | 'name';

/** Which model. Aliases first, then by provider; retired ones only for who asks for them by name. */
export function ModelPicker({ catalogue, providers, kind, chosen, onPick, onClose }: { catalogue: Catalogue; providers: Provider[]; kind: Kind; chosen: string; onPick(id: string): void; onClose(): void }) {
  const [text, search] = useState(''), [ability, need] = useState(''), [order, sort] = useState<Order>('provider');
  const all = useMemo(() => catalogue.choices.filter(c => c.kinds.includes(kind)), [catalogue, kind]);
  const abilities = useMemo(() => [...new Set(all.flatMap(c => c.capabilities))].sort(), [all]);
  const found = all.filter(c => (!isRetired(c) || (text.length > 3 && c.model.toLowerCase() === text.toLowerCase())) && (!ability || c.capabilities.includes(ability))
    && `${c.model} ${c.provider}`.toLowerCase().includes(text.toLowerCase()));
  const groups = new Map<string, Choice[]>();
  const sorted = order === 'cheap' ? [...found].sort((a, b) => cheapness(a) - cheapness(b)) : order === 'fast' ? [...found].sort((a, b) => (pace(a, providers) ?? 1e9) - (pace(b, providers) ?? 1e9)) : order === 'name' ? [...found].sort((a, b) => a.name.localeCompare(b.name)) : found;
  const free = sorted.filter(c => !isRetired(c) && !blocked(c, providers)?.lasts);
  for (const c of sorted) {
    const group = c.alias ? 'Aliases' : order === 'provider' ? c.provider : order === 'cheap' ? 'Cheapest first' : order === 'fast' ? 'Fastest first' : 'By name';
    groups.set(group, [...groups.get(group) ?? [], c]);
  }

  // What is chosen is in sight, without taking the focus from the search.
  useEffect(() => { document.querySelector('.options [aria-selected="true"]')?.scrollIntoView({ block: 'center' }); }, []);

  const keys = (event: KeyboardEvent) => {
    const options = [...document.querySelectorAll<HTMLElement>('.option:not([aria-disabled="true"])')], at = options.indexOf(document.activeElement as HTMLElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { event.preventDefault(); options[Math.max(0, Math.min(options.length - 1, at + by))]?.focus(); }
    if (event.key === 'Enter' && at < 0) { event.preventDefault(); options[0]?.click(); }
  };

  return (
    <Dialog hasAddress title="Model" hint={`${all.filter(c => !isRetired(c)).length} for ${kind}`} onClose={onClose} foot={<span class="faint small push">Retired models are left out.</span>}>
      <div class="row row--wrap" onKeyDown={keys}>
        <div class="search"><Icon id="i-search" /><input class="input input--small" type="search" placeholder="Name or provider" aria-label="Name or provider" value={text} onInput={e => search(e.currentTarget.value)} autoFocus /></div>
        <select class="select select--small" aria-label="Needs" value={ability} onChange={e => need(e.currentTarget.value)}>
          <option value="">Any ability</option>{abilities.map(a => <option key={a} value={a}>{a.replaceAll('-', ' ')}</option>)}</select>
        <select class="select select--small" aria-label="Order" value={order} onChange={e => sort(e.currentTarget.value as Order)}>
          <option value="provider">By provider</option><option value="cheap">Cheapest first</option><option value="fast">Fastest first</option><option value="name">By name</option></select>
      </div>
      <div class="options" onKeyDown={keys}>
        {found.length === 0 && <p class="faint small options__none">Nothing matches.</p>}
        {[...groups].map(([name, list]) => (
          <div key={name} role="listbox" aria-label={name}>
            <div class="options__head" role="presentation">{name}</div>
            {list.map(c => {
              const retired = isRetired(c), why = blocked(c, providers), off = retired || why?.lasts === true, took = pace(c, providers), pick = () => { if (!off) onPick(c.id); };
              return (
                <div class="option" role="option" key={c.id} aria-selected={c.id === chosen} aria-disabled={off || undefined} tabIndex={off ? undefined : c.id === chosen || (c === free[0] && !free.some(o => o.id === chosen)) ? 0 : -1} onClick={pick}
                  onKeyDown={e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); e.stopPropagation(); pick(); } }}>
                  <Icon id="s-ok" /><span class="option__name truncate">{c.name}</span>
                  <span class="option__more truncate">{why && !retired ? <span class="row warning"><Icon id="s-warn" />{why.text}</span> : retired ? `retired on ${c.retired}` : c.alias ? c.from : order === 'provider' ? c.capabilities.map(a => a.replaceAll('-', ' ')).join(', ') : c.provider}</span>
                  <span class="option__end">{c.price}{took !== null && <><br /><span class="faint">about {duration(took)}</span></>}</span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </Dialog>
  );
}
