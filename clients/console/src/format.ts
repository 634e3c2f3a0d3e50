// Numbers, money and time as the whole console writes them.

const thousands = (text: string) => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** How many decimals a single cost needs: two to four. */
export const decimals = (value: number | null | undefined) => value ? 4 - /0{0,2}$/.exec(value.toFixed(4))![0].length : 2;

/** A single cost: two to four decimals, as many as it needs, or as its column needs. */
export function money(value: number | null | undefined, estimated = false, least = 2): string {
  if (value === null || value === undefined) return 'not known';
  const sign = estimated && value > 0 ? '≈ ' : '';
  if (value > 0 && value < 0.0001) return '< $0.0001';
  const [whole, part] = value.toFixed(Math.max(least, decimals(value))).split('.') as [string, string];
  return `${sign}$${thousands(whole)}.${part}`;
}

/** A total: two decimals; what is above nothing never shows as nothing. */
export function total(value: number): string {
  if (value > 0 && value < 0.005) return '< $0.01';
  const [whole, part] = value.toFixed(2).split('.') as [string, string];
  return `$${thousands(whole)}.${part}`;
}

/** Totals of a column that add up, to the cent, to the total of all: each is rounded with what those above it have left. */
export function totals(values: number[]): string[] {
  let exact = 0, shown = 0;
  return values.map(value => {
    exact += value;
    const cents = Math.max(0, Math.round(exact * 100 - shown));
    shown += cents;
    return cents === 0 && value > 0 ? '< $0.01' : total(cents / 100);
  });
}

export const count = (value: number) => thousands(String(value));

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '';
  if (ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} min`;
}

/** A clock that runs: 0:42. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export const mebibytes = (bytes: number) => bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MiB`;

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** An instant, local: today with seconds, older ones with their day, those of other years with theirs. */
export function instant(iso: string | null | undefined): string {
  if (!iso) return '';
  const at = new Date(iso), now = new Date();
  return at.toDateString() === now.toDateString() ? time.format(at) : at.getFullYear() === now.getFullYear() ? dayTime.format(at).replace(',', '') : dayOfYear.format(at);
}

const two = (n: number) => String(n).padStart(2, '0');

/** An instant in full: local, with the offset it had. */
export function fullInstant(iso: string): string {
  const at = new Date(iso), minutes = -at.getTimezoneOffset(), size = Math.abs(minutes);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

export const dayName = (iso: string) => day.format(new Date(`${iso}T00:00:00Z`));

/** The zone of local instants, as in UTC+1. */
export function zone(): string {
  const minutes = -new Date().getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

export const percent = (share: number, decimals = 0) => `${(share * 100).toFixed(decimals)} %`;

export function typeName(contentType: string): string {
  const name = contentType.split('/')[1] ?? contentType;
  return (name === 'mpeg' ? 'mp3' : name.replace('x-', '')).toUpperCase();
}
