import type { Command } from '../frame/index.ts';
import { createApiKeyCommand } from './create-api-key.ts';
import { listApiKeysCommand } from './list-api-keys.ts';
import { revokeApiKeyCommand } from './revoke-api-key.ts';
import { rotateApiKeyCommand } from './rotate-api-key.ts';

export const commands: readonly Command[] = [
  createApiKeyCommand,
  listApiKeysCommand,
  rotateApiKeyCommand,
  revokeApiKeyCommand,
];
