/** Audit records in words. */
export * from '../audit/words.ts';
