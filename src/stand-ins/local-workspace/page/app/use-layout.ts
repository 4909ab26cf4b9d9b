/** Which side panels are open. The world stays as it was left; on narrow windows both lie above the conversation. */
import { useEffect, useState } from 'preact/hooks';

const WIDE = '(min-width: 1100px)';
const KEY = 'world-panel';

function rememberedWorld(): boolean {
  if (!matchMedia(WIDE).matches) return false;
  try {
    return localStorage.getItem(KEY) !== 'closed';
  } catch {
    return true;
  }
}

function rememberWorld(isOpen: boolean): void {
  if (!matchMedia(WIDE).matches) return;
  try {
    localStorage.setItem(KEY, isOpen ? 'open' : 'closed');
  } catch {
    // A browser that keeps nothing starts with the panel open again.
  }
}

export function useLayout() {
  const [isDrawerOpen, setDrawer] = useState(false);
  const [isWorldOpen, setWorld] = useState(rememberedWorld);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const onChange = () => {
      setDrawer(false);
      setWorld(rememberedWorld());
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('.page[data-drawer]'))
        document.querySelector<HTMLElement>('.top-drawer')?.focus();
      setDrawer(false);
      if (!query.matches) setWorld(false);
    };
    query.addEventListener('change', onChange);
    document.addEventListener('keydown', onKeyDown);
    return () => {
      query.removeEventListener('change', onChange);
      document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
  useEffect(() => {
    if (isDrawerOpen) document.querySelector<HTMLElement>('#drawer [aria-current], #drawer button')?.focus();
  }, [isDrawerOpen]);
  return {
    isDrawerOpen,
    isWorldOpen,
    setDrawer,
    setWorld(isOpen: boolean) {
      setWorld(isOpen);
      rememberWorld(isOpen);
    },
    /** Closes what covers the conversation; the keyboard goes back to the button that opened it. */
    uncover() {
      if (isDrawerOpen) document.querySelector<HTMLElement>('.top-drawer')?.focus();
      setDrawer(false);
      if (!matchMedia(WIDE).matches) setWorld(false);
    },
  };
}
