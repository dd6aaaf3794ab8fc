/** Records by hour, day or month. */
export * from '../store/timeline.ts';
