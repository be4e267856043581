#!/usr/bin/env node
import { onModernNode } from './node-runtime.js';

await onModernNode(import.meta.url, () => import('./main.ts'));
