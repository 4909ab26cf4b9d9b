/** What to try first: the product's story in two minutes. `draft` is put into the composer. */
export const tourSteps: readonly { text: string; draft?: string }[] = [
  { text: 'See the balance', draft: '/credits' },
  { text: 'Buy credits: review the cost, then confirm', draft: '/credits add 50' },
  { text: 'Make the phone system use some, then see what cost what', draft: '/credits usage' },
  { text: 'Set the test card below to decline, then try again' },
  { text: 'Become someone else at the top right: not everyone may buy' },
  { text: 'Move the clock, drop the network: the books stay right' },
];
