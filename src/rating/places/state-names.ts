const NAMES = new Set(
  `alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,district of columbia,florida,georgia,hawaii,idaho,
illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,
nebraska,nevada,new hampshire,new jersey,new mexico,new york,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,
rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,virginia,washington,west virginia,wisconsin,wyoming,
alberta,british columbia,manitoba,new brunswick,newfoundland,newfoundland and labrador,northwest territories,nova scotia,
nunavut,ontario,prince edward island,quebec,saskatchewan,yukon`
    .replace(/\n/g, '')
    .split(','),
);

/** True where a text begins with the name of a US state or Canadian province. */
export function isStateName(text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  return [1, 2, 3].some((count) => NAMES.has(words.slice(0, count).join(' ')));
}
