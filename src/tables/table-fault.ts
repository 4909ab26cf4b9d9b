/** A file that is no table that can be read; the message stands after "line 7: ". */
export class TableFault extends Error {
  override readonly name = 'TableFault';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
