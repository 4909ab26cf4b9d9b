/** Opening, stacking, changing and closing modals and Home tabs: committed first, then told to the person's pages. */
import { SlackError } from './slack-error.ts';
import type { Sql } from './store/database.ts';
import { exchangeTrigger } from './store/tickets.ts';
import {
  closeFrom,
  externalIdTaken,
  findHome,
  findView,
  MAX_STACKED_VIEWS,
  openView,
  publishHome,
  pushView,
  readStack,
  rewriteView,
  type StoredView,
  toView,
  type ViewBody,
} from './store/views.ts';
import type { Workspace } from './workspace.ts';

/** Tells the person's open pages what their stack is now. */
export async function announceStack(workspace: Workspace, userId: string): Promise<void> {
  const stack = await readStack(workspace.database, userId);
  workspace.bus.tell({ type: 'views', stack: stack.map(toView) }, [userId]);
}

async function refuseTakenExternalId(sql: Sql, body: ViewBody, viewId?: string): Promise<void> {
  if (await externalIdTaken(sql, body, viewId)) throw new SlackError('duplicate_external_id');
}

/** views.open and views.push: exchanges the trigger for a modal of the person whose act it was. */
export async function showModal(
  workspace: Workspace,
  how: 'open' | 'push',
  triggerId: string,
  body: ViewBody,
): Promise<StoredView> {
  const view = await workspace.database.transaction(async (sql) => {
    const trigger = await exchangeTrigger(sql, workspace.clock, triggerId);
    const stack = await readStack(sql, trigger.userId, true);
    if (how === 'open') {
      const bottom = stack[0];
      if (bottom !== undefined) await closeFrom(sql, bottom);
      await refuseTakenExternalId(sql, body);
      return openView(sql, trigger.userId, body);
    }
    const top = stack.at(-1);
    if (top === undefined || trigger.viewId === null) throw new SlackError('not_found');
    return pushOnto(sql, top, stack.length, body);
  });
  await announceStack(workspace, view.userId);
  return view;
}

async function pushOnto(sql: Sql, top: StoredView, height: number, body: ViewBody): Promise<StoredView> {
  if (height >= MAX_STACKED_VIEWS) throw new SlackError('push_limit_reached');
  await refuseTakenExternalId(sql, body);
  return pushView(sql, top, body);
}

/** views.update: by id or external id, refused when the hash is given and no longer the view's. */
export async function updateView(
  workspace: Workspace,
  by: { id?: string; externalId?: string },
  hash: string | undefined,
  read: (surface: 'modal' | 'home') => ViewBody,
): Promise<StoredView> {
  const view = await workspace.database.transaction(async (sql) => {
    const found = await findView(sql, by);
    const body = read(found?.body.type ?? 'modal');
    if (found === undefined) throw new SlackError('not_found');
    if (hash !== undefined && hash !== found.hash) throw new SlackError('hash_conflict');
    await refuseTakenExternalId(sql, body, found.id);
    return rewriteView(sql, found, body);
  });
  await tellView(workspace, view);
  return view;
}

async function tellView(workspace: Workspace, view: StoredView): Promise<void> {
  if (view.body.type === 'modal') return announceStack(workspace, view.userId);
  workspace.bus.tell({ type: 'home', blocks: view.body.blocks }, [view.userId]);
}

/** views.publish: the person's Home tab. */
export async function publishView(
  workspace: Workspace,
  userId: string,
  hash: string | undefined,
  body: ViewBody,
): Promise<StoredView> {
  const view = await workspace.database.transaction(async (sql) => {
    await sql.query('SELECT 1 FROM slack_user WHERE id = $1 FOR UPDATE', [userId]);
    const home = await findHome(sql, userId);
    if (hash !== undefined && hash !== home?.hash) throw new SlackError('hash_conflict');
    await refuseTakenExternalId(sql, body, home?.id);
    return publishHome(sql, userId, body);
  });
  await tellView(workspace, view);
  return view;
}

/** What an acknowledged submission does to the stack. @throws SlackError as views.push and views.update do */
export type StackChange =
  | { kind: 'close' }
  | { kind: 'clear' }
  | { kind: 'update'; body: ViewBody }
  | { kind: 'push'; body: ViewBody };

/** Changes the stack after a submission of `view`; a view that is gone by now changes nothing. */
export async function changeStack(
  workspace: Workspace,
  view: StoredView,
  change: StackChange,
): Promise<void> {
  await workspace.database.transaction(async (sql) => {
    const stack = await readStack(sql, view.userId, true);
    const current = stack.find(({ id }) => id === view.id);
    const bottom = stack[0];
    if (current === undefined || bottom === undefined) return;
    if (change.kind === 'close') await closeFrom(sql, current);
    if (change.kind === 'clear') await closeFrom(sql, bottom);
    if (change.kind === 'update') {
      await refuseTakenExternalId(sql, change.body, current.id);
      await rewriteView(sql, current, change.body);
    }
    if (change.kind === 'push') await pushOnto(sql, stack.at(-1) ?? current, stack.length, change.body);
  });
  await announceStack(workspace, view.userId);
}
