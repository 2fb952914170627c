import { lazyModule } from '#core/lazily.ts';

/** The shapes of all bodies and what checks them. What compiles the checks is 680 files: they come with the first body. */
export const shapes = lazyModule<Shapes>('#dialects/directory/decode/all-shapes.ts');

export type Shapes = typeof import('./all-shapes.ts');
