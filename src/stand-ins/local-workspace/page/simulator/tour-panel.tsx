import { useDirectory } from '../app/directory.ts';
import { draftOf } from '../composer/drafts.ts';
import { openPlace } from '../state/navigate.ts';
import { store } from '../state/store.ts';
import { tourSteps } from './tour-steps.ts';

/** What to try first; a click puts the command into the composer, ready to send. */
export function TourPanel({ onUse }: { onUse(): void }) {
  const { conversations } = useDirectory();
  const put = (draft: string) => {
    const { place } = store.get();
    const here = place?.kind === 'conversation' ? place.id : undefined;
    const target = here ?? conversations.find((each) => each.kind === 'channel')?.id;
    if (target === undefined) return;
    draftOf(target).set(draft);
    if (here === undefined) openPlace({ kind: 'conversation', id: target });
    onUse();
    requestAnimationFrame(() => document.getElementById('composer')?.focus());
  };
  return (
    <section class="panel-part" aria-labelledby="story-title">
      <h3 id="story-title">Try this first</h3>
      <ol class="story">
        {tourSteps.map(({ text, draft }) => (
          <li key={text}>
            <span>{text}</span>
            {draft !== undefined && (
              <button
                type="button"
                class="story-command"
                aria-label={`Put ${draft} into the message field`}
                onClick={() => put(draft)}
              >
                {draft}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
