export const storeNames = ['embedded', 'postgres'] as const;
export type StoreName = (typeof storeNames)[number];

/** What they are called where people read. */
export const storeTitles: Readonly<Record<StoreName, string>> = { embedded: 'embedded SQLite', postgres: 'PostgreSQL' };
