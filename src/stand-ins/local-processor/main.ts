import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { MovableClock } from '../../clock.ts';
import { createLogger } from '../../log.ts';
import { startCardProcessor } from './index.ts';

/** The environment of a stand-in that runs as its own process. */
const environment = z.object({
  CARD_PROCESSOR_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  CARD_PROCESSOR_DATABASE_URL: z.url(),
  CARD_PROCESSOR_SECRET_KEY: z.string().min(1),
  CARD_PROCESSOR_WEBHOOK_URL: z.url().optional(),
  CARD_PROCESSOR_WEBHOOK_SECRET: z.string().min(1).optional(),
  CARD_PROCESSOR_PUBLIC_URL: z.url().optional(),
  CARD_PROCESSOR_SILENCE_MS: z.coerce.number().int().positive().optional(),
  CARD_PROCESSOR_CLOCK_AHEAD_MS: z.coerce.number().int().min(0).default(0),
  LOG_LEVEL: z.string().default('warn'),
});

/** Runs the stand-in until it is told to stop; prints one JSON line with its address when it is ready. */
async function main(): Promise<void> {
  const env = environment.parse(process.env);
  const webhookUrl = env.CARD_PROCESSOR_WEBHOOK_URL;
  const webhookSecret = env.CARD_PROCESSOR_WEBHOOK_SECRET;
  const processor = await startCardProcessor({
    port: env.CARD_PROCESSOR_PORT,
    database: env.CARD_PROCESSOR_DATABASE_URL,
    secretKey: env.CARD_PROCESSOR_SECRET_KEY,
    clock: new MovableClock(env.CARD_PROCESSOR_CLOCK_AHEAD_MS),
    log: createLogger(env.LOG_LEVEL),
    ...(webhookUrl === undefined || webhookSecret === undefined
      ? {}
      : { webhook: { url: webhookUrl, secret: webhookSecret } }),
    ...(env.CARD_PROCESSOR_PUBLIC_URL === undefined ? {} : { publicUrl: env.CARD_PROCESSOR_PUBLIC_URL }),
    ...(env.CARD_PROCESSOR_SILENCE_MS === undefined ? {} : { silenceMs: env.CARD_PROCESSOR_SILENCE_MS }),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void processor.close().then(() => process.exit(0)));
  }
  process.stdout.write(`${JSON.stringify({ url: processor.url })}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main();
}
