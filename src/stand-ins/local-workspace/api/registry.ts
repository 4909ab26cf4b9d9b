/** Every method of the Web API that is imitated; all others are `unknown_method`. */
import { SlackError } from '../slack-error.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import type { Method } from './method.ts';
import { peopleMethods } from './people.ts';
import { viewMethods } from './views.ts';

/** @param openConnection gives the address of a new socket; absent when Socket Mode is off */
export function methodRegistry(openConnection?: () => string): ReadonlyMap<string, Method> {
  const openSocket: Method = {
    token: 'app',
    scopes: [],
    run: async () => {
      if (openConnection === undefined) throw new SlackError('socket_mode_not_enabled');
      return { url: openConnection() };
    },
  };
  return new Map(
    Object.entries({
      ...chatMethods,
      ...viewMethods,
      ...conversationMethods,
      ...peopleMethods,
      ...fileMethods,
      'apps.connections.open': openSocket,
    }),
  );
}
