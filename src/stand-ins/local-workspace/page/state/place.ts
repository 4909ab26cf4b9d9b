/** The address bar: who is acting (`as`) and what is shown (`c`: a conversation id, `home` or `about`). */
import type { Conversation } from '../../protocol.ts';
import type { Place } from './state.ts';

export interface Address {
  as: string;
  place: Place | null;
}

/** Reads an address; a permalink `/archives/C…/p…` also names its conversation. */
export function readAddress(url: URL): Address {
  const wanted = url.searchParams.get('c') ?? /^\/archives\/(\w+)/.exec(url.pathname)?.[1] ?? '';
  const place: Place | null =
    wanted === ''
      ? null
      : wanted === 'home' || wanted === 'about'
        ? { kind: wanted }
        : { kind: 'conversation', id: wanted };
  return { as: url.searchParams.get('as') ?? '', place };
}

/** The address that leads back to this person and place. */
export function writeAddress({ as, place }: Address): string {
  const query = new URLSearchParams();
  if (as !== '') query.set('as', as);
  if (place !== null) query.set('c', place.kind === 'conversation' ? place.id : place.kind);
  return `/?${query}`;
}

/** The wanted place if this person may see it, else the first channel, else the first conversation, else Home. */
export function choosePlace(
  wanted: Place | null,
  conversations: readonly Conversation[],
  hasHome: boolean,
): Place {
  if (wanted?.kind === 'about' || (wanted?.kind === 'home' && hasHome)) return wanted;
  const known = wanted?.kind === 'conversation' && conversations.some((each) => each.id === wanted.id);
  if (known) return wanted;
  const first = conversations.find((each) => each.kind === 'channel') ?? conversations[0];
  return first === undefined ? { kind: 'home' } : { kind: 'conversation', id: first.id };
}
