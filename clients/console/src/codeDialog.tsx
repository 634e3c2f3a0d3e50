import { useState } from 'preact/hooks';
import { code, type Language, LANGUAGES } from './code';
import { copy, whoami } from './hooks';
import { Icon } from './icons';
import { Dialog, Segmented } from './parts';

export function CodeDialog({ body, hasAddress, onClose }: { body: object; hasAddress?: boolean; onClose(): void }) {
  const [language, set] = useState<Language>('curl'), text = code(language, body, whoami.value?.keys_required ?? true);
  return (
    <Dialog hasAddress={hasAddress} title="This request as code" onClose={onClose} foot={<>
      <button class="button" type="button" onClick={onClose}>Close</button>
      <button class="button button--primary" type="button" onClick={() => copy(text, 'The code is copied.')}><Icon id="i-copy" />Copy</button></>}>
      <Segmented label="Language" value={language} options={LANGUAGES.map(l => [l, l])} onChange={l => set(l as Language)} />
      <pre class="code" tabIndex={0} aria-label={`The call in ${language}`}>{text}</pre>
      {whoami.value?.keys_required && <p class="small faint">The key is read from <span class="mono">FRAMEGATE_KEY</span>; it is not in the text.</p>}
    </Dialog>
  );
}
