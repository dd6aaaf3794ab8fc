import { Writable } from 'node:stream';
import winston from 'winston';

const MESSAGE = Symbol.for('message');

// The default would turn each batch, which is text already, into JSON that nobody reads: more work than making the batch.
const asItIs = winston.format((info) => {
  info[MESSAGE] = info.message;
  return info;
});

/**
 * A winston logger that passes texts on to a stream and tells of each when the stream is done with it. winston itself does
 * not wait: a stream that is behind would fill its buffers, which have no bound.
 */
export function handover(to: Writable, onDone: (error: Error | null | undefined) => void): winston.Logger {
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, next) => {
      to.write(text, onDone);
      next();
    },
  });
  const transport = new winston.transports.Stream({ stream, eol: '\n' });
  return winston.createLogger({ format: asItIs(), transports: [transport] });
}
