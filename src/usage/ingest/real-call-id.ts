/** The ids that the vendor gives a leg; absent, null and empty mean the same. */
interface LegIds {
  entry_point_call_id?: string | null;
  master_call_id?: string | null;
  call_id?: string | null;
}

/**
 * The id of the call that a leg belongs to: the call through which it came in, else the one it was transferred or merged
 * from, else itself. Legs with one answer are one charge (R23). Null where the leg has no id.
 */
export function realCallId({ entry_point_call_id, master_call_id, call_id }: LegIds): string | null {
  return entry_point_call_id || master_call_id || call_id || null;
}
