import { importCompany } from '../../transfer/index.ts';
import { defineCommand, flag, option, text } from '../frame/index.ts';

export const importCompanyCommand = defineCommand({
  name: 'company import',
  summary: 'bring a company from the file that refill company export wrote; it begins suspended',
  params: {
    file: option('--file <file>', 'what refill company export wrote', text),
    newNumberKey: flag(
      '--new-number-key',
      'make the company’s key for phone numbers anew where no secret key here opens it: usage from before that is sent again may be posted again',
    ),
  },
  async run({ databaseUrl, log, clock, secrets, progress: begin }, { file, newNumberKey }) {
    const progress = begin('rows');
    const imported = await importCompany({ url: databaseUrl, log }, file, {
      at: clock.now(),
      secrets,
      newNumberKey,
      onProgress: (rows, about) => progress.show(rows, Math.max(rows, about)),
    });
    progress.end();
    const { id, name, at, rows, digest, roles, hasNewNumberKey, isClosed } = imported;
    return {
      lines: [
        `Imported ${name} (${id}): everything as of ${at.toISOString()}, ${figure(rows)} rows.`,
        `Digest of what was posted: ${digest.sha256} (${figure(Number(digest.rows))} rows), as where it was exported.`,
        ...(roles === 0
          ? []
          : [
              `Left out: ${roles === 1 ? 'one role' : `${roles} roles`} in a workspace that is not installed here.`,
            ]),
        ...(hasNewNumberKey ? ['Its key for phone numbers is made anew.'] : []),
        ...(isClosed
          ? ['It is closed, as it was.']
          : [
              `It is suspended. Then: refill verify, refill company link-code ${id}, its cards, API keys and webhooks anew, and`,
              `refill company resume --company ${id} --reason REASON once the other installation charges nothing for it any more.`,
            ]),
      ],
      value: { file, ...imported },
    };
  },
});

const figure = (count: number): string => count.toLocaleString('en-US');
