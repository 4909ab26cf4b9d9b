/** Each byte of the Windows code page by the character it stands for. */
const BYTES = new Map([...decodeAllBytes()].map((character, byte) => [character, byte] as const));
const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** What the first byte of a letter beyond ASCII becomes. */
const LEAD = /[\u00C2-\u00F4]/;

/** Whether a text is UTF-8 that was read as Windows-1252 and saved again: `JÃ¼rgen`. Real text is not valid UTF-8 so. */
export function isDoublyEncoded(text: string): boolean {
  if (!LEAD.test(text)) return false;
  const bytes: number[] = [];
  for (const character of text) {
    const byte = BYTES.get(character);
    if (byte === undefined) return false;
    bytes.push(byte);
  }
  try {
    UTF8.decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

/** As a part of a stream: of a whole text, Node takes the code page for Latin-1. */
function decodeAllBytes(): string {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  return new TextDecoder('windows-1252').decode(bytes, { stream: true });
}
