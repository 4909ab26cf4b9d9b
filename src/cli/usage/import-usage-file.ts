import type { NumberKeyDeps } from '../../org/index.ts';
import { type ImportResult, importUsage, type SurveyedFile, surveyFile } from '../../usage/index.ts';
import type { BaseContext } from '../frame/index.ts';
import { placeFile } from './import-place.ts';
import { openRejects } from './rejects-file.ts';

interface FileImport {
  file: string;
  companyId: bigint;
  dryRun: boolean;
  ignored: readonly string[];
  /** Where refused rows go; FILE.rejects.csv beside the file by default. */
  rejects: string | undefined;
}

export interface FileImported extends ImportResult {
  survey: SurveyedFile;
  rejectsPath: string;
}

/** So many lines of a large file take a while to read: progress is shown after each. */
const ROWS_TOLD = 10_000;

/**
 * Imports a file, and shows how far it is. Where it was stopped, the place stands beside the file, and the next run goes on from
 * there with the counts of the earlier ones. Throws RefillError `bad-file`.
 */
export async function importUsageFile(
  { note, progress: begin, ...deps }: NumberKeyDeps & Pick<BaseContext, 'note' | 'progress'>,
  { file, companyId, dryRun, ignored, rejects: rejectsPath = `${file}.rejects.csv` }: FileImport,
): Promise<FileImported> {
  const reading = begin('rows read');
  const survey = await surveyFile(file, ignored, (rows) => {
    if (rows % ROWS_TOLD === 0) reading.show(rows, null);
  });
  reading.end();
  const place = placeFile(`${file}.progress`, { company: companyId.toString(), digest: survey.digest });
  const before = dryRun ? null : await place.read();
  if (before !== null) note(`Going on after row ${before.counts.rows.toLocaleString('en-US')}.`);
  const rejects = await openRejects(rejectsPath, survey.shape.header, before === null);
  const progress = begin('rows');
  let debtBefore = before?.debt ?? null;
  const result = await importUsage(deps, {
    companyId,
    survey,
    dryRun,
    ...(before === null ? {} : { before: before.counts }),
    onReject: (row) => rejects.add(row),
    onProgress: async ({ counts, debt }) => {
      debtBefore ??= debt;
      await rejects.flush();
      if (!dryRun) await place.write({ counts, debt: debtBefore });
      progress.show(counts.rows, survey.rows);
    },
  });
  progress.end();
  if (!dryRun) await place.remove();
  return {
    ...result,
    debt: { ...result.debt, before: debtBefore ?? result.debt.before },
    survey,
    rejectsPath,
  };
}
