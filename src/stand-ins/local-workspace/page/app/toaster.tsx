import { useStore } from '../state/store.ts';
import { dismissToast } from '../state/toasts.ts';
import { CheckIcon, CloseIcon, WarnIcon } from './icons.tsx';

/** Short words that come and go; problems are spoken at once. */
export function Toaster() {
  const toasts = useStore((state) => state.toasts);
  return (
    <div class="toaster">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          class={`toast toast-${toast.kind}`}
          role={toast.kind === 'problem' ? 'alert' : 'status'}
        >
          {toast.kind === 'problem' ? <WarnIcon /> : <CheckIcon />}
          <p>{toast.text}</p>
          <button
            type="button"
            class="toast-close"
            aria-label="Dismiss"
            onClick={() => dismissToast(toast.id)}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  );
}
