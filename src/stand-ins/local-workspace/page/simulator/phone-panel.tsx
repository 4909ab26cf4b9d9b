import type { World } from '../../protocol.ts';
import { Spinner } from '../app/spinner.tsx';
import { useWorldAct } from './use-world-act.ts';

/** What the company's phone system can be made to do; it uses credits. */
export function PhonePanel({ phone }: { phone: World['phone'] }) {
  const { busy, act } = useWorldAct();
  if (phone.choices.length === 0) return null;
  return (
    <section class="panel-part" aria-labelledby="phone-title">
      <h3 id="phone-title">Simulate usage</h3>
      <fieldset class="phone-acts" aria-labelledby="phone-title">
        {phone.choices.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            class="button button-small"
            aria-busy={busy === id}
            aria-disabled={busy !== null}
            onClick={() => void act(id, { type: 'phone', happening: id })}
          >
            <span class="button-text">{label}</span>
            {busy === id && <Spinner />}
          </button>
        ))}
      </fieldset>
      <p class="panel-more" role="status">
        {phone.said}
      </p>
      {phone.paused.length > 0 && (
        <p class="panel-more">Paid calls and texts are paused at: {phone.paused.join(', ')}.</p>
      )}
    </section>
  );
}
