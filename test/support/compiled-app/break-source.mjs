/** A hook of the module loader: one file of the app is loaded with a mistake in it. */
let mistake;

export function initialize(data) {
  mistake = data;
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.endsWith(mistake.file)) return loaded;
  const pieces = String(loaded.source).split(mistake.from);
  if (pieces.length !== 2) throw new Error(`${mistake.file} does not say once: ${mistake.from}`);
  return { ...loaded, source: pieces.join(mistake.to) };
}
