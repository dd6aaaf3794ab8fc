/** How far a journal was taken in, as the database says. */
import { BEGINNING, type JournalPosition } from '../audit/journal-segments.ts';
import { insert, rowsOf, type Steps } from './query.ts';

const MOVE = 'ON CONFLICT (id) DO UPDATE SET segment = excluded.segment, bytes = excluded.bytes';

/** The position after the last line that was taken in. */
export function* checkpointOf(id: string): Steps<JournalPosition> {
  const sql = 'SELECT segment, bytes FROM journals WHERE id = ?';
  const [row] = yield* rowsOf<{ segment: number; bytes: number }>(sql, id);
  return row ? { segment: row.segment, offset: row.bytes } : BEGINNING;
}

/** To be used in the transaction that takes in the lines before the position. */
export function* moveCheckpoint(id: string, { segment, offset }: JournalPosition): Steps<void> {
  yield* insert('journals (id, segment, bytes)', [[id, segment, offset]], MOVE);
}
