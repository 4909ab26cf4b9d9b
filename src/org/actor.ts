/** A person of Slack as the books and the audit keep who did something: "T…/U…". */
export function actorOf(person: { teamId: string; userId: string }): string {
  return `${person.teamId}/${person.userId}`;
}

/** The person that an actor names; empty where that is nobody of Slack. */
export function readActor(actor: string): { teamId: string; userId: string } {
  const [teamId = '', userId = ''] = actor.split('/');
  return { teamId, userId };
}

/** The user that an actor names; null where there is none, or nobody of Slack. */
export function userOf(actor: string | null): string | null {
  return actor === null ? null : readActor(actor).userId || null;
}
