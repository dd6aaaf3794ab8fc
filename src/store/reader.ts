/** Reads a store beside answering reviews: nothing that is asked here holds an answer up. */
import { isPostgres } from './postgres-url.ts';
import { PostgresSource } from './reader-postgres.ts';
import { patientReader, type PatientReader } from './reader-questions.ts';
import { ReaderThread } from './reader-thread.ts';

export { TooSlow, type LineReader, type PatientReader } from './reader-questions.ts';

/** Reads the store in a file or a PostgreSQL database. Nothing is opened before the first question. */
export const openReader = (location: string): PatientReader =>
  patientReader(isPostgres(location) ? new PostgresSource(location) : new ReaderThread(location));
