/** About one chat.postMessage a second a channel, when the workspace is told to be that strict. */

import { SECOND_MS } from '../../../durations.ts';
import type { Workspace } from '../workspace.ts';
import { ApiStop } from './api-stop.ts';

const INTERVAL_MS = SECOND_MS;
const lastPosts = new WeakMap<Workspace, Map<string, number>>();

/** @throws ApiStop 429 with Retry-After when the channel had a post less than a second ago */
export function refuseTooManyPosts(workspace: Workspace, channelId: string): void {
  if (!workspace.limitPosts) return;
  const posts = lastPosts.get(workspace) ?? new Map<string, number>();
  lastPosts.set(workspace, posts);
  const now = Date.now();
  if (now - (posts.get(channelId) ?? 0) < INTERVAL_MS) throw ApiStop.rateLimited(1);
  posts.set(channelId, now);
}
