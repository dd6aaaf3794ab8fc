import type { OnReadOpts } from 'node:net';
import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';

const endOfHead = Buffer.from('\r\n\r\n');
// One buffer serves all connections: it is read to the end before control goes back to Node.
const shared = Buffer.alloc(64 * 1024);

/** What became of one request: the status code, or 0 when the connection broke first. */
export type Answered = (status: number) => void;

/** One keep-alive connection that carries one request at a time and looks at nothing but status and length. */
export class Connection {
  /** False once the server has said that it will close, or has. */
  usable = true;
  readonly #socket: TLSSocket;
  #answered: Answered | undefined;
  #status = 0;
  #missing = 0;
  #head: Buffer | undefined;

  /** Dials; `opened` is called once, when the handshake is done or has failed; `closed` when an open one goes away. */
  constructor(port: number, secureContext: SecureContext, opened: (failed?: Error) => void, closed: () => void) {
    const onread: OnReadOpts = {
      buffer: shared,
      callback: (length: number) => (this.#read(shared.subarray(0, length)), true),
    };
    // Node's documentation names `onread` among these options; its types do not.
    const options: ConnectionOptions & { onread: OnReadOpts } = {
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      secureContext,
      onread,
    };
    let state: 'dialling' | 'open' | 'gone' = 'dialling';
    this.#socket = connect(options, () => {
      state = 'open';
      opened();
    });
    this.#socket.setNoDelay(true);
    const gone = (error?: Error): void => {
      if (state === 'dialling') opened(error ?? new Error('closed during the handshake'));
      if (state === 'open') {
        this.#finish(0);
        closed();
      }
      state = 'gone';
      this.usable = false;
    };
    this.#socket
      .on('error', gone)
      .on('end', () => this.#socket.destroy())
      .on('close', () => gone());
  }

  /** Sends a whole prebuilt request. */
  ask(request: Buffer, answered: Answered): void {
    this.#answered = answered;
    this.#socket.write(request);
  }

  /** Gives up on whatever is under way. */
  destroy(): void {
    this.#socket.destroy();
  }

  #finish(status: number): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(status);
  }

  #read(chunk: Buffer): void {
    if (this.#missing > 0) {
      this.#body(chunk.length);
      return;
    }
    const all = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
    const end = all.indexOf(endOfHead);
    if (end < 0) {
      this.#head = Buffer.from(all);
      return;
    }
    this.#head = undefined;
    const head = all.toString('latin1', 0, end).toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
    if (head.includes('\r\nconnection: close')) this.usable = false;
    this.#status = Number(head.slice(9, 12));
    this.#missing = Number(length);
    this.#body(all.length - end - endOfHead.length);
  }

  #body(arrived: number): void {
    this.#missing -= arrived;
    if (this.#missing === 0) this.#finish(this.#status);
  }
}
