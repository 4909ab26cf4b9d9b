import { draftOf } from '../composer/drafts.ts';
import { useStore } from '../state/store.ts';
import { story } from './story.ts';

/** What to try first; a click puts the command into the composer, ready to send. */
export function StoryPanel({ onUse }: { onUse(): void }) {
  const place = useStore((state) => state.place);
  const put = (draft: string) => {
    if (place?.kind !== 'conversation') return;
    draftOf(place.id).set(draft);
    onUse();
    requestAnimationFrame(() => document.getElementById('composer')?.focus());
  };
  return (
    <section class="panel-part" aria-labelledby="story-title">
      <h3 id="story-title">Try this first</h3>
      <ol class="story">
        {story.map(({ text, draft }) => (
          <li key={text}>
            <span>{text}</span>
            {draft !== undefined && (
              <button
                type="button"
                class="story-command"
                disabled={place?.kind !== 'conversation'}
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
