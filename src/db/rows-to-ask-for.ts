/**
 * How many rows to ask Prisma for where a caller chooses how many it wants: that many or more, the next power of two. Prisma keeps a
 * plan of each query for each number of rows, up to a thousand plans of tens of kilobytes: whoever asks for pages of every size
 * would fill it with plans that nothing uses again. The caller cuts off what is too much.
 */
export function rowsToAskFor(wanted: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, wanted)));
}
