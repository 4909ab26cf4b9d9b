import type { Command } from '../frame/index.ts';
import { grantRoleCommand } from './grant-role.ts';
import { listPeopleCommand } from './list-people.ts';
import { revokeRoleCommand } from './revoke-role.ts';

export const commands: readonly Command[] = [listPeopleCommand, grantRoleCommand, revokeRoleCommand];
