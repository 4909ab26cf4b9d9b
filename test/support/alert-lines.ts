import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

/**
 * What a real app exports is laid out along a time line for Prometheus' own evaluator: an hour of what it said before, the hours of
 * a fault, and three of what it says once that is mended by the runbook.
 */
export const promtool = ['/usr/bin/promtool', '/usr/local/bin/promtool'].find(existsSync);
if (promtool === undefined)
  process.stderr.write(
    'The alert rules are not fired: promtool is missing (Debian: apt-get install prometheus).\n',
  );

const SOUND_MINUTES = 60;
const MENDED_MINUTES = 180;

const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            labels: z.record(z.string(), z.string()),
            annotations: z.record(z.string(), z.string()),
          }),
        ),
      }),
    ),
  })
  .parse(parse(readFileSync('docs/operate/alerts.yml', 'utf8')))
  .groups.flatMap((group) => group.rules);

/** The names of all alerts. */
export const alertNames = rules.map(({ alert }) => alert);

/** What the app exported at a moment: values by series, as they are written. */
export interface Scrape {
  atS: number;
  values: Map<string, string>;
}

export type Phases = readonly [sound: Scrape, begun: Scrape, grown: Scrape, mended: Scrape];

/** Reads `/metrics` of an app on this machine; `up` is what Prometheus adds. */
export async function scrape(port: number): Promise<Scrape> {
  const atS = Date.now() / 1_000;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  if (answer === null) return { atS, values: new Map([['up{job="refill"}', '0']]) };
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const values = new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
  values.set('up{job="refill"}', '1');
  return { atS, values };
}

/** Scrapes until the app says so. */
export async function scrapeUntil(port: number, isSo: (scrape: Scrape) => boolean): Promise<Scrape> {
  for (;;) {
    const found = await scrape(port);
    if (isSo(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

export const readValue = ({ values }: Scrape, series: string): number =>
  Number(values.get(series) ?? Number.NaN);
export const sumOf = ({ values }: Scrape, pattern: RegExp): number =>
  [...values].reduce((sum, [series, value]) => (pattern.test(series) ? sum + Number(value) : sum), 0);

interface Layout {
  faultMinutes: number;
  /** Whether counters grow through the whole fault as they did from its first scrape to its second. */
  isSteady: boolean;
}

/** A series along the time line. A moment that it tells is moved to the time line's own, and goes on where it went on. */
function layOut(series: string, phases: Phases, { faultMinutes, isSteady }: Layout): string {
  const [sound, begun, grown, mended] = phases;
  const isMoment = series.includes('timestamp_seconds');
  const steps: [Scrape, number, number][] = [
    [sound, 0, SOUND_MINUTES],
    [begun, SOUND_MINUTES, 2],
    [grown, SOUND_MINUTES + 2, faultMinutes - 2],
    [mended, SOUND_MINUTES + faultMinutes, MENDED_MINUTES],
  ];
  const stands = isMoment && begun.values.get(series) === grown.values.get(series);
  const isCounter = /_(total|count|sum|bucket)(\{|$)/.test(series);
  const growth = isSteady && isCounter ? valueOr0(grown, series) - valueOr0(begun, series) : 0;
  const parts = steps.map(([scrape, minute, minutes]) => {
    const value = scrape.values.get(series);
    if (value === undefined || /nan/i.test(value)) return `_x${minutes}`;
    if (growth > 0 && scrape === grown) return `${value}+${growth}x${minutes - 1}`;
    if (growth > 0 && scrape === mended) return `${Number(value) + growth * faultMinutes}x${minutes - 1}`;
    if (!isMoment || Number(value) === 0) return `${value}x${minutes - 1}`;
    const isFault = scrape === begun || scrape === grown;
    const from = isFault && stands ? SOUND_MINUTES : minute;
    const first = from * 60 - (scrape.atS - Number(value));
    return isFault && stands ? `${first}x${minutes - 1}` : `${first}+60x${minutes - 1}`;
  });
  return parts.join(' ');
}

function valueOr0(scrape: Scrape, series: string): number {
  return Number(scrape.values.get(series) ?? 0);
}

interface Expected extends Partial<Layout> {
  /** How long after the fault's beginning the alert is looked for. */
  afterMinutes?: number;
  labels?: Record<string, string>;
  /** Which series of the rule's metrics are laid out; all of them unless given. */
  only?: RegExp;
}

/** Has Prometheus' evaluator fire the alert in the fault, and end it after the repair. Throws what promtool says otherwise. */
export async function expectAlert(
  alert: string,
  phases: Phases,
  { afterMinutes = 8, labels = {}, only, faultMinutes = 120, isSteady = false }: Expected = {},
): Promise<void> {
  const rule = rules.find((each) => each.alert === alert);
  if (rule === undefined) throw new Error(`no rule ${alert}`);
  const names = [...rule.expr.matchAll(/\b(refill_\w+|up\b)/g)].map(([name]) => name);
  const all = new Set(phases.flatMap(({ values }) => [...values.keys()]));
  const used = [...all].filter(
    (series) => names.includes(series.split('{', 1)[0] ?? '') && (only === undefined || only.test(series)),
  );
  expect(used.length, `series of ${alert}`).toBeGreaterThan(0);
  const annotations = Object.fromEntries(
    Object.entries(rule.annotations).map(([name, text]) => [
      name,
      text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? ''),
    ]),
  );
  const expected = [{ exp_labels: { ...rule.labels, ...labels }, exp_annotations: annotations }];
  const at = (minute: number, more = {}) => ({ eval_time: `${minute}m`, alertname: alert, ...more });
  const test = {
    rule_files: [path.resolve('docs/operate/alerts.yml')],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: used.map((series) => ({
          series,
          values: layOut(series, phases, { faultMinutes, isSteady }),
        })),
        alert_rule_test: [
          at(SOUND_MINUTES - 5),
          at(SOUND_MINUTES + afterMinutes, { exp_alerts: expected }),
          at(SOUND_MINUTES + faultMinutes + 90),
        ],
      },
    ],
  };
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-alerts-'));
  const file = path.join(folder, `${alert}.yml`);
  await writeFile(file, stringify(test));
  try {
    await promisify(execFile)(promtool ?? '', ['test', 'rules', file]);
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${alert} ${stdout}${stderr}\n${stringify(test)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
