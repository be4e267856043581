import { Command } from 'commander';
import { registerConfigCommand } from './commands/config.ts';
import { registerServeCommand } from './commands/serve.ts';

const program = new Command('vant').description('End-to-end encrypted chat and voice on your own server');
registerServeCommand(program);
registerConfigCommand(program);
await program.parseAsync();
