import { useState } from 'preact/hooks';
import { ApiError, forgetMedia, keys, pauseToRetry, send, type Whoami } from './api';
import { forgetDraft } from './draft';
import { whoami } from './hooks';
import { Dialog } from './parts';
import { forgetSession } from './runs';

const CLIENT = 'framegate.client';

function forgetAll() {
  sessionStorage.removeItem(CLIENT);
  forgetMedia();
  forgetSession();
  forgetDraft();
}

/** What this tab holds is one client's: once another is here, it is gone. The admin key is no client's, and changes nothing. */
function belongTo(client: string | null) {
  if (client === null) return;
  const before = sessionStorage.getItem(CLIENT);
  if (before !== null && before !== client) forgetAll();
  sessionStorage.setItem(CLIENT, client);
}

export async function askWhoami(signal: AbortSignal): Promise<void> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      const who = await (await send('whoami', { signal })).json() as Whoami;
      belongTo(who.client);
      return whoami.set(who);
    } catch (e) {
      // The dialog is open by then, or the line shows that nobody answers.
      if (signal.aborted || (e instanceof ApiError && !e.passes)) return;
      await pauseToRetry(failures, e, signal);
    }
  }
}

/** One field for either key; the gateway finds out which it is. */
export function KeyDialog({ onClose, onChanged }: { onClose(): void; onChanged(): void }) {
  const [key, set] = useState(''), [wrong, report] = useState<string | null>(null), who = whoami.use();
  const use = async () => {
    try {
      const answer = await (await send('whoami', { key: key.trim(), quiet: true })).json() as Whoami;
      keys.set(answer.admin && answer.client === null ? 'admin' : 'client', key.trim());
      forgetMedia();
      belongTo(answer.client);
      whoami.set(await (await send('whoami')).json() as Whoami);
      onClose();
      onChanged();
    } catch (e) { report(e instanceof ApiError && e.status === 401 ? 'It is nobody’s key.' : (e as Error).message); }
  };
  const forget = () => { keys.forget(); forgetAll(); whoami.set(null); onClose(); onChanged(); };
  return (
    <Dialog narrow title="Key" onClose={onClose} foot={<>{(keys.client || keys.admin) && <button class="button button--quiet button--danger" type="button" onClick={forget}>Forget {keys.client && keys.admin ? 'both keys' : 'the key'}</button>}
      <button class="button push" type="button" onClick={onClose}>Cancel</button><button class="button button--primary" type="submit" form="key-form" disabled={!key.trim()}>Use this key</button></>}>
      <form id="key-form" class="stack" onSubmit={e => { e.preventDefault(); void use(); }}>
        <p class="soft">{who && !who.keys_required && who.admin ? 'This gateway wants no key from this machine.' : 'This gateway wants a key. A client key opens the playground and its own generations; the admin key opens the rest. Both can be used side by side.'}</p>
        <div class="field"><label class="field__label" for="key">Client or admin key</label>
          <input class="input mono" id="key" type="password" autocomplete="off" spellcheck={false} value={key} onInput={e => { set(e.currentTarget.value); report(null); }} aria-describedby="key-hint" aria-invalid={wrong ? true : undefined} autoFocus />
          {wrong && <span class="field__error" role="alert">{wrong}</span>}
          <span class="field__hint" id="key-hint">Kept in this tab only, and forgotten when you close it.</span></div>
      </form>
    </Dialog>
  );
}
