import { type Agent, request } from 'node:http';

/** Sends a body; resolves with the answer, and throws for anything but success. */
export function post(of: {
  agent: Agent;
  port: number;
  path: string;
  body: string;
  headers?: Record<string, string>;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    const { agent, port, path, headers = {}, body } = of;
    const sent = request({ agent, host: '127.0.0.1', port, path, headers, method: 'POST' }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (answer.statusCode === 200 || answer.statusCode === 201) resolve(text);
        else reject(new Error(`${path} answered ${answer.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
