/** Keeps a scrolled list at its end while the reader is there, and leaves it alone while they read further up. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const NEAR_PX = 80;

interface Sticking {
  scrollerRef: { current: HTMLElement | null };
  contentRef: { current: HTMLDivElement | null };
  isAtEnd: boolean;
  toEnd(): void;
}

/** @param placeKey when it changes, the list starts at its end again */
export function useStickToBottom(placeKey: string): Sticking {
  const scrollerRef = useRef<HTMLElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const isSticking = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    const scroller = scrollerRef.current;
    if (scroller !== null) scroller.scrollTop = scroller.scrollHeight;
    isSticking.current = true;
    setAtEnd(true);
  }, []);

  useLayoutEffect(toEnd, [placeKey]);

  useEffect(() => {
    const scroller = scrollerRef.current;
    const content = contentRef.current;
    if (scroller === null || content === null) return;
    let lastTop = scroller.scrollTop;
    const onScroll = () => {
      const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
      // Only moving up lets go of the end: what grows below does not.
      if (isNear) isSticking.current = true;
      else if (scroller.scrollTop < lastTop) isSticking.current = false;
      lastTop = scroller.scrollTop;
      setAtEnd(isNear || isSticking.current);
    };
    const onResize = () => {
      if (isSticking.current) scroller.scrollTop = scroller.scrollHeight;
      else onScroll();
    };
    const observer = new ResizeObserver(onResize);
    observer.observe(content);
    observer.observe(scroller);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    };
  }, [placeKey]);

  return { scrollerRef, contentRef, isAtEnd, toEnd };
}
