import type { OddItem } from '../../org/index.ts';

const NAMES: Record<OddItem['list'], string> = {
  offices: 'office',
  departments: 'department',
  people: 'person',
  numbers: 'number',
};

/** One line about something that the phone system lists and that was left out, or taken in part. */
export function describeOddItem({ list, item, why, isSkipped }: OddItem): string {
  return `${isSkipped ? 'Left out' : 'In part '}  ${NAMES[list]} ${item}: ${why}`;
}
