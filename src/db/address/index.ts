/** Where the database is, whether it can be used, and in a sentence why not. */
export { checkSession, MIN_POSTGRES } from './check-session.ts';
export { type ConnectFailure, explainFailure } from './explain-failure.ts';
export { type DatabaseAddress, readAddress, withDatabaseName } from './read-address.ts';
export { sessionSettings } from './session-settings.ts';
