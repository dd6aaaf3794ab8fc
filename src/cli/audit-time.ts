/** `2026-11-22 17:32:54`, in UTC. */
export const shownTime = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');
