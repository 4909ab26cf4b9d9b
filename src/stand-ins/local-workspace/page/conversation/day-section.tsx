import { useDirectory } from '../app/directory.ts';
import { longDay, nearDay } from '../text/date-token.ts';
import type { Day } from './arrange-messages.ts';
import { MessageRow } from './message-row.tsx';

/** The messages of one day below its name. */
export function DaySection({ day }: { day: Day }) {
  const { zone, now } = useDirectory();
  const name = nearDay(day.at, now(), zone) ?? longDay(day.at, now(), zone);
  return (
    <section class="day" aria-label={name}>
      <div class="day-divider">
        <span>{name}</span>
      </div>
      {day.rows.map(({ message, isContinuation, replies }) => (
        <div key={message.ts} class="thread">
          <MessageRow message={message} isContinuation={isContinuation} />
          {replies.length > 0 && (
            // No landmark: there is one under many a message.
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
            <div
              class="replies"
              role="group"
              aria-label={replies.length === 1 ? '1 reply' : `${replies.length} replies`}
            >
              {replies.map((reply) => (
                <MessageRow key={reply.ts} message={reply} isContinuation={false} />
              ))}
            </div>
          )}
        </div>
      ))}
    </section>
  );
}
