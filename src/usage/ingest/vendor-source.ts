/** The source of everything that comes from the vendor's own system, by webhook or by file (R23). */
export const VENDOR_SOURCE = 'dialpad';
