/** The numbers of a receipt, also as people type it; `refund` is null for that of the payment itself. Null for anything else. */
export function parseReceipt(text: string): { payment: bigint; refund: number | null } | null {
  const [, payment, refund] = /^r-?(\d{1,18})(?:-(\d{1,4}))?$/i.exec(text.trim()) ?? [];
  if (payment === undefined) return null;
  return { payment: BigInt(payment), refund: refund === undefined ? null : Number(refund) };
}
