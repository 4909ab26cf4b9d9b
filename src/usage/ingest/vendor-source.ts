/** The source of everything that comes from the vendor's own system, by whatever door (R23). */
export const VENDOR_SOURCE = 'dialpad';
