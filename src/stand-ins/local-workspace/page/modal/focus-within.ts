/** Keeping the keyboard within a dialog, and giving it back afterwards. */

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select:not([disabled]), [tabindex="0"]';

const isShown = (element: HTMLElement): boolean => element.getClientRects().length > 0;

export const focusable = (within: HTMLElement): HTMLElement[] =>
  [...within.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isShown);

/** Keeps Tab turning within the dialog. */
export function turnTab(event: KeyboardEvent, within: HTMLElement): void {
  if (event.key !== 'Tab') return;
  const all = focusable(within).filter((each) => each.tabIndex >= 0);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  const other = event.shiftKey ? all.at(-1) : all[0];
  const isOutside = !within.contains(document.activeElement);
  if (
    other !== undefined &&
    (document.activeElement === edge || isOutside || document.activeElement === within)
  ) {
    event.preventDefault();
    other.focus();
  }
}

/** Focuses what the dialog wants first: the element that asks for it, the first field, or the dialog itself. */
export function focusFirst(within: HTMLElement, body: HTMLElement | null): void {
  const wanted =
    within.querySelector<HTMLElement>('[data-autofocus]') ??
    [...(body?.querySelectorAll<HTMLElement>('input, textarea, select') ?? [])].find(isShown);
  (wanted ?? within).focus();
}
