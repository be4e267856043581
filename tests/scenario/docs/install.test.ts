import { test } from 'vitest';
import { readBlocks, runPage } from './doc-commands.ts';

test('docs/install.md', () => runPage('docs/install.md'));
test('docs/upgrade.md: each command is decided about', () => void readBlocks('docs/upgrade.md'));
