/** Where a request goes: what it is drawn by, counted and judged by. */
export const SURFACES = ['api', 'usage', 'vendor', 'slack', 'processor', 'pages'] as const;
export type Surface = (typeof SURFACES)[number];

/** A request as it is sent. */
export interface FuzzRequest {
  surface: Surface;
  /** What it is about, in short: an operation, a command, the id of a button. */
  what: string;
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Whether it goes twice, as senders repeat what was not answered. */
  isTwice: boolean;
  /** Of a submitted form: the blocks that an answer may name. */
  blockIds?: readonly string[];
}

export interface FuzzAnswer {
  status: number;
  type: string;
  text: string;
}
