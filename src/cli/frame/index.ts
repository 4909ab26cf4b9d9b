/** The frame of every operator command: see README.md one folder up for how to add one. */
export {
  type BaseContext,
  type Command,
  type CommandContext,
  defineCommand,
  type Outcome,
} from './command.ts';
export { withDatabase } from './connect-database.ts';
export { describeError } from './describe-error.ts';
export { describeLife } from './describe-life.ts';
export { exactAmount, signedAmount } from './exact-amount.ts';
export { findByName, findOffice } from './find-by-name.ts';
export { slugOf } from './find-company.ts';
export { instant } from './instant.ts';
export { openBilling, openLists } from './open-billing.ts';
export {
  amount,
  amountOrNone,
  argument,
  bad,
  companyArgument,
  companyOption,
  flag,
  oneOf,
  openCompanyOption,
  option,
  optional,
  optionalCompany,
  optionalValue,
  repeated,
  rowNumber,
  text,
  utcDay,
  type ValueParser,
  withDefault,
} from './params.ts';
export { type CommandTable, loadCommands, runCli, type Terminal } from './run-cli.ts';
export { openSecrets } from './run-command.ts';
