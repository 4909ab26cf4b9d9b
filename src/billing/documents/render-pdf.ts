import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

/** What a page shows: receipts and invoices alike. Everything is text already. */
export interface PrintedDocument {
  title: string;
  /** Pairs under the title: `Date`, `Nov 28, 2026`. A value may have several lines. */
  facts: readonly (readonly [label: string, value: string])[];
  /** The last column is right-aligned. */
  table: { header: readonly string[]; rows: readonly (readonly string[])[] };
  /** Under the table, right-aligned; the first is the sum. */
  sums: readonly string[];
  notes: readonly string[];
}

/** Both weights have Latin, Greek, Cyrillic and Japanese letters, and are embedded as far as a document uses them. */
const FONTS = createRequire(import.meta.url);
const REGULAR = '@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf';
const BOLD = '@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf';

const MARGIN = 54;
const GAP = 10;
const LABEL_WIDTH = 110;
/** How much of the width the columns before the last one take, and the last one. */
const LAST_COLUMN = 0.18;
const GREY = '#5c5c5c';

type Doc = InstanceType<typeof PDFDocument>;

/** A document as a PDF, on as many pages as it takes. Pure: the same document gives the same text. */
export async function renderPdf(printed: PrintedDocument, createdAt: Date): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'LETTER',
    margin: MARGIN,
    font: FONTS.resolve(REGULAR),
    info: { Title: printed.title, CreationDate: createdAt },
  });
  doc.registerFont('regular', FONTS.resolve(REGULAR)).registerFont('bold', FONTS.resolve(BOLD));
  const parts: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
  });
  print(doc, printed);
  doc.end();
  return await done;
}

function print(doc: Doc, { title, facts, table, sums, notes }: PrintedDocument): void {
  doc.font('bold').fontSize(20).text(title);
  doc.moveDown(1).fontSize(10);
  for (const [label, value] of facts) printFact(doc, label, value);
  doc.moveDown(1.5);
  printRow(doc, table.header, 'bold');
  rule(doc);
  for (const row of table.rows) printRow(doc, row, 'regular');
  rule(doc);
  for (const [index, sum] of sums.entries()) {
    makeRoom(doc, doc.heightOfString(sum));
    doc
      .font(index === 0 ? 'bold' : 'regular')
      .text(sum, MARGIN, doc.y, { width: widthOf(doc), align: 'right' });
    doc.moveDown(0.4);
  }
  doc.moveDown(2).font('regular').fillColor(GREY).fontSize(9);
  for (const note of notes) doc.text(note, MARGIN, doc.y, { width: widthOf(doc) });
}

const widthOf = ({ page }: Doc): number => page.width - 2 * MARGIN;

function printFact(doc: Doc, label: string, value: string): void {
  const width = widthOf(doc) - LABEL_WIDTH;
  const { y } = doc;
  doc
    .font('regular')
    .fillColor(GREY)
    .text(label, MARGIN, y, { width: LABEL_WIDTH - GAP });
  doc.fillColor('black').text(value, MARGIN + LABEL_WIDTH, y, { width });
  doc.moveDown(0.4);
}

/** One row; a cell that is too long for its column goes on below, and the row is as high as its highest cell. */
function printRow(doc: Doc, cells: readonly string[], font: 'regular' | 'bold'): void {
  doc.font(font).fillColor('black');
  const last = cells.length - 1;
  const lastWidth = widthOf(doc) * LAST_COLUMN;
  const width = (widthOf(doc) - lastWidth) / Math.max(1, last);
  const places = cells.map((text, index) => ({
    text,
    x: MARGIN + index * width,
    width: index === last ? lastWidth : width - GAP,
    align: index === last ? ('right' as const) : ('left' as const),
  }));
  const height = Math.max(...places.map(({ text, ...place }) => doc.heightOfString(text, place)));
  makeRoom(doc, height);
  const { y } = doc;
  for (const { text, x, ...place } of places) doc.text(text, x, y, place);
  doc.x = MARGIN;
  doc.y = y + height + 4;
}

/** A row is never torn: where it does not fit, it begins the next page. */
function makeRoom(doc: Doc, height: number): void {
  if (doc.y + height > doc.page.height - MARGIN) doc.addPage();
}

function rule(doc: Doc): void {
  doc
    .moveTo(MARGIN, doc.y)
    .lineTo(MARGIN + widthOf(doc), doc.y)
    .strokeColor('#c8c8c8')
    .stroke();
  doc.y += 6;
}
