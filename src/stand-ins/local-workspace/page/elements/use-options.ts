/** The options of a select: its own, the workspace's, or those that the app gives for what is typed. */
import { useEffect, useState } from 'preact/hooks';
import { useDirectory } from '../app/directory.ts';
import { useScope } from '../blocks/scope.ts';
import { type Json, listOf, numberOf, textOf } from '../blocks/shape.ts';
import { filterOptions, optionsFor, type PlainOption, plainOptions } from './options.ts';
import type { ElementProps } from './use-element.ts';

/** How long somebody pauses in typing before the app is asked. */
const TYPING_PAUSE_MS = 150;

interface UsedOptions {
  /** What the open list shows. */
  shown: readonly PlainOption[];
  /** The same, and what is chosen. */
  known: readonly PlainOption[];
  isLoading: boolean;
  /** What is held for a chosen value: of an external select the whole option, as only the app knows the others. */
  heldFor(value: string): unknown;
}

/** @param search what is typed into the open list; null while it is closed */
export function useOptions(
  { element, blockId }: ElementProps,
  held: unknown,
  search: string | null,
): UsedOptions {
  const directory = useDirectory();
  const scope = useScope();
  const [answered, setAnswered] = useState<readonly Json[] | null>(null);
  const isExternal = textOf(element.type).endsWith('external_select');
  const actionId = textOf(element.action_id);
  const isAsked = isExternal && search !== null && search.length >= (numberOf(element.min_query_length) ?? 3);
  useEffect(() => {
    setAnswered(null);
    if (!isAsked) return undefined;
    let isCurrent = true;
    const timer = setTimeout(
      async () => {
        const options = await scope.options(blockId, actionId, search ?? '');
        if (isCurrent) setAnswered(options);
      },
      search === '' ? 0 : TYPING_PAUSE_MS,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isAsked, search, blockId, actionId]);

  if (!isExternal) {
    const known = optionsFor(element, directory);
    return { shown: filterOptions(known, search ?? ''), known, isLoading: false, heldFor: (value) => value };
  }
  const heldOptions = listOf(Array.isArray(held) ? held : [held]);
  const shown = plainOptions(answered ?? []);
  const all = [...(answered ?? []), ...heldOptions];
  return {
    shown,
    known: [...shown, ...plainOptions(heldOptions)],
    isLoading: isAsked && answered === null,
    heldFor: (value) => all.find((option) => option.value === value),
  };
}
