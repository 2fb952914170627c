#!/usr/bin/env node
import './runtime.mjs';

// Only then, so that it is found compiled.
await import('./cli.ts');
