import type { Command } from '../frame/index.ts';
import { createWebhookCommand } from './create-webhook.ts';
import { listWebhooksCommand } from './list-webhooks.ts';
import { revokeWebhookCommand } from './revoke-webhook.ts';

export const commands: readonly Command[] = [createWebhookCommand, listWebhooksCommand, revokeWebhookCommand];
