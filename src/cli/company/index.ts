import type { Command } from '../frame/index.ts';
import { addCompanyCommand } from './add-company.ts';
import { closeCompanyCommand } from './close-company.ts';
import { exportCompanyCommand } from './export-company.ts';
import { importCompanyCommand } from './import-company.ts';
import { issueLinkCodeCommand } from './issue-link-code.ts';
import { listCompaniesCommand } from './list-companies.ts';
import { moveCompanyCommand } from './move-company.ts';
import { setCompanyCommand } from './set-company.ts';
import { showCompanyCommand } from './show-company.ts';
import { resumeCompanyCommand, suspendCompanyCommand } from './suspend-company.ts';

export const commands: readonly Command[] = [
  addCompanyCommand,
  listCompaniesCommand,
  showCompanyCommand,
  setCompanyCommand,
  issueLinkCodeCommand,
  moveCompanyCommand,
  suspendCompanyCommand,
  resumeCompanyCommand,
  closeCompanyCommand,
  exportCompanyCommand,
  importCompanyCommand,
];
