/** Answers on a bank's page, as the card's holder does in the browser. */
export async function answerBank(url: string | null, decision: 'approve' | 'refuse'): Promise<void> {
  if (url === null) throw new Error('no bank asks');
  const secret = new URL(url).searchParams.get('client_secret') ?? '';
  await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ client_secret: secret, decision }),
  });
}
