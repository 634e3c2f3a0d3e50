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
