/**
 * The floor: what any webhook on this Node must pay. It reads the body, parses it and answers a fixed text.
 * Arguments: certificate file, key file, port, admin port; the folder of a journal where answers wait for a line in it.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:https';

const [cert, key, port, adminPort, folder] = process.argv.slice(2) as [string, string, string, string, string?];

// Not loaded where it is not asked for: the floor is to have nothing that it does not need.
const journal =
  folder === undefined ? undefined : await import('../../src/audit/journal.ts').then((own) => own.openJournal(folder));
// As long as what is written of a record whose shape is known.
const line = 'x'.repeat(360);

const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(chunks).toString()) as { request: { uid: string } };
    const text = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${review.request.uid}","allowed":true}}`;
    const answer = (): void => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      response.end(text);
    };
    if (journal) void journal.append(line).then(answer);
    else answer();
  });
});

// Idle connections must last from one measurement to the next.
server.keepAliveTimeout = 120_000;
server.listen(Number(port), '127.0.0.1', 4096, () => {
  createHttp((_, response) => response.end('ok')).listen(Number(adminPort), '127.0.0.1');
});
