import { useStore } from '../state/store.ts';
import { Spinner } from './spinner.tsx';

/** A calm word when the line to the workspace is down; what is shown stays readable. */
export function ConnectionBanner() {
  const isLost = useStore((state) => state.connection === 'lost');
  return (
    <div class="banner-frame" role="status">
      {isLost && (
        <div class="banner">
          <Spinner /> Reconnecting to the workspace… What you see may be a moment old.
        </div>
      )}
    </div>
  );
}
