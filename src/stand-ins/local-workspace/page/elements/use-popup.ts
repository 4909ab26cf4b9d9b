/** A popup beside its anchor, drawn by the browser above everything else and kept inside the window. */
import { useLayoutEffect, useRef } from 'preact/hooks';

const GAP_PX = 4;
const MARGIN_PX = 8;

function place(anchor: HTMLElement, popup: HTMLElement, align: 'start' | 'end', isAsWide: boolean): void {
  const at = anchor.getBoundingClientRect();
  popup.style.minWidth = isAsWide ? `${at.width}px` : '';
  // Measuring at full height forgets how far the list was scrolled.
  const { scrollTop } = popup;
  popup.style.maxHeight = '';
  const below = window.innerHeight - at.bottom - GAP_PX - MARGIN_PX;
  const above = at.top - GAP_PX - MARGIN_PX;
  const isBelow = popup.offsetHeight <= below || below >= above;
  popup.style.maxHeight = `${Math.max(120, isBelow ? below : above)}px`;
  const left = align === 'start' ? at.left : at.right - popup.offsetWidth;
  const maxLeft = window.innerWidth - popup.offsetWidth - MARGIN_PX;
  popup.style.left = `${Math.max(MARGIN_PX, Math.min(left, maxLeft))}px`;
  popup.style.top = `${isBelow ? at.bottom + GAP_PX : Math.max(MARGIN_PX, at.top - GAP_PX - popup.offsetHeight)}px`;
  popup.scrollTop = scrollTop;
}

interface Popup<A extends HTMLElement> {
  anchorRef: { current: A | null };
  popupRef: { current: HTMLDivElement | null };
}

/** @param align which edges of anchor and popup meet */
export function usePopup<A extends HTMLElement>(
  isOpen: boolean,
  align: 'start' | 'end' = 'start',
  isAsWide = false,
): Popup<A> {
  const anchorRef = useRef<A>(null);
  const popupRef = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const popup = popupRef.current;
    const anchor = anchorRef.current;
    if (!isOpen || popup === null || anchor === null) return;
    if (!popup.matches(':popover-open')) popup.showPopover();
    const again = (event?: Event) => {
      if (event?.target instanceof Node && popup.contains(event.target)) return;
      place(anchor, popup, align, isAsWide);
    };
    again();
    window.addEventListener('resize', again);
    window.addEventListener('scroll', again, true);
    return () => {
      window.removeEventListener('resize', again);
      window.removeEventListener('scroll', again, true);
    };
  });
  return { anchorRef, popupRef };
}
