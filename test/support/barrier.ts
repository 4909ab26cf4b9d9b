/** Something that waits until a test has seen what it wanted to see meanwhile. */
export function barrier(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
