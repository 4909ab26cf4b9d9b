/** What Slack answers instead of doing what was asked: `{ ok: false, error: code, ... }`. */
export class SlackError extends Error {
  override readonly name = 'SlackError';
  readonly code: string;
  /** Further fields of the answer, e.g. `needed`, `response_metadata`. */
  readonly extra: Record<string, unknown>;

  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** `invalid_arguments` with the reasons, as Slack words them. */
export const invalidArguments = (...reasons: string[]): SlackError =>
  new SlackError('invalid_arguments', {
    response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
  });

/** `invalid_blocks` with the reasons, as Slack words them. */
export const invalidBlocks = (reasons: readonly string[]): SlackError =>
  new SlackError('invalid_blocks', {
    errors: reasons,
    response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
  });
