/** Records of other systems, for POST /v1/usage and for files with its fields: calls, texts, faxes, AI conversations. */
import type { TextLength, TrueUsage } from './day-rates.ts';
import { EXTERNALS, type Make, type PhoneDay } from './phone-day.ts';

type Record = { [field: string]: string | number | boolean | null };

/** Adds one, through the API or in a file; some are told of through both. */
export function addOwnRecord(day: PhoneDay, make: Make): void {
  const { random, serial } = make;
  const id = `own-${serial}`;
  const { record, truth } = makeRecord(make, id);
  day.truth.push(truth);
  const isFiled = random() < 0.3;
  if (isFiled) day.deliveries.push({ door: 'own', row: toRow(id, record) });
  if (!isFiled || random() < 0.2) day.deliveries.push({ door: 'api', record: { id, ...record } });
}

function makeRecord(make: Make, id: string): { record: Record; truth: TrueUsage } {
  const { random, below, at } = make;
  const lot = random();
  const time = new Date(at).toISOString();
  const common = { direction: random() < 0.5 ? 'inbound' : 'outbound', internal_number: make.line };
  if (lot < 0.35) {
    const external = EXTERNALS[below(EXTERNALS.length)] ?? '';
    const isAnswered = random() < 0.9;
    const seconds = Math.round(random() * 600_000) / 1_000;
    return {
      record: {
        ...common,
        kind: 'call',
        external_number: external,
        ...(isAnswered ? { answered_at: time, duration_seconds: seconds } : { started_at: time }),
      },
      truth: { key: id, at, kind: 'call', external, connectedMs: isAnswered ? seconds * 1_000 : null },
    };
  }
  const external = `+1202555${String(1_000 + below(9_000))}`;
  const piece = { ...common, external_number: external, at: time };
  const failed = random() < 0.1;
  const fate = failed ? { failed } : {};
  if (lot < 0.55) {
    const length = makeLength(make);
    const recipients = 1 + (random() < 0.2 ? below(40) : 0);
    const record = { ...piece, ...fate, kind: 'sms', recipients, text: textOf(length) };
    return { record, truth: { key: id, at, kind: 'sms', failed, text: length, recipients } };
  }
  if (lot < 0.65) {
    const recipients = 1 + below(4);
    const record = { ...piece, ...fate, kind: 'mms', recipients };
    return { record, truth: { key: id, at, kind: 'mms', failed, recipients } };
  }
  if (lot < 0.85) {
    const pages = 1 + below(30);
    const record = { ...piece, ...fate, kind: 'fax', pages };
    return { record, truth: { key: id, at, kind: 'fax', failed, pages } };
  }
  const responded = random() < 0.8;
  return {
    record: { ...piece, kind: 'ai_conversation', ...(responded ? {} : { responded }) },
    truth: { key: id, at, kind: 'ai_conversation', responded },
  };
}

/** Around the lengths where a segment ends, as often as anywhere else. */
function makeLength({ random, below }: Make): TextLength {
  const edge = [70, 134, 160, 306, 459][below(5)] ?? 160;
  const length = random() < 0.5 ? edge - 1 + below(3) : 1 + below(700);
  if (random() < 0.3) return { basic: length - 1, double: 0, other: 1 };
  const double = random() < 0.3 ? below(Math.min(length, 5)) : 0;
  return { basic: length - double, double, other: 0 };
}

function textOf({ basic, double, other }: TextLength): string {
  return 'a'.repeat(basic) + '€'.repeat(double) + 'ж'.repeat(other);
}

function toRow(id: string, record: Record): { [field: string]: string } {
  return { id, ...Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)])) };
}
