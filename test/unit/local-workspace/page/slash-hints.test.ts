import { describe, expect, test } from 'vitest';
import { noRecall, remember, step } from '../../../../src/stand-ins/local-workspace/page/composer/recall.ts';
import {
  enterCompletes,
  matchHints,
} from '../../../../src/stand-ins/local-workspace/page/composer/slash-hints.ts';

const hint = (command: string) => ({ command, usageHint: '', description: '' });
const hints = [hint('/credits'), hint('/credits add'), hint('/credits usage'), hint('/help')];
const matching = (draft: string) => matchHints(hints, draft).map((each) => each.command);

describe('which hints fit', () => {
  test.each([
    ['', []],
    ['hello', []],
    [' /credits', []],
    ['/', ['/credits', '/credits add', '/credits usage', '/help']],
    ['/CRED', ['/credits', '/credits add', '/credits usage']],
    ['/credits a', ['/credits add']],
    ['/credits add 50', ['/credits add']],
    ['/credits 50', ['/credits']],
    ['/nothing', []],
    ['/credits\nadd', []],
  ])('%j', (draft, commands) => {
    expect(matching(draft)).toEqual(commands);
  });
});

describe('what Enter does while hints are shown', () => {
  const completes = (draft: string, active = 0, hasMoved = false) =>
    enterCompletes(matchHints(hints, draft), draft, active, hasMoved);

  test('a beginning is completed', () => expect(completes('/cr')).toBe(true));
  test('a whole command is sent', () => expect(completes('/credits')).toBe(false));
  test('a whole command with arguments is sent', () => expect(completes('/credits add 50')).toBe(false));
  test('another hint that was moved to is completed', () =>
    expect(completes('/credits', 1, true)).toBe(true));
  test('without hints it sends', () => expect(completes('hello')).toBe(false));
});

describe('calling back what was sent', () => {
  const recall = ['/credits', 'hello', '/credits'].reduce(remember, noRecall);

  test('up goes back from the latest, and the same text is kept once', () => {
    const first = step(recall, -1);
    expect(first?.text).toBe('/credits');
    expect(first && step(first.recall, -1)?.text).toBe('hello');
  });

  test('it ends at the oldest, and down past the latest is an empty field', () => {
    expect(step(noRecall, -1)).toBeUndefined();
    const first = step(recall, -1);
    expect(first && step(first.recall, 1)?.text).toBe('');
    expect(step(recall, 1)).toBeUndefined();
  });
});
