import {
  completeBlocks,
  isObject,
  type Json,
  type Placed,
  placedElements,
} from '../../../src/stand-ins/local-workspace/blocks/index.ts';

/** Where something can be clicked: in a message, on a Home tab or in a window. */
export interface Shown {
  surface: 'message' | 'home' | 'modal';
  callbackId: string;
  metadata: string;
  blocks: readonly Json[];
  /** Whom it was shown to. */
  userId: string;
}

export interface Clickable {
  shown: Shown;
  placed: Placed;
}

/** So many of one kind are remembered, the newest. */
const KEPT = 6;

/** What the app itself has published: every button, list, form and address in it, as the people who see it could use it. */
export class Harvest {
  /** Whether it takes anything: what is drawn from it between two walks is to follow from the seed. */
  isOpen = false;
  readonly clicks = new Map<string, Clickable[]>();
  readonly forms = new Map<string, Shown[]>();
  readonly lists = new Map<string, Clickable[]>();
  readonly addresses = new Map<string, string[]>();

  takeView(view: unknown, surface: 'modal' | 'home', userId: string): void {
    if (!this.isOpen || !isObject(view) || !Array.isArray(view.blocks)) return;
    const shown: Shown = {
      surface,
      callbackId: typeof view.callback_id === 'string' ? view.callback_id : '',
      metadata: typeof view.private_metadata === 'string' ? view.private_metadata : '',
      blocks: completeBlocks(view.blocks),
      userId,
    };
    if (surface === 'modal' && isObject(view.submit)) keep(this.forms, shown.callbackId, shown);
    this.#take(shown);
  }

  takeMessage(blocks: unknown, userId: string): void {
    if (!this.isOpen || !Array.isArray(blocks)) return;
    this.#take({ surface: 'message', callbackId: '', metadata: '', blocks: completeBlocks(blocks), userId });
  }

  #take(shown: Shown): void {
    for (const placed of placedElements(shown.blocks)) {
      const { element } = placed;
      const clickable = { shown, placed };
      const id = String(element.action_id);
      if (/external_select$/.test(String(element.type)))
        keep(this.lists, `${shown.callbackId}/${id}`, clickable);
      keep(this.clicks, id, clickable);
      if (typeof element.url === 'string') keep(this.addresses, kindOfAddress(element.url), element.url);
    }
    for (const [address] of JSON.stringify(shown.blocks).matchAll(/https?:\/\/[^\s"|>\\]+/g))
      keep(this.addresses, kindOfAddress(address), address);
  }
}

/** Addresses differ by their tokens alone. */
const kindOfAddress = (address: string): string => address.replace(/[\w-]{12,}|\d+/g, '#');

function keep<T>(map: Map<string, T[]>, key: string, value: T): void {
  map.set(key, [value, ...(map.get(key) ?? [])].slice(0, KEPT));
}
