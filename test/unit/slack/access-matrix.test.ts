import { expect, it } from 'vitest';
import { SUBCOMMANDS, subcommands } from '../../../src/slack/commands/credits-command.ts';
import { listeners } from '../../../src/slack/listeners.ts';
import { matrix, nameOf } from '../../proofs/access/matrix.ts';

/** Everything that the app registers with Slack, as the access matrix names it. */
function listRegistered(): string[] {
  const { messageActions, claimActions, viewActions, ignoredActions, submissions, suggestions, events } =
    listeners;
  return [
    ...[...Object.keys(messageActions), ...Object.keys(claimActions), ...ignoredActions].map(
      (id) => `click ${id}`,
    ),
    ...Object.keys(viewActions).map((id) => `view ${id}`),
    ...Object.keys(submissions).map((id) => `submit ${id}`),
    ...Object.entries(suggestions).flatMap(([window, lists]) =>
      Object.keys(lists).map((id) => `list ${window}/${id}`),
    ),
    ...SUBCOMMANDS.map((word) => `command ${word}`),
    ...events.map((type) => `event ${type}`),
  ];
}

it('everything that is registered with Slack has its row in the access matrix, and nothing else has one', () => {
  expect(matrix.map(nameOf).toSorted()).toEqual(listRegistered().toSorted());
});

it('every word after /credits does what a word of the matrix does', () => {
  const known = new Set(SUBCOMMANDS.map((word) => subcommands[word]));
  const unknown = Object.entries(subcommands).filter(([, subcommand]) => !known.has(subcommand));
  expect(unknown.map(([word]) => word)).toEqual([]);
  expect(known.has(undefined)).toBe(false);
});
