import type { World } from '../../protocol.ts';
import { Spinner } from '../app/spinner.tsx';
import { useWorldAct } from './use-world-act.ts';

/** What the test card does at its next charge. */
export function CardPanel({ card }: { card: World['card'] }) {
  const { busy, act } = useWorldAct();
  if (card.choices.length === 0) return null;
  const chosen = card.choices.some(({ id }) => id === busy) ? busy : card.behaviour;
  return (
    <section class="panel-part" aria-labelledby="card-title">
      <h3 id="card-title">Test card</h3>
      <div class="choices" role="radiogroup" aria-labelledby="card-title">
        {card.choices.map((choice) => {
          const isChosen = chosen === choice.id;
          return (
            <div key={choice.id} class="choice">
              <input
                id={`card-${choice.id}`}
                class="choice-mark choice-radio"
                type="radio"
                name="card"
                value={choice.id}
                checked={isChosen}
                aria-describedby={`card-${choice.id}-more`}
                onChange={() => void act(choice.id, { type: 'card', behaviour: choice.id })}
              />
              <span class="choice-words">
                <label for={`card-${choice.id}`}>{choice.label}</label>
                <span id={`card-${choice.id}-more`} class={isChosen ? 'choice-more' : 'visually-hidden'}>
                  {choice.description}
                </span>
              </span>
            </div>
          );
        })}
      </div>
      <DisputeActs isDisputed={card.isDisputed} busy={busy} act={act} />
      {card.statementUrl !== null && (
        <p class="panel-more">
          <a href={card.statementUrl} target="_blank" rel="noreferrer">
            See the card’s statement
          </a>
        </p>
      )}
    </section>
  );
}

interface DisputeProps extends ReturnType<typeof useWorldAct> {
  isDisputed: boolean;
}

/** What the card's holder and the bank can do about the last charge. */
function DisputeActs({ isDisputed, busy, act }: DisputeProps) {
  const acts = isDisputed
    ? ([
        ['won', 'Dispute refused by the bank'],
        ['lost', 'Dispute granted: pay back'],
      ] as const)
    : ([['open', 'Dispute the last charge']] as const);
  return (
    <fieldset class="phone-acts dispute-acts" aria-label="Dispute">
      {acts.map(([event, label]) => (
        <button
          key={event}
          type="button"
          class="button button-small"
          aria-busy={busy === event}
          aria-disabled={busy !== null}
          onClick={() => void act(event, { type: 'dispute', event })}
        >
          <span class="button-text">{label}</span>
          {busy === event && <Spinner />}
        </button>
      ))}
    </fieldset>
  );
}
