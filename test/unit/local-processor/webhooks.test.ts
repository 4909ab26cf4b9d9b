import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { retryDelayMs, signWebhook } from '../../../src/stand-ins/local-processor/webhooks.ts';

const payload = '{"id":"evt_1","object":"event"}';
const { webhooks } = new Stripe('sk_test_unit');

describe('webhook signatures', () => {
  it('are believed by the real SDK', () => {
    const header = signWebhook(payload, 'whsec_test', Date.now());
    expect(webhooks.constructEvent(payload, header, 'whsec_test').id).toBe('evt_1');
  });

  it('are refused by it when forged, changed or old', () => {
    const header = signWebhook(payload, 'whsec_test', Date.now());
    expect(() => webhooks.constructEvent(payload, header, 'whsec_other')).toThrow(/signature/);
    expect(() => webhooks.constructEvent(`${payload} `, header, 'whsec_test')).toThrow(/signature/);
    const old = signWebhook(payload, 'whsec_test', Date.now() - 3_600_000);
    expect(() => webhooks.constructEvent(payload, old, 'whsec_test')).toThrow(/[Tt]imestamp/);
  });

  it('are tried again after half a second, then twice as long each time, up to a minute', () => {
    expect([1, 2, 3, 7, 8, 40].map(retryDelayMs)).toEqual([500, 1000, 2000, 32_000, 60_000, 60_000]);
  });
});
