import type { ComponentChildren, Ref } from 'preact';

interface ScrollRegionProps {
  class: string;
  /** Names it as a landmark; parts of a message have none. */
  label?: string;
  scrollerRef?: Ref<HTMLElement>;
  children: ComponentChildren;
}

/** A part of the page that scrolls by itself; the keyboard can reach it to scroll it. */
export function ScrollRegion({ class: name, label, scrollerRef, children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section {...(scrollerRef && { ref: scrollerRef })} class={name} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
