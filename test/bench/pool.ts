import { createSecureContext } from 'node:tls';
import { Connection } from './connection.ts';

const handshakesAtOnce = 32;

/**
 * The open connections to one server. The one used last is taken first, as Go's client does it: thousands may be open, and
 * a server that keeps up sees only a few of them.
 */
export class Pool {
  /** Connections that the server closed while we would have kept them. */
  lost = 0;
  readonly #port: number;
  readonly #context: ReturnType<typeof createSecureContext>;
  readonly #connections = new Set<Connection>();
  #idle: Connection[] = [];
  #dialling = 0;

  constructor(port: number, ca: string) {
    this.#port = port;
    this.#context = createSecureContext({ ca });
  }

  /** How many connections are open, busy or idle. */
  get size(): number {
    return this.#connections.size;
  }

  /** An idle connection, the last used first; undefined when all are busy. */
  take(): Connection | undefined {
    for (let next = this.#idle.pop(); next !== undefined; next = this.#idle.pop()) {
      if (next.usable) return next;
    }
    return undefined;
  }

  /** Puts a connection back after its answer, or drops it when it can carry no more. */
  give(connection: Connection): void {
    if (connection.usable) this.#idle.push(connection);
    else connection.destroy();
  }

  /** Opens or closes connections until exactly `count` are open. */
  async resize(count: number): Promise<void> {
    while (this.size > count) {
      const surplus = this.take();
      if (surplus === undefined) break;
      this.#connections.delete(surplus);
      surplus.destroy();
    }
    const dial = async (): Promise<void> => {
      while (this.size + this.#dialling < count) await this.#dial();
    };
    await Promise.all(Array.from({ length: handshakesAtOnce }, dial));
  }

  /** Dials in the background for connections that were lost, as a client would. */
  refill(count: number): void {
    if (this.#dialling < handshakesAtOnce && this.size + this.#dialling < count) this.#dial().catch(() => undefined);
  }

  /** Closes every connection that still waits for an answer. */
  abandon(): void {
    const idle = new Set(this.#idle);
    for (const connection of this.#connections) if (!idle.has(connection)) connection.destroy();
  }

  #dial(): Promise<void> {
    this.#dialling++;
    return new Promise((resolve, reject) => {
      const connection = new Connection(
        this.#port,
        this.#context,
        (failed) => {
          this.#dialling--;
          if (failed !== undefined) {
            reject(failed);
            return;
          }
          this.#connections.add(connection);
          this.#idle.push(connection);
          resolve();
        },
        () => {
          if (this.#connections.delete(connection)) this.lost++;
        },
      );
    });
  }
}
