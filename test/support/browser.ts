/**
 * A real browser for the walks: Chromium, found on this machine, with everything that a walk must not let pass written
 * down: console errors, page errors, failed requests, blocks that the page could not draw, accessibility violations and
 * sideways scrolling.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  // Draws the same without a window of its own, in half the processor time.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Long enough for a busy machine, shorter than a test may take. */
const STEP_TIMEOUT_MS = 60_000;

const PHOTOS = fileURLToPath(new URL('../browser/photos/', import.meta.url));

/** The widths at which the page must hold, in pixels. */
export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 600, height: 900 };

/** Where Chromium is on this machine (`CHROMIUM_PATH` goes first), or undefined. */
export const findChromium = (): string | undefined =>
  CANDIDATES.find((path): path is string => path !== undefined && path !== '' && existsSync(path));

const missing =
  'Chromium was not found, so the browser walks are skipped. Install it (apt-get install chromium) or set ' +
  'CHROMIUM_PATH; REQUIRE_BROWSER=1 makes this an error.';

/**
 * Whether the browser walks can run; use as `describe.skipIf(!browserIsHere())`. Says so once when they can't.
 * @throws when `REQUIRE_BROWSER=1` and there is no Chromium
 */
export function browserIsHere(): boolean {
  if (findChromium() !== undefined) return true;
  if (process.env.REQUIRE_BROWSER === '1') throw new Error(missing);
  console.warn(missing);
  return false;
}

/** A page under watch. */
export interface WatchedPage {
  page: Page;
  /** Console errors and warnings, exceptions and failed requests so far. */
  complaints: string[];
  /** Takes a picture into test/browser/photos/NAME.png, once everything has come to rest. */
  photo(name: string): Promise<void>;
  /**
   * Looks for everything that must never be there.
   * @returns one sentence for each: accessibility violations, undrawn blocks, sideways scrolling, complaints
   */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string }[] }[];
}

/** Accessibility violations, each with the element that it was found on. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's own content policy forbids that.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResult;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `accessibility: ${id} (${help}) on ${node.html.slice(0, 200)}`),
  );
}

/** Says by how many pixels the page can be scrolled sideways, if it can. */
export async function overflowFaults(page: Page): Promise<string[]> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  return over > 0 ? [`overflow: ${over} px too wide at ${page.viewportSize()?.width} px`] : [];
}

/** Names the types of blocks and elements that the page showed as unknown. */
export async function unknownBlockFaults(page: Page): Promise<string[]> {
  const types = await page
    .locator('[data-unknown-block]')
    .evaluateAll((all) => all.map((each) => each.getAttribute('data-unknown-block')));
  return types.map((type) => `unknown block: ${type}`);
}

function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    // The stream of events ends whenever a page is left or the acting person changes.
    if (!request.url().includes('/workspace/stream')) complaints.push(`request failed: ${request.url()}`);
  });
  return complaints;
}

/** Waits until nothing moves any more: fonts are there and animations have ended (a busy mark may go on turning). */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const finite = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map((each) => each.finished));
  });
}

export interface TestBrowser {
  /** Opens a page of its own context: no shared cookies or storage. Wide unless told. */
  open(url: string, options?: BrowserContextOptions): Promise<WatchedPage>;
  close(): Promise<void>;
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  const complaints = watch(page);
  await page.goto(url);
  return {
    page,
    complaints,
    async photo(name) {
      mkdirSync(PHOTOS, { recursive: true });
      await settled(page);
      await page.screenshot({ path: `${PHOTOS}${name}.png` });
    },
    async faults() {
      await settled(page);
      return [
        ...complaints,
        ...(await unknownBlockFaults(page)),
        ...(await overflowFaults(page)),
        ...(await accessibilityFaults(page)),
      ];
    },
    close: () => context.close(),
  };
}

/** Starts Chromium. @throws when there is none on this machine; ask `browserIsHere` first */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(missing);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  return {
    open: (url, options = {}) => openPage(browser, url, options),
    close: () => browser.close(),
  };
}

/** Chooses an option of a select menu by the words that a person reads. */
export async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Becomes another person of the workspace, through the switch at the top. */
export async function actAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^You are/ }).click();
  await page.getByRole('option', { name }).click();
  await page.getByRole('button', { name: new RegExp(`^You are ${name}`) }).waitFor();
}

/** Writes into the message field and sends it, as a person does. */
export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Message/ }).fill(text);
  await page.keyboard.press('Enter');
}
