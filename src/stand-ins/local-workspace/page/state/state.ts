/** Everything that the page knows, in one immutable value. */
import type { Block, Bootstrap, Message, StateValues, View, World } from '../../protocol.ts';

/** What the middle of the window shows. */
export type Place = { kind: 'conversation'; id: string } | { kind: 'home' } | { kind: 'about' };

export type Loaded<T> = { status: 'loading' } | { status: 'failed' } | { status: 'ready'; value: T };

/** A modal of the stack, with what the person has typed into it and what is wrong with it. */
export interface OpenView {
  view: View;
  state: StateValues;
  /** Block id → sentence under that field. */
  errors: Record<string, string>;
}

export interface Toast {
  id: number;
  kind: 'problem' | 'note';
  text: string;
}

/** A confirmation that an element asks for before it acts. */
export interface Confirmation {
  title: string;
  text: unknown;
  confirm: string;
  deny: string;
  isDanger: boolean;
  answer(isConfirmed: boolean): void;
}

export interface State {
  session: Loaded<Bootstrap>;
  connection: 'connecting' | 'live' | 'lost';
  place: Place | null;
  messages: Record<string, Loaded<Message[]>>;
  /** The workspace's time when the page was entered, in seconds: private messages from before are gone, as in Slack. */
  enteredAt: number;
  /** Conversation id → `ts` up to which the acting person has read. */
  readTo: Record<string, string>;
  home: Loaded<Block[]>;
  world: World | null;
  /** When `world.now` was told, in milliseconds of `performance.now()`. */
  worldToldAtMs: number;
  views: OpenView[];
  confirmation: Confirmation | null;
  toasts: Toast[];
  /** Ids of the tour's steps that are done. */
  tour: readonly string[];
  /** Last thing worth saying aloud to those who cannot see it. */
  announcement: string;
}

export const initialState: State = {
  session: { status: 'loading' },
  connection: 'connecting',
  place: null,
  messages: {},
  enteredAt: 0,
  readTo: {},
  home: { status: 'loading' },
  world: null,
  worldToldAtMs: 0,
  views: [],
  confirmation: null,
  toasts: [],
  tour: [],
  announcement: '',
};
