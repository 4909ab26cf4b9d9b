import type { FileHandle } from 'node:fs/promises';
import type pg from 'pg';
import type { Clock } from '../../clock.ts';
import type { Db, ExportState } from '../../db/index.ts';
import type { UsageFilter } from '../../ledger/index.ts';
import type { Logger } from '../../log.ts';
import type { Money } from '../../money.ts';

/** Which usage of the asker's own company; the same everywhere, so that a file matches its screen (R26). */
export type ExportQuery = Omit<UsageFilter, 'companyId' | 'within'>;

export type ExportFailure =
  | 'not-allowed'
  | 'bad-time-zone'
  | 'too-many-records'
  | 'channel-closed'
  | 'uploads-refused'
  | 'file-too-large'
  | 'broken';

/** An export as its asker may know it. */
export interface ExportFacts {
  companyId: bigint;
  id: bigint;
  token: string;
  state: ExportState;
  by: { teamId: string; userId: string };
  /** Who scheduled it; null: it was asked for. */
  scheduledBy: string | null;
  /** The conversation it was asked in, where a file could go. */
  askedIn: string | null;
  query: ExportQuery;
  /** What the query is narrowed to, by name; empty where it is not. */
  only: { offices: string[]; departments: string[]; people: string[]; categories: readonly string[] };
  timeZone: string;
  fileName: string;
  /** Null: to the asker. */
  toChannel: string | null;
  done: number;
  /** Null until the reading has begun. */
  total: number | null;
  cost: Money | null;
  failure: ExportFailure | null;
  /** What the log calls the failure. */
  reference: string | null;
  cancelledBy: string | null;
  message: { channelId: string; ts: string } | null;
}

/** A file that waits on disk to be handed over. */
export interface ExportFile {
  name: string;
  bytes: number;
  content: FileHandle;
}

/** What an export needs of the place it is delivered to. Failures are ExportDeliveryErrors. */
export interface ExportDelivery {
  /** Posts the export's state as a message, which is edited in place from then on. Returns where the message is. */
  tell(facts: ExportFacts): Promise<{ channelId: string; ts: string }>;
  /** Uploads a file without sharing it. Returns its id there. */
  upload(facts: ExportFacts, file: ExportFile): Promise<string>;
  /** Shows the files that were handed over. Doing it again shows the same ones. */
  share(facts: ExportFacts, fileIds: readonly string[]): Promise<void>;
}

/** Why something did not reach the place. `failure`: a retry cannot help until a setting changes. */
export class ExportDeliveryError extends Error {
  override readonly name = 'ExportDeliveryError';
  readonly failure: ExportFailure | null;
  /** How long the other side asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** The other side does not have the files any more: they have to be made again. */
  readonly isFileGone: boolean;

  constructor(
    message: string,
    options: { failure?: ExportFailure; retryAfterMs?: number; isFileGone?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.failure = options.failure ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.isFileGone = options.isFileGone ?? false;
  }
}

/** What the operator allows an export to be. */
export interface ExportLimits {
  /** Most records of one file. */
  records: number;
  /** A file larger than this is packed. */
  packAboveBytes: number;
}

export interface ExportDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  /** Connections for the reading itself, without a limit on how long a statement may run. */
  pool: pg.Pool;
  courier: ExportDelivery;
  limits: ExportLimits;
}
