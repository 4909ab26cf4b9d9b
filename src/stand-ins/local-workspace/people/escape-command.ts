/** What Slack makes of a command's text for an app whose manifest says `should_escape`. */
import { listConversations, readPeople } from '../store/people.ts';
import type { Workspace } from '../workspace.ts';

/** Marks that the composer made already, links, people, channels, and Slack's three control characters. */
const PARTS =
  /<[@#][A-Z0-9]+(?:\|[^<>]*)?>|(?:https?:\/\/)?(?:[a-z0-9-]+\.)+(?:com|org|net|io|eu)\b[^\s<>]*|@[a-z0-9._-]+|#[a-z0-9_-]+|[&<>]/gi;
const CONTROL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Names become marks with ids, addresses become links, and `&`, `<`, `>` become entities. */
export async function escapeCommand({ database }: Workspace, text: string): Promise<string> {
  const [people, rooms] = await Promise.all([readPeople(database), listConversations(database)]);
  return text.replace(PARTS, (part) => {
    const control = CONTROL[part];
    if (control !== undefined) return control;
    if (part.startsWith('<')) return part;
    const name = part.slice(1).toLowerCase();
    if (part.startsWith('@')) {
      const person = people.find((each) => each.name === name);
      return person === undefined ? part : `<@${person.id}|${person.name}>`;
    }
    if (part.startsWith('#')) {
      const conversation = rooms.find((each) => each.kind === 'channel' && each.name === name);
      return conversation === undefined ? part : `<#${conversation.id}|${conversation.name}>`;
    }
    const address = part.replaceAll('&', '&amp;');
    return /^https?:/i.test(part) ? `<${address}>` : `<http://${address}|${address}>`;
  });
}
