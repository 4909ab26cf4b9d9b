/** What every interactive element has in common: its ids, what it holds, and a use that is never sent twice at once. */
import { useRef, useState } from 'preact/hooks';
import { heldValue, stateFrom } from '../../blocks/element-state.ts';
import { useScope } from '../blocks/scope.ts';
import { isObject, type Json, plainTextOf, textOf } from '../blocks/shape.ts';
import { change } from '../state/store.ts';

export interface ElementProps {
  element: Json;
  blockId: string;
  /** Whether choosing tells the app at once (actions, accessories, `dispatch_action`), or waits for the submission. */
  dispatches: boolean;
  /** Id of the visible label and of the texts that describe the field, when it stands in an input block. */
  labelId?: string;
  describedBy?: string;
  isInvalid?: boolean;
  isRequired?: boolean;
}

/** Asks the person first, when the element wants that. */
export function askFirst(confirm: unknown): Promise<boolean> {
  if (!isObject(confirm)) return Promise.resolve(true);
  return new Promise((resolve) => {
    change({
      confirmation: {
        title: plainTextOf(confirm.title) || 'Are you sure?',
        text: confirm.text,
        confirm: plainTextOf(confirm.confirm) || 'Yes',
        deny: plainTextOf(confirm.deny) || 'Cancel',
        isDanger: confirm.style === 'danger',
        answer(isConfirmed) {
          change({ confirmation: null });
          resolve(isConfirmed);
        },
      },
    });
  });
}

export interface UsedElement {
  /** Id of the focusable part. */
  domId: string;
  /** The bare value that is held: text, option, list; null when nothing is. */
  value: unknown;
  isBusy: boolean;
  /** Holds a value, and tells the app when the element dispatches. */
  choose(raw: unknown): void;
  /** Holds a value without telling the app. */
  hold(raw: unknown): void;
  /** Tells the app. */
  tell(value?: unknown): void;
}

export function useElement({ element, blockId, dispatches }: ElementProps): UsedElement {
  const scope = useScope();
  const [isBusy, setBusy] = useState(false);
  const isUnderWay = useRef(false);
  const actionId = textOf(element.action_id);
  const state = scope.states[blockId]?.[actionId];

  const send = async (value: unknown) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    try {
      if (!(await askFirst(element.confirm))) return;
      setBusy(true);
      await scope.use(blockId, actionId, value ?? null);
    } finally {
      isUnderWay.current = false;
      setBusy(false);
    }
  };
  const hold = (raw: unknown) => {
    const next = stateFrom(element, raw);
    if (next !== undefined) scope.hold(blockId, actionId, next);
    return next;
  };
  return {
    domId: `${scope.idPrefix}-${blockId}-${actionId}`.replaceAll(/[^\w-]/g, '_'),
    value: heldValue(element, state as Parameters<typeof heldValue>[1]),
    isBusy,
    hold,
    choose(raw) {
      const next = hold(raw);
      if (dispatches && next !== undefined) void send(next);
    },
    tell: (value) => void send(value),
  };
}
