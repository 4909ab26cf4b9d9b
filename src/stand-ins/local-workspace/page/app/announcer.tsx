import { useStore } from '../state/store.ts';

/** Speaks new messages politely to those who listen to the page. */
export function Announcer() {
  const announcement = useStore((state) => state.announcement);
  return (
    <div class="visually-hidden" aria-live="polite" aria-atomic="true">
      {announcement}
    </div>
  );
}
