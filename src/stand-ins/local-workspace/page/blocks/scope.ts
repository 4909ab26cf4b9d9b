/** What blocks need from where they stand: the state of their inputs, their errors, and how a use reaches the app. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { StateValues } from '../../protocol.ts';
import type { Json } from './shape.ts';

export interface BlockScope {
  surface: 'message' | 'modal' | 'home';
  /** Makes element ids of this place unique in the page. */
  idPrefix: string;
  states: StateValues;
  /** Block id → sentence under that field. */
  errors: Readonly<Record<string, string>>;
  hold(blockId: string, actionId: string, state: Record<string, unknown>): void;
  /** Tells the app; resolves when it has answered or failed. `state` also holds what was just chosen. */
  use(blockId: string, actionId: string, value: unknown): Promise<boolean>;
  /** The options of a list that only the app knows, for what was typed. */
  options(blockId: string, actionId: string, typed: string): Promise<Json[]>;
}

const nowhere: BlockScope = {
  surface: 'message',
  idPrefix: 'none',
  states: {},
  errors: {},
  hold: () => undefined,
  use: async () => false,
  options: async () => [],
};

export const BlockScopeContext = createContext<BlockScope>(nowhere);
export const useScope = (): BlockScope => useContext(BlockScopeContext);
