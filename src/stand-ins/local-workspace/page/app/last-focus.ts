/** Where the keyboard was in the page before a dialog took it. */
let last: HTMLElement | undefined;

export const lastFocus = {
  /** Remembers an element of the page as the one that has the focus. */
  note(target: EventTarget | null): void {
    if (target instanceof HTMLElement) last = target;
  },
  /** Focuses it again; when it is gone, what does the same where it stood, the place to write, or the tab. */
  giveBack(): void {
    // After the page is no longer inert, which the same drawing brings about.
    requestAnimationFrame(() => {
      const wanted = last?.isConnected
        ? last
        : (sameAction(last) ??
          document.getElementById('composer') ??
          document.querySelector<HTMLElement>('main .tab[aria-current]'));
      wanted?.focus({ preventScroll: true });
    });
  },
};

/** The element of the same action, where what held it was drawn anew: ids end with the action's. */
function sameAction(gone: HTMLElement | undefined): HTMLElement | null {
  const action = gone?.id.slice(gone.id.lastIndexOf('-') + 1) ?? '';
  return action === '' ? null : document.querySelector<HTMLElement>(`main [id$="-${CSS.escape(action)}"]`);
}
