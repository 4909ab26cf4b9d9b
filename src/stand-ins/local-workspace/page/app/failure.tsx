import { UnpluggedIcon } from './icons.tsx';

interface FailureProps {
  title: string;
  words: string;
  onRetry(): void;
}

/** What could not be shown, and the way to try again. */
export function Failure({ title, words, onRetry }: FailureProps) {
  return (
    <div class="failure" role="alert">
      <span class="failure-mark">
        <UnpluggedIcon />
      </span>
      <h2>{title}</h2>
      <p>{words}</p>
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
