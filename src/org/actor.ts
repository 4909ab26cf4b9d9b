/** A person of Slack as the books and the audit keep who did something: "T…/U…". */
export function actorOf(person: { teamId: string; userId: string }): string {
  return `${person.teamId}/${person.userId}`;
}

/** The Slack user id in an actor; empty where the actor is not a Slack user. */
export function readActor(actor: string): { teamId: string; userId: string } {
  const [teamId = '', userId = ''] = actor.split('/');
  return { teamId, userId };
}

/** The user that an actor names; null where there is none, or it is not a Slack user. */
export function userOf(actor: string | null): string | null {
  return actor === null ? null : readActor(actor).userId || null;
}
