/** The source of usage with our own fields (R23): records of POST /v1/usage, captured holds, and files of such records. */
export const API_SOURCE = 'api';
/** The source of everything that comes from the vendor's own system, by webhook or by file (R23). */
export const VENDOR_SOURCE = 'dialpad';
