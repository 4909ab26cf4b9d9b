import type { Locator } from 'playwright-core';

/** What is written in a part of the page, with what its fields hold. */
export async function textOf(subject: Locator): Promise<string> {
  return await subject.evaluate((element) => {
    const fields = [...element.querySelectorAll<HTMLInputElement>('input, textarea')].map(
      ({ value }) => value,
    );
    return [(element as HTMLElement).innerText, ...fields]
      .join('\n')
      .replace(/\u00A0/g, ' ')
      .replace(/\u2011/g, '-');
  });
}

/** Amounts that break across lines, or of which a frame cuts a part off; one sentence for each. */
export async function amountFaults(subject: Locator): Promise<string[]> {
  return await subject.evaluate((root) => {
    const amount = /[-−]?\$\d[\d,]*(?:\.\d+)?/g;
    const faults: string[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const isCut = (node: Node, box: DOMRect): boolean => {
      for (let frame = node.parentElement; frame !== null && frame !== root; frame = frame.parentElement) {
        if (getComputedStyle(frame).overflowX === 'visible') continue;
        const { left, right } = frame.getBoundingClientRect();
        if (box.left < left - 1 || box.right > right + 1) return true;
      }
      return false;
    };
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (const match of (node.textContent ?? '').matchAll(amount)) {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
        if (new Set(boxes.map(({ top }) => Math.round(top))).size > 1) faults.push(`wrapped: ${match[0]}`);
        if (boxes.some((box) => isCut(node, box))) faults.push(`clipped: ${match[0]}`);
      }
    }
    return faults;
  });
}
