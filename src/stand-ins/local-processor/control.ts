import { z } from 'zod';
import { type AccountChange, type AccountSettings, accountChange } from './account.ts';
import type { ApiRequest } from './answer-api.ts';
import { type BankAnswer, bankAnswer } from './bank-answers.ts';
import { BEHAVIOUR_CHOICES, BEHAVIOURS, type Behaviour } from './behaviour.ts';
import { HAPPENING_NAMES, type Happen } from './happenings.ts';
import { ONE_OFF_FAULTS, type OneOffFault } from './processor.ts';
import { type StandingRefusal, standingRefusal } from './refusals.ts';
import { WEBHOOK_ORDERS, type WebhookMischief } from './webhooks.ts';

/** The switches of the stand-in, turned in process or over `/control`. */
export interface Switches {
  behaviour(): Behaviour;
  setBehaviour(behaviour: Behaviour): void;
  /** What the bank of one saved card says from now on, whatever its test number says. */
  setBank(cardId: string, answer: BankAnswer): Promise<void>;
  /** Refuses requests for a reason that is not a bank's, whatever they are about; null ends it. */
  refuse(refusal: StandingRefusal | null): void;
  webhooks(): WebhookMischief;
  /** Holds, duplicates or reverses deliveries. */
  setWebhooks(change: Partial<WebhookMischief>): void;
  account(): AccountSettings;
  /** Sets how the seller's account and its banks behave from now on. */
  setAccount(change: AccountChange): void;
  /** Lets something happen that no caller of the API brings about. */
  happen: Happen;
}

export interface ControlPanel extends Switches {
  secretKey: string;
  failNext(fault: OneOffFault, times: number, path?: string): void;
}

const behaviourBody = z.strictObject({ behaviour: z.enum(BEHAVIOURS) });
const failBody = z.strictObject({
  fault: z.enum(ONE_OFF_FAULTS),
  times: z.number().int().min(1).default(1),
  path: z.string().startsWith('/v1/').optional(),
});
const bankBody = z.strictObject({ payment_method: z.string(), answer: bankAnswer });
const refusalBody = z.strictObject({ standing: standingRefusal.nullable() });
const happenBody = z.looseObject({ happening: z.enum(HAPPENING_NAMES) });
const webhookBody = z.strictObject({
  paused: z.boolean().optional(),
  duplicates: z.number().int().min(0).max(10).optional(),
  order: z.enum(WEBHOOK_ORDERS).optional(),
});

interface ControlAnswer {
  status: number;
  body: unknown;
}

const SWITCHES: Record<string, (panel: ControlPanel, body: unknown) => unknown> = {
  '/control/account': (panel, body) => panel.setAccount(accountChange.parse(body)),
  '/control/happen': (panel, body) => {
    const { happening, ...about } = happenBody.parse(body);
    return panel.happen(happening, about as Parameters<Happen>[1]);
  },
  '/control/behaviour': (panel, body) => panel.setBehaviour(behaviourBody.parse(body).behaviour),
  '/control/fail-next': (panel, body) => {
    const { fault, times, path } = failBody.parse(body);
    panel.failNext(fault, times, path);
  },
  '/control/bank': (panel, body) => {
    const { payment_method, answer } = bankBody.parse(body);
    return panel.setBank(payment_method, answer);
  },
  '/control/refuse': (panel, body) => panel.refuse(refusalBody.parse(body).standing),
  '/control/webhooks': (panel, body) => {
    const { paused, duplicates, order } = webhookBody.parse(body);
    panel.setWebhooks({
      ...(paused === undefined ? {} : { paused }),
      ...(duplicates === undefined ? {} : { duplicates }),
      ...(order === undefined ? {} : { order }),
    });
  },
};

/**
 * The switches for a processor that runs as another process: `GET /control` shows them, `POST /control/NAME`
 * with a JSON body turns one. The API's secret key is asked for, so that no web page can turn them.
 */
export async function answerControl(panel: ControlPanel, request: ApiRequest): Promise<ControlAnswer> {
  if (request.headers.authorization !== `Bearer ${panel.secretKey}`) {
    return { status: 401, body: { error: 'The secret key is needed as a Bearer token.' } };
  }
  const flip = SWITCHES[request.url.pathname];
  let result: unknown;
  if (request.method === 'POST' && flip !== undefined) {
    try {
      result = await flip(panel, JSON.parse(request.body));
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      return { status: 400, body: { error: reason } };
    }
  } else if (request.method !== 'GET' || request.url.pathname !== '/control') {
    return { status: 404, body: { error: `GET /control, or POST to ${Object.keys(SWITCHES).join(', ')}` } };
  }
  return {
    status: 200,
    body: {
      behaviour: panel.behaviour(),
      choices: BEHAVIOUR_CHOICES,
      account: panel.account(),
      webhooks: panel.webhooks(),
      ...(typeof result === 'string' ? { id: result } : {}),
    },
  };
}
