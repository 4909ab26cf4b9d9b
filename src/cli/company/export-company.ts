import { OPEN_PAYMENT_STATES } from '../../billing/index.ts';
import { requireSoundDigests } from '../../ledger/index.ts';
import { recordAudit } from '../../org/index.ts';
import { exportCompany } from '../../transfer/index.ts';
import { companyOption, defineCommand, flag, option, text } from '../frame/index.ts';

export const exportCompanyCommand = defineCommand({
  name: 'company export',
  summary: 'write everything that a company has to one file, for another installation; secrets are not in it',
  params: {
    company: companyOption(),
    file: option('--file <file>', 'a new file; only you may read it', text),
    force: flag('--force', 'take the place of a file that is there'),
  },
  async run({ db, databaseUrl, log, clock, secrets, progress: begin }, { company, file, force }) {
    await requireSoundDigests(db, secrets, company.id);
    const progress = begin('rows');
    const exported = await exportCompany({ url: databaseUrl, log }, file, {
      companyId: company.id,
      openStates: OPEN_PAYMENT_STATES,
      replace: force,
      onProgress: (rows, about) => progress.show(rows, Math.max(rows, about)),
    });
    progress.end();
    const { at, rows, bytes, digest } = exported;
    await recordAudit(db, {
      companyId: company.id,
      at: clock.now(),
      actor: 'operator',
      surface: 'operator',
      action: 'company-exported',
      details: { rows, digest: digest.sha256 },
    });
    return {
      lines: [
        `Wrote ${file}: everything as of ${at.toISOString()}, ${figure(rows)} rows, ${figure(bytes)} bytes.`,
        `Digest of what was posted: ${digest.sha256} (${figure(Number(digest.rows))} rows)`,
        'It has names, numbers and addresses of people. Not in it: tokens of cards, API keys, webhooks, endpoints, the workspace.',
        'Usage from now on is not in it either. On the other installation: refill company import --file FILE',
      ],
      value: { file, ...exported },
    };
  },
});

const figure = (count: number): string => count.toLocaleString('en-US');
