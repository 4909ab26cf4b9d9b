/** An answer of another HTTP status than 200, or none at all: the two that Slack's own API gives, and broken lines. */
export class ApiStop extends Error {
  override readonly name = 'ApiStop';
  /** HTTP status; undefined: the connection is cut without an answer. */
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  private constructor(status: number | undefined, retryAfterSeconds?: number) {
    super(status === undefined ? 'connection cut' : `HTTP ${status}`);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static rateLimited(retryAfterSeconds: number): ApiStop {
    return new ApiStop(429, retryAfterSeconds);
  }
  static unavailable(): ApiStop {
    return new ApiStop(503);
  }
  static cut(): ApiStop {
    return new ApiStop(undefined);
  }
}
