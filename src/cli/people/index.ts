import type { Command } from '../frame/index.ts';
import { erasePersonCommand } from './erase-person.ts';
import { grantRoleCommand } from './grant-role.ts';
import { listPeopleCommand } from './list-people.ts';
import { removePersonCommand } from './remove-person.ts';
import { revokeRoleCommand } from './revoke-role.ts';

export const commands: readonly Command[] = [
  listPeopleCommand,
  grantRoleCommand,
  revokeRoleCommand,
  removePersonCommand,
  erasePersonCommand,
];
