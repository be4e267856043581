#!/usr/bin/env node
import { onModernNode } from './node-runtime.js';

await onModernNode(import.meta.url, async () => (await import('./main.ts')).main());
