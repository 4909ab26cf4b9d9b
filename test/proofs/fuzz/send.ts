import { Agent, request as send } from 'node:http';
import type { FuzzAnswer, FuzzRequest } from './request.ts';

/** Longer than any answer may take, on a machine with other work. */
const ANSWER_WITHIN_MS = 60_000;
const agent = new Agent({ keepAlive: true });

/** The app did not answer at all. */
export class Unanswered extends Error {}

/** Sends a request as it is, whatever a well-behaved client would make of it. Throws Unanswered. */
export function sendRequest(appUrl: string, requestId: string, of: FuzzRequest): Promise<FuzzAnswer> {
  const { hostname, port } = new URL(appUrl);
  const length = of.body.length === 0 ? {} : { 'content-length': String(of.body.length) };
  const headers = { ...of.headers, ...length, 'x-request-id': requestId };
  return new Promise((resolve, reject) => {
    const sent = send({ agent, hostname, port, method: of.method, path: of.path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', (error) => reject(new Unanswered(error.message)));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          type: answer.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.setTimeout(ANSWER_WITHIN_MS, () => sent.destroy(new Error('not answered within a minute')));
    sent.on('error', (error) => reject(new Unanswered(error.message)));
    sent.end(of.body);
  });
}
