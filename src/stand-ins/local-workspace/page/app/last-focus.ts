/** Where the keyboard was in the page before a dialog took it. */
let last: HTMLElement | undefined;

export const lastFocus = {
  /** Remembers an element of the page as the one that has the focus. */
  note(target: EventTarget | null): void {
    if (target instanceof HTMLElement) last = target;
  },
  /** Focuses it again; when it is gone, the place to write. */
  giveBack(): void {
    const wanted = last?.isConnected ? last : document.getElementById('composer');
    // After the page is no longer inert, which the same drawing brings about.
    requestAnimationFrame(() => wanted?.focus({ preventScroll: true }));
  },
};
