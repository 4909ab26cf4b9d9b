/** A company as a file, from one installation to another. */
export { COMPANY_TABLES, LEFT_OUT } from './company-tables.ts';
export { exportCompany } from './export-company.ts';
export { importCompany } from './import-company.ts';
