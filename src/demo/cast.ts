import type { AppManifest, Seed } from '../stand-ins/index.ts';

/** The demo company's people, of every role, as its Slack workspace knows them. */
export const TEAM_ID = 'T0ACME0001';
export const DEMO_BOT = { userId: 'U0REFILL01', botId: 'B0REFILL01', appId: 'A0REFILL01' };
export const CREDITS_CHANNEL_ID = 'C0CREDITS1';

export interface CastMember {
  id: string;
  name: string;
  realName: string;
  title: string;
  role: 'company_admin' | 'office_admin' | 'manager' | 'member' | null;
  /** Null: not in the phone system. */
  office: string | null;
  department: string | null;
  /** Their line, E.164. */
  number: string | null;
}

/** The company's own toll-free line: who calls it costs the company. */
export const TOLL_FREE_NUMBER = '+18885550123';
/** The key of the demo company's phone system. It guards nothing but this machine's own play. */
export const DEMO_API_KEY = 'rk_local-demo-key-it-guards-nothing';

/** The key under which it asks for credits before calls; it posts what it captures. */
export const DEMO_HOLD_KEY = 'rk_local-hold-key-it-guards-nothing';

const OFFICES = { sf: 'San Francisco', ny: 'New York' } as const;

export const DEMO_CAST: readonly CastMember[] = [
  {
    id: 'U0ANA00001',
    name: 'ana',
    realName: 'Ana Reyes',
    title: 'Company admin',
    role: 'company_admin',
    office: OFFICES.sf,
    department: 'Operations',
    number: '+14155550101',
  },
  {
    id: 'U0SAM00001',
    name: 'sam',
    realName: 'Sam Ortiz',
    title: 'Company admin, finance',
    role: 'company_admin',
    office: null,
    department: null,
    number: null,
  },
  {
    id: 'U0LI000001',
    name: 'li',
    realName: 'Li Wei',
    title: 'Office admin, New York',
    role: 'office_admin',
    office: OFFICES.ny,
    department: 'Sales',
    number: '+12125550102',
  },
  {
    id: 'U0MARCO001',
    name: 'marco',
    realName: 'Marco Bianchi',
    title: 'Manager, San Francisco',
    role: 'manager',
    office: OFFICES.sf,
    department: 'Support',
    number: '+14155550103',
  },
  {
    id: 'U0PRIYA001',
    name: 'priya',
    realName: 'Priya Nair',
    title: 'Member',
    role: 'member',
    office: OFFICES.ny,
    department: 'Sales',
    number: '+12125550104',
  },
  {
    id: 'U0GUEST001',
    name: 'jo',
    realName: 'Jo Guest',
    title: 'Guest, not in the company',
    role: null,
    office: null,
    department: null,
    number: null,
  },
];

/** The office of a line: a person's own, or the first one, which has the toll-free line. */
export function officeOfLine(line: string): string {
  return DEMO_CAST.find(({ number }) => number === line)?.office ?? OFFICES.sf;
}

const everybody = DEMO_CAST.map(({ id }) => id);

/** The workspace that the demo company's people meet in. */
export function demoSeed({ slash, events, description, isMessagesReadOnly }: AppManifest): Seed {
  return {
    workspace: { id: TEAM_ID, name: 'Acme Corp', domain: 'acme' },
    app: {
      id: DEMO_BOT.appId,
      name: 'Refill',
      botUserId: DEMO_BOT.userId,
      botId: DEMO_BOT.botId,
      hasHome: true,
      slash,
      events,
      description,
      isMessagesReadOnly,
    },
    users: DEMO_CAST.map((person) => ({
      id: person.id,
      name: person.name,
      realName: person.realName,
      title: person.title,
      email: `${person.name}@acme.example`,
      timeZone: 'America/Los_Angeles',
      ...(person.role === null ? { standing: 'guest' as const } : {}),
    })),
    conversations: [
      {
        id: CREDITS_CHANNEL_ID,
        name: 'phone-credits',
        topic: 'Receipts and alerts for our phone credits',
        memberIds: [...everybody, DEMO_BOT.userId],
      },
      { id: 'C0GENERAL1', name: 'general', topic: 'Everybody at Acme', memberIds: everybody },
    ],
  };
}
