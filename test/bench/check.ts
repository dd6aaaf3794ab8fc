import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { pod, review } from './payloads.ts';

/** Sends one review and throws unless the answer hardens the pod: an answer that does nothing would look very fast. */
export async function mustHarden(port: number, certFile: string): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const address = { host: '127.0.0.1', port, servername: 'localhost', path: '/mutate?timeout=5s', method: 'POST' };
    const headers = { 'content-type': 'application/json' };
    request({ ...address, headers, ca: readFileSync(certFile), agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(text));
    })
      .on('error', reject)
      .end(review(pod('typical')));
  });
  const { response } = JSON.parse(answer) as { response?: { allowed?: boolean; patch?: string } };
  if (response?.allowed !== true || response.patch === undefined) {
    throw new Error(`the server under test does not harden: ${answer}`);
  }
}
