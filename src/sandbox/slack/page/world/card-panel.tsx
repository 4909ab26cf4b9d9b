import type { World } from '../../protocol.ts';
import { useWorldAct } from './use-world-act.ts';

/** What the test card does at its next charge. */
export function CardPanel({ card }: { card: World['card'] }) {
  const { busy, act } = useWorldAct();
  if (card.choices.length === 0) return null;
  return (
    <section class="panel-part" aria-labelledby="card-title">
      <h3 id="card-title">Test card</h3>
      <div class="choices" role="radiogroup" aria-labelledby="card-title">
        {card.choices.map((choice) => {
          const isChosen = (busy ?? card.behaviour) === choice.id;
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
