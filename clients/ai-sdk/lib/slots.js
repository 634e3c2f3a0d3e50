// One call of the AI SDK has one headers object, the same over its retries and its parallel parts. A part that comes after a failed one of the same size is that
// one's retry and takes over its idempotency key, so that nothing is paid for twice.
const calls = new WeakMap();

const newKey = () => `ai-${crypto.randomUUID()}`;

function givenKey(headers) {
  return Object.entries(headers ?? {}).find(([name, value]) => name.toLowerCase() === 'idempotency-key' && value != null)?.[1];
}

/** The place of a part of a call; it holds the idempotency key of each of its own parts. */
export function slotOf(headers, size) {
  let slots = headers ? calls.get(headers) : [];
  if (!slots) {
    slots = [];
    calls.set(headers, slots);
  }

  let slot = slots.find(s => s.state === 'failed' && s.size === size);
  if (!slot) {
    const given = givenKey(headers);
    const key = given ? (slots.length > 0 ? `${given}-${slots.length + 1}` : given) : newKey();
    slot = { index: slots.length, size, keys: Array.from({ length: size }, (_, part) => (size > 1 ? `${key}.${part + 1}` : key)) };
    slots.push(slot);
  }

  slot.state = 'running';
  return slot;
}

/** Where a part ended and surely was not paid, the next try of it is another order. The other parts keep their keys: they may have been paid. */
export function renewEnded(slot, settled) {
  settled.forEach((s, part) => {
    if (s.status === 'rejected' && s.reason?.ended && s.reason.isRetryable) {
      slot.keys[part] = newKey();
    }
  });
}
