// Why something failed, in a sentence with its remedy; the code beside it as the API spells it.
import type { Generation, Problem } from './api';
import { money } from './format';

export function headline(problem: Problem): string {
  const who = problem.provider ?? 'Framegate';
  switch (problem.code) {
    case 'CONTENT_POLICY_VIOLATION': return `${who} refused the prompt`;
    case 'RATE_LIMIT_EXCEEDED': return problem.provider ? `${who} takes no more for now` : 'Too many requests';
    // Ours to refuse: a budget of the client, or the most that a request may cost.
    case 'INSUFFICIENT_CREDITS': return problem.provider ? `${who}'s account is empty` : 'It would cost more than is allowed';
    case 'AUTHENTICATION_FAILED': return problem.provider ? `${who} refused our key` : 'The key is refused';
    case 'TIMEOUT': return problem.details?.reason === 'submit_outcome_unknown' ? `Whether ${who} has it is unknown` : `${who} took too long`;
    case 'NETWORK_ERROR': return problem.provider ? `${who} could not be reached` : 'The gateway could not be reached';
    case 'INVALID_REQUEST': return 'The request cannot be done as it is';
    case 'INVALID_MODEL': return 'The model does not do this';
    default: return problem.details?.reason === 'cancelled' ? 'Cancelled' : `${who} failed`;
  }
}

export function remedy(problem: Problem): string {
  if (problem.details?.reason === 'submit_outcome_unknown') return 'It is not sent again, because it could be paid twice.';
  switch (problem.code) {
    case 'CONTENT_POLICY_VIOLATION': return 'Another wording may pass; sending the same again will not.';
    case 'RATE_LIMIT_EXCEEDED': return problem.retry_after ? `It can be sent again in ${problem.retry_after} s.` : 'It can be sent again in a moment.';
    case 'INSUFFICIENT_CREDITS': return !problem.provider ? '' : 'It works again once the account has credit; until then another model helps.';
    default: return problem.retryable ? 'It can be sent again.' : '';
  }
}

/** A text of somebody else's, so that another sentence can follow. */
export const sentence = (text: string) => /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;

/** What the failure may have cost. */
export function billing(g: Generation): string {
  const tries = g.metadata.attempts.filter(a => a.billed !== 'no');
  if (tries.length === 0) return 'Nothing was billed.';
  const who = [...new Set(tries.map(a => a.provider))].join(' and ');
  return tries.some(a => a.billed === 'yes') ? `${who} bills it: ${money(g.cost, g.metadata.cost_estimated)}.` : `${who} may still bill ${money(g.cost, g.metadata.cost_estimated)}.`;
}
