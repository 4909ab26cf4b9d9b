import type { ComponentChildren } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { startState } from '../../blocks/view-state.ts';
import type { ActionContainer, Block, StateValues } from '../../protocol.ts';
import { applyElement, askOptions } from '../state/act.ts';
import { type BlockScope, BlockScopeContext } from './scope.ts';

interface LocalScopeProps {
  surface: 'message' | 'home';
  container: ActionContainer;
  idPrefix: string;
  blocks: readonly Block[];
  children: ComponentChildren;
}

const none = {};

/** The scope of a message or the Home: what is chosen there lives as long as it is shown. */
export function LocalScope({ surface, container, idPrefix, blocks, children }: LocalScopeProps) {
  const [held, setHeld] = useState<StateValues>({});
  const states = useMemo(() => startState(blocks, held as Parameters<typeof startState>[1]), [blocks, held]);
  const latest = useRef<StateValues>(states);
  latest.current = states;
  const scope: BlockScope = {
    surface,
    idPrefix,
    states,
    errors: none,
    hold(blockId, actionId, state) {
      const next = { ...latest.current, [blockId]: { ...latest.current[blockId], [actionId]: state } };
      latest.current = next;
      setHeld(next);
    },
    use: (blockId, actionId, value) =>
      applyElement({ container, blockId, actionId, value, state: latest.current }),
    options: (blockId, actionId, typed) => askOptions({ container, blockId, actionId, typed }),
  };
  return <BlockScopeContext.Provider value={scope}>{children}</BlockScopeContext.Provider>;
}
