/** `npm run build`: the web app, when its sources have changed (`--force`: all the same). */
import { buildWebui, WEBUI_OUTPUT } from './webui-bundle.ts';

const hash = await buildWebui(process.argv.includes('--force'));
console.log(`web app ${hash.slice(0, 16)} in ${WEBUI_OUTPUT}`);
