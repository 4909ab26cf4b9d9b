import { useState } from 'preact/hooks';
import { useDirectory } from '../app/directory.ts';
import { CheckIcon } from '../app/icons.tsx';
import { Spinner } from '../app/spinner.tsx';
import { draftOf } from '../composer/drafts.ts';
import { playWorld } from '../state/act.ts';
import { openPlace } from '../state/navigate.ts';
import { store, useStore } from '../state/store.ts';
import { type StepClick, tourSteps } from './tour-steps.ts';

/** What to try first, step by step: each can be clicked, and is ticked off once it was done, in whatever way. */
export function TourPanel({ onUse }: { onUse(): void }) {
  const { channel, conversations } = useDirectory();
  const done = useStore((state) => state.tour);
  const [busy, setBusy] = useState<string | null>(null);

  const put = (text: string) => {
    const { place } = store.get();
    const here = place?.kind === 'conversation' ? channel(place.id) : undefined;
    const target = here?.kind === 'channel' ? here : conversations.find(({ kind }) => kind === 'channel');
    if (target === undefined) return;
    draftOf(target.id).set(text);
    if (target !== here) openPlace({ kind: 'conversation', id: target.id });
    onUse();
    requestAnimationFrame(() => document.getElementById('composer')?.focus());
  };
  const take = async (id: string, click: StepClick) => {
    if (click.kind === 'draft') return put(click.text);
    if (click.kind === 'people') return document.getElementById('person-switch')?.click();
    if (busy !== null) return;
    setBusy(id);
    await playWorld(click.act);
    setBusy(null);
  };
  return (
    <section class="panel-part" aria-labelledby="story-title">
      <h3 id="story-title">
        Try this first
        <span class="story-count">
          {done.length} of {tourSteps.length} done
        </span>
      </h3>
      <ol class="story">
        {tourSteps.map(({ id, text, button, click }) => {
          const isDone = done.includes(id);
          return (
            <li key={id} class={isDone ? 'story-done' : undefined}>
              {isDone && (
                <span class="story-tick">
                  <CheckIcon />
                  <span class="visually-hidden">Done: </span>
                </span>
              )}
              <span>{text}</span>
              <button
                type="button"
                class="story-command"
                data-kind={click.kind}
                aria-busy={busy === id}
                onClick={() => void take(id, click)}
              >
                {button}
                {busy === id && <Spinner />}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
