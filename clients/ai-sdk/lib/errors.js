// No dependency on the AI SDK: it knows its errors by symbols, so one file serves ai 6 and ai 7.
const marker = type => Symbol.for(`vercel.ai.error${type ? `.${type}` : ''}`);

/** What went wrong with a call of Framegate. The AI SDK repeats the model call only when isRetryable is true. */
export class FramegateError extends Error {
  constructor({ message, url, statusCode, responseHeaders, responseBody, requestBodyValues, isRetryable, cause, data, ended = false }) {
    super(message, { cause });
    this.name = 'AI_APICallError';
    this[marker()] = true;
    this[marker('AI_APICallError')] = true;
    Object.assign(this, { url, requestBodyValues, statusCode, responseHeaders, responseBody, isRetryable, data, ended });
  }
}

/** Whether an order may run although its part failed: no answer came, somebody in between answered, or the looks at what had begun broke off. The same keys lead back to it. */
export const mayHaveBegun = error => error?.isRetryable === true && !error.ended && (error.begun === true || error.statusCode === undefined || error.data === undefined);

/** The error of a call of several parts: one that the next try can turn into a paid result, else one that no try mends. */
export const worstOf = errors => errors.find(mayHaveBegun) ?? errors.find(e => !e.isRetryable) ?? errors[0];
