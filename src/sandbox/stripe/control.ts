import { z } from 'zod';
import type { ApiRequest } from './answer-api.ts';
import { type BankAnswer, bankAnswer } from './bank-answers.ts';
import { BEHAVIOUR_CHOICES, BEHAVIOURS, type Behaviour } from './behaviour.ts';
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
  /** A holder disputes what an intent charged; answers the dispute's id. */
  openDispute(intentId: string): Promise<string>;
  closeDispute(disputeId: string, outcome: 'won' | 'lost'): Promise<void>;
}

export interface ControlPanel extends Switches {
  secretKey: string;
  failNext(fault: OneOffFault, times: number): void;
}

const behaviourBody = z.strictObject({ behaviour: z.enum(BEHAVIOURS) });
const failBody = z.strictObject({ fault: z.enum(ONE_OFF_FAULTS), times: z.number().int().min(1).default(1) });
const bankBody = z.strictObject({ payment_method: z.string(), answer: bankAnswer });
const refusalBody = z.strictObject({ standing: standingRefusal.nullable() });
const webhookBody = z.strictObject({
  paused: z.boolean().optional(),
  duplicates: z.number().int().min(0).max(10).optional(),
  order: z.enum(WEBHOOK_ORDERS).optional(),
});

const disputeBody = z.strictObject({ payment_intent: z.string() });
const closeBody = z.strictObject({ dispute: z.string(), outcome: z.enum(['won', 'lost']) });

interface ControlAnswer {
  status: number;
  body: unknown;
}

const SWITCHES: Record<string, (panel: ControlPanel, body: unknown) => unknown> = {
  '/control/open-dispute': (panel, body) => panel.openDispute(disputeBody.parse(body).payment_intent),
  '/control/close-dispute': (panel, body) => {
    const { dispute, outcome } = closeBody.parse(body);
    return panel.closeDispute(dispute, outcome);
  },
  '/control/behaviour': (panel, body) => panel.setBehaviour(behaviourBody.parse(body).behaviour),
  '/control/fail-next': (panel, body) => {
    const { fault, times } = failBody.parse(body);
    panel.failNext(fault, times);
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
  if (request.method === 'POST' && flip !== undefined) {
    try {
      await flip(panel, JSON.parse(request.body));
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      return { status: 400, body: { error: reason } };
    }
  } else if (request.method !== 'GET' || request.url.pathname !== '/control') {
    return { status: 404, body: { error: `GET /control, or POST to ${Object.keys(SWITCHES).join(', ')}` } };
  }
  return {
    status: 200,
    body: { behaviour: panel.behaviour(), choices: BEHAVIOUR_CHOICES, webhooks: panel.webhooks() },
  };
}
