/**
 * The one error type that services throw on purpose. `code` is what code branches on, `message` is a sentence
 * for a person, `details` goes to the log only.
 */
export class RefillError extends Error {
  override readonly name = 'RefillError';
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
